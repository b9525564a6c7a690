#pragma once

#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/conditional_power.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// What was believed about the drift before the trial: normal with this mean, and worth as much as a trial of
/// information fraction `information`. Zero information is the flat prior.
struct drift_prior {
    double mean = 0;
    double information = 0;
};

namespace detail {

/// The probability of stopping at the upper boundary at a look from `first` on, when the score is `score` at
/// information `now` and what is believed of the drift then is `prior` with that evidence added.
///
/// The posterior mean of the drift, M_k = (i m + Z_k sqrt(t_k)) / (i + t_k), is itself a random walk with
/// independent normal steps and no drift, whose variance by look k is 1 / (i + now) - 1 / (i + t_k).
inline double averaged_power(stopping_boundaries const& bounds, std::span<double const> const fractions,
                             std::size_t const first, double const now, double const score,
                             drift_prior const& prior) {
    auto const start = (prior.information * prior.mean + score) / (prior.information + now);
    // The walk is of M_k - start, with its own information and, as Z values, its own boundaries.
    auto information = std::vector<double>{};
    auto walk_bounds = std::vector<stopping_region>{};
    for (auto k = first; k < fractions.size(); ++k) {
        auto const t = fractions[k];
        auto const variance = (t - now) / ((prior.information + now) * (prior.information + t));
        // M_k - start, from differences that are small against M when the prior is worth much.
        auto const scaled = [&](double const z_at) {
            return (z_at * std::sqrt(t) - score - (t - now) * start) /
                   ((prior.information + t) * std::sqrt(variance));
        };
        auto const stop = region_at(bounds, k);
        auto region = stopping_region{.lower = scaled(stop.lower), .upper = scaled(stop.upper)};
        if (stop.inner.lower < stop.inner.upper) {
            region.inner = {scaled(stop.inner.lower), scaled(stop.inner.upper)};
        }
        information.push_back(variance);
        walk_bounds.push_back(region);
    }
    auto walk = monitored_walk(information, 0);
    auto const reach = reach_for(1e-30);
    auto total = 0.0;
    for (auto const& stop : walk_bounds) {
        total += walk.beyond(side::upper, stop.upper);
        walk.pass(stop, reach);
    }
    return total;
}

inline void check(drift_prior const& prior) {
    require_finite("mean of the prior", prior.mean);
    require_not_negative("information of the prior", prior.information);
}

} // namespace detail

/// The predictive power: the probability of stopping at the upper boundary at a later look, given `z` at look
/// `look`, averaged over what is then believed about the drift.
///
/// With a prior N(m, 1/i) the mean of the drift's posterior is itself a random walk with independent normal
/// steps and no drift, whose variance by look j is 1 / (i + t_k) - 1 / (i + t_j), t_k being the fraction at
/// `look`. The same recursion as for any boundary therefore gives the average exactly; no integral over the
/// drift is needed.
///
/// Spiegelhalter DJ, Freedman LS, Blackburn PR (1986), Control Clin Trials 7:8-17,
/// doi:10.1016/0197-2456(86)90003-6.
///
/// \throws invalid_input as `conditional_exits` does, and when the prior's mean is not finite or its
///         information negative
[[nodiscard]] inline double predictive_power(stopping_boundaries const& bounds,
                                             std::span<double const> const fractions, std::size_t const look,
                                             double const z, drift_prior const& prior = {}) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("z", z);
    detail::check(prior);
    detail::require_look_before_last(look, fractions.size());
    return detail::averaged_power(bounds, fractions, look + 1, fractions[look],
                                  z * std::sqrt(fractions[look]), prior);
}

/// The assurance of a design: the probability that it stops at the upper boundary, averaged over what is
/// believed about the drift before it begins. Power says how likely success is if the planned effect is the
/// true one; assurance, how likely it is. As information grows it tends to the prior probability of a
/// positive drift, not to 1.
///
/// O'Hagan, Stevens & Campbell 2005, Pharm Stat 4:187-201, doi:10.1002/pst.175. Computed as
/// `predictive_power` before the first look, without an integral over the drift.
///
/// \throws invalid_input as `exits` does, and unless the prior's mean is finite and its information positive
[[nodiscard]] inline double assurance(stopping_boundaries const& bounds,
                                      std::span<double const> const fractions, drift_prior const& prior) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::check(prior);
    detail::require_positive("information of the prior", prior.information);
    return detail::averaged_power(bounds, fractions, 0, 0, 0, prior);
}

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    predictive_power(Z const&, Rest const&...));

} // namespace accrue
