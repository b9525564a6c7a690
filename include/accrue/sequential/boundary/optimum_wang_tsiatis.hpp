#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/boundary/wang_tsiatis.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace accrue {

/// The expected information under the planned effect, as a multiple of drift² = 1. Small where a trial of a
/// treatment that works is short.
struct expected_under_planned_effect {
    [[nodiscard]] double operator()(stopping_boundaries const& bounds,
                                    std::span<double const> const fractions, double const drift) const {
        return drift * drift * exits(bounds, fractions, drift).expected_fraction();
    }
};

/// The expected information summed over no effect, half the planned effect, and the planned effect.
struct expected_over_effects {
    [[nodiscard]] double operator()(stopping_boundaries const& bounds,
                                    std::span<double const> const fractions, double const drift) const {
        double sum = 0;
        for (double const share : {0.0, 0.5, 1.0}) {
            sum += exits(bounds, fractions, share * drift).expected_fraction();
        }
        return drift * drift * sum;
    }
};

/// The boundaries of the Wang-Tsiatis family that are best by some criterion.
struct optimum_boundaries {
    wang_tsiatis shape;
    stopping_boundaries bounds;
    double drift; ///< at which they have the power
    /// What was minimised, over what it is for a trial with a single look.
    double relative_expectation;
    accrue::status status;
};

/// Searches the Wang-Tsiatis family for the boundaries that minimise an expectation at a power, with delta
/// between -0.5 and 0.7. By default that is the expected information under the planned effect.
///
/// Wang & Tsiatis 1987, Biometrics 43:193-199, doi:10.2307/2531959.
///
///     optimum_wang_tsiatis(two_sided{0.05}, 0.9, fractions).shape.delta
///
/// \param error `two_sided` or `one_sided`
/// \param power to detect the planned effect
/// \param fractions information fractions of the looks, rising
/// \param criterion what is to be small, a callable value (bounds, fractions, drift):
///   `expected_under_planned_effect`, `expected_over_effects`, or your own
/// \throws invalid_input when the error of one side is not between 0 and 0.5, the power not above it and
///   below 1, or the fractions do not rise
template <single_error Error, class Criterion = expected_under_planned_effect>
[[nodiscard]] optimum_boundaries optimum_wang_tsiatis(Error const& error, double const power,
                                                      std::span<double const> const fractions,
                                                      Criterion const& criterion = {}) {
    detail::require_fractions(fractions);
    detail::require_between_0_and_1("power", power);
    double const alpha = error.per_side();
    detail::require(power > alpha, "power", "above the error", power);
    auto const at = [&](double const delta) {
        auto const shape = wang_tsiatis{delta};
        auto result = optimum_boundaries{.shape = shape,
                                         .bounds = efficacy_boundaries(error, shape, fractions),
                                         .drift = 0,
                                         .relative_expectation = 0,
                                         .status = status::ok};
        auto const drift = drift_for_power(result.bounds, fractions, power);
        result.drift = drift.value;
        result.status = drift.status;
        result.relative_expectation = criterion(result.bounds, fractions, drift.value);
        return result;
    };
    // A coarse grid first: a criterion of the user's may have more than one valley.
    constexpr double lowest = -0.5;
    constexpr double highest = 0.7;
    constexpr int steps = 12;
    auto const delta_of = [&](int const i) { return lowest + (highest - lowest) * i / steps; };
    int best = 0;
    double least = detail::infinity<double>();
    for (int i = 0; i <= steps; ++i) {
        double const value = at(delta_of(i)).relative_expectation;
        best = value < least ? i : best;
        least = value < least ? value : least;
    }
    auto const found = detail::least_between<double>(
        [&](double const delta) { return at(delta).relative_expectation; }, delta_of((std::max)(best - 1, 0)),
        delta_of((std::min)(best + 1, steps)), 26, 60);
    auto result = at(found.at);
    double const z = normal::upper_quantile(alpha);
    auto const single = std::vector<double>{1.0};
    auto const one_look =
        stopping_boundaries{.lower = {Error::is_symmetric ? -z : -detail::infinity<double>()}, .upper = {z}};
    result.relative_expectation /=
        criterion(one_look, single, drift_for_power(one_look, single, power).value);
    return result;
}

} // namespace accrue
