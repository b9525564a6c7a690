#pragma once

#include <accrue/error.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace accrue {

/// When a trial stops, as Z values at each look: at or above `upper`, at or below `lower`, and, when `wedge`
/// is not empty, for futility with |Z| at or below `wedge`. An infinite boundary (a wedge of -infinity)
/// can't be crossed at that look.
struct stopping_boundaries {
    std::vector<double> lower;
    std::vector<double> upper;
    std::vector<double> wedge = {};

    /// A trial that stops at z or -z.
    [[nodiscard]] static stopping_boundaries symmetric(std::vector<double> const& z) {
        auto result = stopping_boundaries{.lower = z, .upper = z};
        for (auto& value : result.lower) {
            value = -value;
        }
        return result;
    }
    /// A trial that stops at z only.
    [[nodiscard]] static stopping_boundaries upper_only(std::vector<double> const& z) {
        return {.lower = std::vector<double>(z.size(), -std::numeric_limits<double>::infinity()), .upper = z};
    }
};

namespace detail {

inline void require_boundaries(stopping_boundaries const& bounds, std::size_t const looks) {
    auto const require_size = [&](std::vector<double> const& values, char const* const name) {
        if (values.size() != looks) {
            throw invalid_input(std::string(name) + " must have one value for each of the " +
                                std::to_string(looks) + " looks, but has " + std::to_string(values.size()));
        }
        for (auto const value : values) {
            require(value <= std::numeric_limits<double>::infinity() &&
                        value >= -std::numeric_limits<double>::infinity(),
                    name, "no NaN", value);
        }
    };
    require_size(bounds.lower, "lower boundary");
    require_size(bounds.upper, "upper boundary");
    if (!bounds.wedge.empty()) {
        require_size(bounds.wedge, "wedge");
    }
}

} // namespace detail
} // namespace accrue
