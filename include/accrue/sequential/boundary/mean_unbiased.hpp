#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/exit_measure.hpp>
#include <accrue/sequential/boundary/detail/score_density.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/boundary/ordered_inference.hpp>
#include <accrue/sequential/boundary/sequential_inference.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

/// \file
/// Estimates of the drift whose mean is right. The maximum-likelihood estimate of a trial that could stop
/// early is on average too far from 0, since large values stop it. `effect_of_drift` takes a drift to the
/// scale of the effect.

namespace accrue {

/// The mean of the maximum-likelihood estimate Z_T / sqrt(t_T) of the drift, T being the look at which the
/// trial ends, when the drift is `drift`: its bias is this less the drift.
///
/// \throws invalid_input as `exits` does
[[nodiscard]] inline double mean_estimated_drift(stopping_boundaries const& bounds,
                                                 std::span<double const> const fractions,
                                                 double const drift) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("drift", drift);
    auto const everything = std::vector<double>(fractions.size(), -detail::infinity<double>());
    auto const endings =
        detail::exit_measure(bounds, fractions, everything, {drift, drift}, detail::reach_for(1));
    // As a deviation from the drift, which is small against it.
    return drift + endings.sum(drift, [&](double const score, double const t) { return score / t - drift; });
}

/// The bias-adjusted estimate: the drift under which the maximum-likelihood estimate is on average what was
/// seen. Its bias is much smaller, and its mean squared error too.
///
/// Whitehead 1986, Biometrika 73:573-581, doi:10.1093/biomet/73.3.573. It depends on the looks that were
/// planned after the one at which the trial ended: give all boundaries and fractions.
///
/// \throws invalid_input as `infer_stagewise` does
[[nodiscard]] inline drift_result bias_adjusted_drift(ended_trial const& trial) {
    detail::check(trial);
    auto const all = detail::with_possible_looks(trial);
    double const seen = all.z / std::sqrt(all.fractions[all.look]);
    double const scale = 1 / std::sqrt(all.fractions[all.look]);
    auto const root = detail::falling_root(
        [&](double const drift) { return seen - mean_estimated_drift(all.bounds, all.fractions, drift); },
        seen, scale / 4, {scale});
    return {root.value, root.status};
}

/// The mean-unbiased estimate: the drift that the first look at which the trial could stop would have
/// estimated, S_1 / t_1, averaged over all paths that end where this trial ended (Rao-Blackwell):
///
///     E(S_1 | T, S_T) / t_1,   S_k = Z_k sqrt(t_k).
///
/// S_1 / t_1 is unbiased and (T, S_T) sufficient, so that the average is unbiased too, whatever the drift; it
/// has the least variance of all such estimates that do not depend on the plan for later looks. It can lie
/// far from what was seen where stopping at that look was improbable.
///
/// Emerson & Fleming 1990, Biometrika 77:875-892, doi:10.1093/biomet/77.4.875; Liu & Hall 1999, Biometrika
/// 86:71-78, doi:10.1093/biomet/86.1.71.
///
/// \throws invalid_input as `infer_stagewise` does
[[nodiscard]] inline drift_result mean_unbiased_drift(ended_trial const& trial) {
    detail::check(trial);
    auto const fractions = std::span(trial.fractions).first(trial.look + 1);
    double const end = fractions.back();
    double const score = trial.z * std::sqrt(end);
    double const seen = score / end;
    std::size_t first = 0;
    while (first < trial.look && !detail::can_stop(detail::region_at(trial.bounds, first))) {
        ++first;
    }
    if (first == trial.look) {
        return {seen, status::ok};
    }
    // What is conditioned on is sufficient: any drift will do, and under the one that was seen the path is
    // probable.
    double const start = fractions[first];
    double const root = std::sqrt(start);
    double const reach = detail::reach_for(1) + std::abs(trial.z);
    auto density = detail::score_density(seen);
    density.advance(
        start, detail::continuation(detail::region_at(trial.bounds, first), start, seen * root, reach).span(),
        fractions[first + 1]);
    double total = 0;
    double weighted = 0;
    auto const later = fractions.subspan(first + 1);
    density.for_each_node([&](double const x, double const mass) {
        auto walk = detail::monitored_walk(later, seen, start, x);
        for (std::size_t k = first + 1; k < trial.look; ++k) {
            walk.pass(detail::region_at(trial.bounds, k), reach);
        }
        double const weight = mass * walk.density().crossing(detail::side::upper, score, end).density;
        total += weight;
        weighted += weight * (x / start - seen);
    });
    double const value = seen + weighted / total;
    return detail::is_finite(value) ? drift_result{value, status::ok}
                                    : drift_result{detail::not_a_number<double>(), status::undefined};
}

} // namespace accrue
