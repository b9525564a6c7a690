#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/exit_measure.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/sequential_inference.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace accrue {

namespace detail {

/// Throws unless the trial has a boundary, a fraction and a finite Z at its last look.
inline void check(ended_trial const& trial) {
    require_fractions(trial.fractions);
    require_boundaries(trial.bounds, trial.fractions.size());
    require_finite("z", trial.z);
    require_below("look (counted from 0)", trial.look, "the number of looks", trial.fractions.size());
}

/// Where results that ended in a wedge are, as seen from those whose probability is asked for.
struct wedge_results {
    bool are_larger = false;
};

/// P(a result as large or larger) of the stage-wise ordering under no effect.
inline double null_tail(ended_trial const& trial, wedge_results const in_wedge = {}) {
    auto const fractions = std::span(trial.fractions).first(trial.look + 1);
    auto ends = trial.bounds;
    ends.upper[trial.look] = std::abs(trial.z);
    ends.lower[trial.look] = -std::abs(trial.z);
    auto rarest = normal::survival(std::abs(trial.z));
    for (std::size_t k = 0; k < trial.look; ++k) {
        for (auto const z : {trial.bounds.upper[k], -trial.bounds.lower[k]}) {
            auto const tail = normal::survival(std::abs(z));
            rarest = tail > 0 ? (std::min)(rarest, tail) : rarest;
        }
    }
    auto const reach = reach_for(rarest);
    auto walk = clustered_walk(ends, 0, fractions, 0, 0, 0, reach);
    double tail = 0;
    for (std::size_t k = 0; k < trial.look; ++k) {
        auto const stop = region_at(trial.bounds, k);
        tail += walk.beyond(side::upper, stop.upper, k);
        if (in_wedge.are_larger && clustered_walk::has_wedge(stop)) {
            tail += walk.between((std::max)(stop.inner.lower, stop.lower),
                                 (std::min)(stop.inner.upper, stop.upper), k);
        }
        walk.pass(stop, reach);
    }
    return (std::min)(1.0, tail + walk.beyond(side::upper, trial.z, trial.look));
}

/// The Z of a trial's look at the drift in the middle of the last wedge before it; minus infinity where none
/// was.
inline double middle_of_earlier_wedge(ended_trial const& trial) {
    for (std::size_t k = trial.look; k-- > 0;) {
        auto const stop = region_at(trial.bounds, k);
        if (clustered_walk::has_wedge(stop)) {
            double const drift = 0.5 * (stop.inner.lower + stop.inner.upper) / std::sqrt(trial.fractions[k]);
            return drift * std::sqrt(trial.fractions[trial.look]);
        }
    }
    return -infinity<double>();
}

/// P(a smaller result) likewise: where that is the rarer of the two it is no difference from 1. Results in a
/// wedge of an earlier look are smaller ones too.
inline double rest_of_null_tail(ended_trial const& trial, double const null_tail_above) {
    return null_tail_above < 0.5 ? 1 - null_tail_above : null_tail(mirrored(trial), {.are_larger = true});
}

/// The drift under which a set of results that grows with the drift has the probability of a Z beyond `goal`,
/// found from `guess` by Newton's method on the scale of normal quantiles, on which the probability is nearly
/// a straight line.
inline root_result<double> drift_of(exit_measure const& results, double const goal, double const guess,
                                    interval bracket) {
    auto drift = guess;
    for (int iteration = 0; iteration < 100; ++iteration) {
        auto const at = results.at(drift);
        auto const z = normal::upper_quantile((std::clamp)(at.value, 0.0, 1.0));
        (z > goal ? bracket.lower : bracket.upper) = drift;
        auto next = drift + (z - goal) * normal::density(z) / at.slope;
        if (std::abs(next - drift) <= 1e-14 * (std::abs(drift) + bracket.width())) {
            return {next, status::ok};
        }
        if (!(next > bracket.lower && next < bracket.upper)) {
            next = 0.5 * (bracket.lower + bracket.upper);
            if (!(next > bracket.lower && next < bracket.upper)) {
                return {drift, status::ok};
            }
        }
        drift = next;
    }
    return {drift, status::not_converged};
}

/// An inference whose p-values are still to come.
inline sequential_inference drifts(double const lower, double const median, double const upper,
                                   accrue::status const reached) {
    auto found = sequential_inference{};
    found.drift = {lower, upper};
    found.median_unbiased_drift = median;
    found.status = reached;
    return found;
}

/// The Z beyond which the results of a trial are larger than its own, at each look, when those that ended in
/// a wedge are.
inline std::vector<double> smaller_results(ended_trial const& image) {
    auto result = std::vector<double>{};
    for (std::size_t k = 0; k < image.look; ++k) {
        auto const stop = region_at(image.bounds, k);
        bool const has_wedge = clustered_walk::has_wedge(stop);
        result.push_back(has_wedge ? (std::min)(stop.inner.lower, stop.upper) : stop.upper);
    }
    result.push_back(image.z);
    return result;
}

/// The drifts under which larger results of the stage-wise ordering have the probabilities `tail`, one half,
/// and 1 - `tail`; for a trial that did not cross its lower boundary.
inline sequential_inference drifts_of(ended_trial const& trial, double const tail) {
    auto const count = trial.look + 1;
    auto const fractions = std::span(trial.fractions).first(count);
    auto thresholds = std::vector<double>(trial.bounds.upper.begin(),
                                          trial.bounds.upper.begin() + static_cast<std::ptrdiff_t>(count));
    thresholds.back() = trial.z;
    auto const image = mirrored(trial);
    auto const smaller = smaller_results(image);
    // The probability of larger results is at most the sum of P(Z_k >= threshold), and that of others at most
    // P(Z_k < threshold) and the sum of what ended with a smaller result before k, for any k.
    auto const each = normal::upper_quantile(tail / static_cast<double>(count));
    auto const most = normal::upper_quantile(tail);
    auto range = interval{infinity<double>(), infinity<double>()};
    double seldom_ended = -infinity<double>();
    for (std::size_t k = 0; k < count; ++k) {
        auto const root = std::sqrt(fractions[k]);
        if (is_finite(thresholds[k])) {
            auto const quantile = is_finite(seldom_ended) ? each : most;
            range.lower = (std::min)(range.lower, (thresholds[k] - each) / root);
            range.upper =
                (std::min)(range.upper, (std::max)(seldom_ended, (thresholds[k] + quantile) / root));
        }
        if (is_finite(smaller[k])) {
            seldom_ended = (std::max)(seldom_ended, (each - smaller[k]) / root);
        }
    }
    auto const scale = 1 / std::sqrt(fractions.back());
    // Beyond a Z of 1e8 no quadrature resolves a standard deviation. Under a drift that leads there no
    // earlier look ends on the other side, and with no boundary on this one the look is the only one that
    // counts.
    if (std::abs(trial.z) > 1e8) {
        auto const& earlier = trial.z > 0 ? trial.bounds.upper : trial.bounds.lower;
        bool const ends_before =
            std::any_of(earlier.begin(), earlier.begin() + static_cast<std::ptrdiff_t>(trial.look),
                        [](double const bound) { return is_finite(bound); });
        if (!ends_before) {
            return drifts((trial.z - most) * scale, trial.z * scale, (trial.z + most) * scale, status::ok);
        }
        if (trial.z < 0) {
            constexpr auto none = not_a_number<double>();
            return drifts(none, none, none, status::undefined);
        }
    }
    // Looks so far apart that what one tells of the drift says nothing at the other.
    if (!(range.width() <= 1e6 * scale)) {
        constexpr auto none = not_a_number<double>();
        return drifts(none, none, none, status::undefined);
    }
    auto const reach = reach_for(tail);
    auto const measure = [&](interval const& within) {
        return exit_measure(trial.bounds, fractions, thresholds, within, reach);
    };
    auto const measure_rest = [&](interval const& within) {
        return exit_measure(image.bounds, fractions, smaller, within, reach);
    };
    // One measure serves drifts within 20 standard deviations of the last look: farther from its reference
    // the probabilities that are weighted anew underflow.
    double const widest = 40 * scale;
    auto const shared = range.width() <= widest ? std::optional(measure(range)) : std::nullopt;
    auto const root_in = [&](exit_measure const& results, interval const& within, double const goal,
                             double const guess) {
        // The limits may be the ends of the range themselves; much farther out the measure says nothing.
        return drift_of(results, goal, (std::clamp)(guess, within.lower, within.upper),
                        {within.lower - scale, within.upper + scale});
    };
    auto const narrowed_root = [&](auto const& measured, interval within, double const goal,
                                   double const guess) {
        while (within.width() > widest) {
            double const middle = 0.5 * (within.lower + within.upper);
            double const value = measured({middle, middle}).at(middle).value;
            bool const is_low = normal::upper_quantile((std::clamp)(value, 0.0, 1.0)) > goal;
            (is_low ? within.lower : within.upper) = middle;
        }
        return root_in(measured(within), within, goal, guess);
    };
    auto const root_of = [&](double const goal) {
        double const guess = (trial.z - goal) * scale;
        return shared ? root_in(*shared, range, goal, guess) : narrowed_root(measure, range, goal, guess);
    };
    auto const low = root_of(most);
    auto const middle = root_of(0);
    auto high = root_result<double>{};
    if (tail > 1e-5) {
        high = root_of(-most);
    } else {
        // A probability so close to 1 is what the smaller results leave.
        high = narrowed_root(measure_rest, {-range.upper, -range.lower}, most, -(trial.z + most) * scale);
        high.value = -high.value;
    }
    auto reached = status::ok;
    for (auto const& root : {low, high, middle}) {
        reached = root.status == status::ok ? reached : root.status;
    }
    return drifts(low.value, middle.value, high.value, reached);
}

/// Inference for a trial whose larger results are those of its look and of the upper boundary before.
inline sequential_inference infer_from_above(ended_trial const& trial, double const level) {
    auto result = drifts_of(trial, (1 - level) / 2);
    result.p_value_upper = null_tail(trial);
    result.p_value_lower = rest_of_null_tail(trial, result.p_value_upper);
    result.p_value_two_sided = (std::min)(1.0, 2 * (std::min)(result.p_value_upper, result.p_value_lower));
    return result;
}

} // namespace detail

/// Inference by the stage-wise ordering: a result is larger the earlier its trial crossed the upper boundary,
/// then (at the same look) the larger its Z, then come the trials that went on, and last those that crossed
/// the lower boundary, the earlier the smaller. For a trial that ended at look k with z its upper tail
/// probability under a drift is
///
///     F(drift) = sum over j < k of P(crosses the upper boundary at j) + P(goes on to look k, Z_k >= z)
///
/// when it did not cross the lower boundary, and one minus the mirror image when it did. Trials that ended in
/// a wedge lie between: they are smaller than those that went on and crossed the upper boundary, or crossed
/// none and ended at or above the drift in the middle of the last wedge before, and larger than the others
/// that went on, whose F is one minus the mirror image too. A trial may change sides around a wedge, which
/// this order does not know. Limits were then missed as often as they say or less often, and the estimate lay
/// above the effect in 48 to 52 of 100 trials, at 12 drifts beside four wedges, even and uneven (computed in
/// the tests of this function). p-values are F and 1 - F at no effect, the confidence limits are where F is
/// (1 - level) / 2 and (1 + level) / 2, and the median-unbiased estimate is where it is 1/2. All are
/// consistent with the boundaries, need nothing about looks that did not take place, and reduce to the
/// fixed-sample ones with a single look. Boundaries that the trial was free to ignore (non-binding futility)
/// are to be left out.
///
/// Tsiatis AA, Rosner GL, Mehta CR (1984), Biometrics 40:797-803, doi:10.2307/2530924; Fairbanks K, Madsen R
/// (1982), Biometrika 69:69-74, doi:10.1093/biomet/69.1.69; Jennison & Turnbull (2000), section 8.4.
///
/// Where a look that could have ended the trial has less than about a 1e10th of the information of this one,
/// the limits and the estimate are NaN, with the status `undefined`; p-values are not.
///
/// \throws invalid_input when the look has no boundary or fraction, z is not finite, the fractions do not
///   rise, or the level is not between 0 and 1
[[nodiscard]] inline sequential_inference infer_stagewise(ended_trial const& trial,
                                                          double const level = 0.95) {
    detail::check(trial);
    detail::require_between_0_and_1("level", level);
    bool const crosses_upper = trial.z >= trial.bounds.upper[trial.look];
    bool const crosses_lower = trial.z <= trial.bounds.lower[trial.look];
    if (crosses_upper || (!crosses_lower && trial.z >= detail::middle_of_earlier_wedge(trial))) {
        return detail::infer_from_above(trial, level);
    }
    auto const image = detail::infer_from_above(detail::mirrored(trial), level);
    return {.p_value_upper = image.p_value_lower,
            .p_value_lower = image.p_value_upper,
            .p_value_two_sided = image.p_value_two_sided,
            .drift = {-image.drift.upper, -image.drift.lower},
            .median_unbiased_drift = -image.median_unbiased_drift,
            .status = image.status};
}

} // namespace accrue
