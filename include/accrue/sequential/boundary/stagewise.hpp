#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/monotone_root.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace accrue {

/// A trial that ended at look `look` (counted from zero) with the statistic `z`, and the boundaries and
/// information fractions of its looks up to there at least. It may have crossed a boundary, come to its last
/// look, or been ended for another reason.
struct ended_trial {
    stopping_boundaries bounds;
    std::vector<double> fractions;
    std::size_t look;
    double z;
};

/// Inference about a trial that could have stopped early. The drift is the expected Z at information fraction
/// 1; `effect_of_drift` takes it to the scale of the effect.
struct stagewise_inference {
    /// P(a result as large or larger) under no effect; small for benefit at large Z.
    double p_value_upper;
    /// P(a result as small or smaller) under no effect.
    double p_value_lower;
    /// Twice the smaller of the two, at most 1.
    double p_value_two_sided;
    /// The drifts at which the result would be just at the edge of what is compatible.
    interval drift;
    /// The drift under which a larger and a smaller result are equally probable.
    double median_unbiased_drift;
    accrue::status status;
};

/// The effect whose expected Z at information fraction `fraction` is drift sqrt(fraction), on the scale of
/// the estimate whose standard error at that look is `standard_error`.
[[nodiscard]] inline double effect_of_drift(double const drift, double const fraction,
                                            double const standard_error) {
    return drift * std::sqrt(fraction) * standard_error;
}

namespace detail {

/// Both tails of the stage-wise ordering under a drift: of results at least as large, and at least as small.
struct stagewise_tails {
    double upper;
    double lower;
};

inline stagewise_tails tails(ended_trial const& trial, double const drift) {
    auto const fractions = std::span(trial.fractions).first(trial.look + 1);
    auto ends = trial.bounds;
    ends.upper[trial.look] = std::abs(trial.z);
    ends.lower[trial.look] = -std::abs(trial.z);
    auto walk = monitored_walk(fractions, drift, refinement_for_bounds(ends, 0, fractions));
    auto rarest = normal::survival(std::abs(trial.z - walk.mean_at(trial.look)));
    for (std::size_t k = 0; k < trial.look; ++k) {
        for (auto const z : {trial.bounds.upper[k], -trial.bounds.lower[k]}) {
            auto const tail = normal::survival(std::abs(z) + std::abs(walk.mean_at(k)));
            rarest = tail > 0 ? (std::min)(rarest, tail) : rarest;
        }
    }
    auto const reach = reach_for(rarest);
    auto result = stagewise_tails{0, 0};
    for (std::size_t k = 0; k < trial.look; ++k) {
        auto const stop = region_at(trial.bounds, k);
        result.upper += walk.beyond(side::upper, stop.upper);
        result.lower += walk.beyond(side::lower, stop.lower);
        walk.pass(stop, reach);
    }
    result.upper += walk.beyond(side::upper, trial.z);
    result.lower += walk.beyond(side::lower, trial.z);
    // What left through an inner wedge counts as neither large nor small; what is not in the tail on the side
    // of the ending is in the other.
    auto const crossed_lower = trial.z <= trial.bounds.lower[trial.look];
    (crossed_lower ? result.upper : result.lower) = 1 - (crossed_lower ? result.lower : result.upper);
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
/// when it did not cross the lower boundary, and one minus the mirror image when it did. p-values are F and
/// 1 - F at no effect, the confidence limits are where F is (1 - level) / 2 and (1 + level) / 2, and the
/// median-unbiased estimate is where it is 1/2. All are consistent with the boundaries, need nothing about
/// looks that did not take place, and reduce to the fixed-sample ones with a single look. Boundaries that the
/// trial was free to ignore (non-binding futility) are to be left out.
///
/// Tsiatis AA, Rosner GL, Mehta CR (1984), Biometrics 40:797-803, doi:10.2307/2530924; Fairbanks K, Madsen R
/// (1982), Biometrika 69:69-74, doi:10.1093/biomet/69.1.69; Jennison & Turnbull (2000), section 8.4.
///
/// \throws invalid_input when the look has no boundary or fraction, z is not finite, the fractions do not
///         rise, or the level is not between 0 and 1
[[nodiscard]] inline stagewise_inference infer_stagewise(ended_trial const& trial,
                                                         double const level = 0.95) {
    detail::require_fractions(trial.fractions);
    detail::require_boundaries(trial.bounds, trial.fractions.size());
    detail::require_finite("z", trial.z);
    detail::require_between_0_and_1("level", level);
    if (trial.look >= trial.fractions.size()) {
        throw invalid_input("look (counted from 0) must be below the number of looks, " +
                            std::to_string(trial.fractions.size()) + ", but is " +
                            std::to_string(trial.look));
    }
    auto result = stagewise_inference{};
    result.status = status::ok;
    auto const none = detail::tails(trial, 0);
    result.p_value_upper = none.upper;
    result.p_value_lower = none.lower;
    result.p_value_two_sided = (std::min)(1.0, 2 * (std::min)(none.upper, none.lower));
    auto const scale = 1 / std::sqrt(trial.fractions[trial.look]);
    // The tail that is at most one half is matched, so that none is found as a difference from 1.
    auto const drift_at = [&](double const upper_tail) {
        auto const excess = [&](double const drift) {
            auto const at = detail::tails(trial, drift);
            return upper_tail <= 0.5 ? upper_tail - at.upper : at.lower - (1 - upper_tail);
        };
        auto const guess = (trial.z - normal::upper_quantile(upper_tail)) * scale;
        auto const root = detail::decreasing_root(excess, guess, 0.5 * scale);
        if (root.status != status::ok) {
            result.status = root.status;
        }
        return root.value;
    };
    result.drift.lower = drift_at((1 - level) / 2);
    result.drift.upper = drift_at((1 + level) / 2);
    result.median_unbiased_drift = drift_at(0.5);
    return result;
}

} // namespace accrue
