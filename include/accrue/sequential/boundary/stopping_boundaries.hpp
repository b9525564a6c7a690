#pragma once

#include <accrue/error.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// When a trial stops, as Z values at each look: at or above `upper`, at or below `lower`, and, when `wedge`
/// is not empty, for futility with |Z| at or below `wedge`, or, where `wedge_below` is not empty either, with
/// Z from `wedge_below` to `wedge`. An infinite boundary (a wedge of -infinity) can't be crossed at that
/// look.
///
/// Z is the cumulative estimate over its standard error; under no effect it is standard normal at each look
/// by itself, and correlated sqrt(t_i / t_j) between the looks at information fractions t_i < t_j. The
/// boundaries hold no fractions: every function that takes them takes those too, one for each look.
///
/// It is a plain value, checked where it is used: the vectors must have one value for each look, and no NaN.
struct stopping_boundaries {
    std::vector<double> lower;      ///< stops at or below; -infinity where it can't
    std::vector<double> upper;      ///< stops at or above; infinity where it can't
    std::vector<double> wedge = {}; ///< stops with |Z| at or below; empty when there is no inner wedge
    /// The lower edge of a wedge that is not symmetric; empty where it is.
    std::vector<double> wedge_below = {};

    /// The lower edge of the wedge at a look: `wedge_below`, or the negative of `wedge`.
    [[nodiscard]] double lower_edge(std::size_t const look) const {
        return wedge_below.empty() ? -wedge[look] : wedge_below[look];
    }

    /// A two-sided trial, which stops at z or -z. `z` holds positive values, one for each look.
    [[nodiscard]] static stopping_boundaries symmetric(std::vector<double> const& z) {
        auto result = stopping_boundaries{.lower = z, .upper = z};
        for (auto& value : result.lower) {
            value = -value;
        }
        return result;
    }
    /// A one-sided trial, which stops at z only.
    [[nodiscard]] static stopping_boundaries upper_only(std::vector<double> const& z) {
        return {.lower = std::vector<double>(z.size(), -std::numeric_limits<double>::infinity()), .upper = z};
    }
};

namespace detail {

/// A list of numbers where both boundaries are wanted: it does not tell whether the other side stops.
template <class T>
concept critical_values = std::convertible_to<T const&, std::span<double const>>;

/// Throws unless each boundary has a value for every look, and none is NaN.
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
    if (!bounds.wedge_below.empty()) {
        require_size(bounds.wedge, "wedge");
        require_size(bounds.wedge_below, "lower edge of the wedge");
    }
}

/// The same boundaries for an anticipated effect of the opposite sign.
inline stopping_boundaries mirrored(stopping_boundaries bounds) {
    std::swap(bounds.lower, bounds.upper);
    auto sides = std::vector{&bounds.lower, &bounds.upper};
    if (!bounds.wedge_below.empty()) {
        std::swap(bounds.wedge_below, bounds.wedge);
        sides.push_back(&bounds.wedge_below);
        sides.push_back(&bounds.wedge);
    }
    for (auto* const side : sides) {
        for (auto& z : *side) {
            z = -z;
        }
    }
    return bounds;
}

} // namespace detail
} // namespace accrue
