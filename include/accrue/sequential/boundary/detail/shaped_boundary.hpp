#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// A boundary known up to a constant: critical values relative to the last one's, by the share of the final
/// information.
template <class T>
concept boundary_shape = requires(T const& value, double const share) {
    { value.shape(share) } -> std::convertible_to<double>;
};

/// log(spent / error), finite also where nothing is spent, as roots are sought on both sides.
inline double log_excess(double const spent, double const error) {
    return std::log((std::max)(spent, least_error / 2) / error);
}

/// One boundary as both, as exit probabilities take them.
inline stopping_boundaries both_sides_of(std::vector<double> upper, bool const symmetric) {
    return symmetric ? stopping_boundaries::symmetric(std::move(upper))
                     : stopping_boundaries::upper_only(std::move(upper));
}

template <boundary_shape Shape>
std::vector<double> shaped_boundary(double const error, Shape const& shape,
                                    std::span<double const> const fractions, bool const symmetric) {
    require_fractions(fractions);
    require(error < 0.5, "error of one boundary", "below 0.5 for a boundary of fixed shape", error);
    if (error < least_error) {
        return std::vector<double>(fractions.size(), infinity<double>());
    }
    auto relative = std::vector<double>{};
    for (auto const t : fractions) {
        relative.push_back(shape.shape(t / fractions.back()));
        require(relative.back() > 0, "critical value of a shape", "positive", relative.back());
    }
    // Relative to the least of them, which no constant below the quantile of the error would do for.
    double const least = *std::min_element(relative.begin(), relative.end());
    auto const boundary = [&](double const constant) {
        auto result = relative;
        for (auto& z : result) {
            z *= constant / least;
        }
        return result;
    };
    auto const excess = [&](double const constant) {
        if (!(constant > 0)) {
            return 1.0;
        }
        auto const bounds = both_sides_of(boundary(constant), symmetric);
        return log_excess(exits_of(bounds, 0, fractions, 0, 0, 0).total_upper(), error);
    };
    return boundary(falling_root(excess, normal::upper_quantile(error) + 0.2, 0.2).value);
}

/// The same critical value at every look but the last, whose value spends what is left of the error.
inline std::vector<double> boundary_with_last_free(double const error, double const interim,
                                                   std::span<double const> const fractions,
                                                   bool const symmetric) {
    require_fractions(fractions);
    require_positive("interim critical value", interim);
    auto const spent_at_last = [&](double const z) {
        auto boundary = std::vector<double>(fractions.size(), interim);
        boundary.back() = z;
        return exits_of(both_sides_of(std::move(boundary), symmetric), 0, fractions, 0, 0, 0).upper;
    };
    auto spent = spent_at_last(infinity<double>());
    double const left = error - std::accumulate(spent.begin(), spent.end(), 0.0);
    require(left >= -1e-12 * error, "interim critical value",
            "so high that the interim looks spend no more than the error", interim);
    auto boundary = std::vector<double>(fractions.size(), interim);
    boundary.back() = infinity<double>();
    if (left >= least_error) {
        auto const excess = [&](double const z) { return log_excess(spent_at_last(z).back(), left); };
        boundary.back() = falling_root(excess, normal::upper_quantile(error), 0.2, {1}).value;
    }
    return boundary;
}

} // namespace accrue::detail
