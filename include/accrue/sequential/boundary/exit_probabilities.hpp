#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <numeric>
#include <span>
#include <vector>

namespace accrue {

/// How a monitored trial ends: the probabilities of stopping at each look at the lower boundary, at the upper
/// one, or in the wedge, and of still going on after the last look. All of them add up to 1.
///
/// Under no effect the sum of `upper` is the upper type I error; under the effect that a trial is planned for
/// it is the power.
struct exit_probabilities {
    std::vector<double> fractions;
    std::vector<double> lower;
    std::vector<double> upper;
    std::vector<double> wedge;
    double going_on;

    [[nodiscard]] double total_upper() const { return std::accumulate(upper.begin(), upper.end(), 0.0); }
    [[nodiscard]] double total_lower() const { return std::accumulate(lower.begin(), lower.end(), 0.0); }
    [[nodiscard]] double total_wedge() const { return std::accumulate(wedge.begin(), wedge.end(), 0.0); }

    /// The mean information fraction at which the trial ends; a trial that never stops ends at its last look.
    [[nodiscard]] double expected_fraction() const {
        auto sum = going_on * fractions.back();
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            sum += fractions[k] * (lower[k] + upper[k] + wedge[k]);
        }
        return sum;
    }
};

namespace detail {

/// The exits of a walk whose looks begin at `first` of `bounds`; `fractions` are those looks' alone.
inline exit_probabilities exits_of(monitored_walk walk, stopping_boundaries const& bounds,
                                   std::size_t const first, std::span<double const> const fractions) {
    auto const count = fractions.size();
    auto result = exit_probabilities{.fractions = {fractions.begin(), fractions.end()},
                                     .lower = std::vector<double>(count, 0.0),
                                     .upper = std::vector<double>(count, 0.0),
                                     .wedge = std::vector<double>(count, 0.0),
                                     .going_on = 0};
    // The rarest exit decides how far out scores matter.
    auto rarest = 1.0;
    for (std::size_t k = 0; k < count; ++k) {
        auto const mean = walk.mean_at(k);
        for (auto const tail : {normal::survival(bounds.upper[first + k] - mean),
                                normal::survival(mean - bounds.lower[first + k])}) {
            rarest = tail > 0 ? (std::min)(rarest, tail) : rarest;
        }
    }
    auto const reach = reach_for(rarest);
    for (std::size_t k = 0; k < count; ++k) {
        auto const stop = region_at(bounds, first + k);
        result.upper[k] = walk.beyond(side::upper, stop.upper);
        result.lower[k] = walk.beyond(side::lower, stop.lower);
        if (stop.inner.lower < stop.inner.upper) {
            auto inside = walk;
            inside.pass({.lower = (std::max)(stop.inner.lower, stop.lower),
                         .upper = (std::min)(stop.inner.upper, stop.upper)},
                        reach);
            result.wedge[k] = inside.density().mass();
        }
        walk.pass(stop, reach);
    }
    result.going_on = walk.density().mass();
    return result;
}

} // namespace detail

/// The exit probabilities of a trial with the given boundaries (Z values) at information fractions t_k, when
/// the statistic has mean `drift` sqrt(t): `drift` is the expected Z at t = 1, effect x sqrt(information at
/// t = 1). Zero is no effect.
///
/// Armitage P, McPherson CK, Rowe BC (1969), J R Stat Soc A 132:235-244, doi:10.2307/2343787.
///
/// \throws invalid_input when the fractions do not rise, a boundary has a wrong size or is NaN, or the drift
///         is not finite
[[nodiscard]] inline exit_probabilities
exits(stopping_boundaries const& bounds, std::span<double const> const fractions, double const drift = 0) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("drift", drift);
    auto const refinement = detail::refinement_for_bounds(bounds, 0, fractions);
    return detail::exits_of(detail::monitored_walk(fractions, drift, refinement), bounds, 0, fractions);
}

/// The probability of stopping at the upper boundary under a drift: the power of a trial that is planned for
/// a positive effect.
///
/// \throws invalid_input as `exits` does
[[nodiscard]] inline double power(stopping_boundaries const& bounds, std::span<double const> const fractions,
                                  double const drift) {
    return exits(bounds, fractions, drift).total_upper();
}

/// `exits` with the fractions written where they are used: `exits(bounds, {0.5, 1}, drift)`.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline exit_probabilities exits(stopping_boundaries const& bounds,
                                              std::initializer_list<double> const fractions,
                                              double const drift = 0) {
    return exits(bounds, std::span<double const>(fractions.begin(), fractions.size()), drift);
}

/// `power` with the fractions written where they are used.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline double power(stopping_boundaries const& bounds,
                                  std::initializer_list<double> const fractions, double const drift) {
    return exits(bounds, fractions, drift).total_upper();
}

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    exits(Z const&, Rest const&...));

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    power(Z const&, Rest const&...));

} // namespace accrue
