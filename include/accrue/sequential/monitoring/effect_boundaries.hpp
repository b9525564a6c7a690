#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/monitoring/adjusted_inference.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/power_to_come.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/monitoring/sequential_look.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// Boundaries on the scale of the effect: how large the pooled effect must be at each look to stop there.
struct effect_boundaries {
    std::vector<double> fractions;       ///< information fractions of the looks
    std::vector<double> standard_errors; ///< of the pooled effect, on the analysis scale
    std::vector<double> lower;           ///< stops at or below; minus infinity where it can't
    std::vector<double> upper;           ///< stops at or above; infinity where it can't
    std::vector<interval> wedge;         ///< stops within; limits NaN where there is no wedge
};

namespace detail {

/// The pooled result of a look; NaN where its trials could not be pooled, which may leave a variance of 0.
inline pooled result_of(sequential_look const& look) {
    return look.status == status::undefined ? undefined_pooled<double>(look.cumulative.k) : look.cumulative;
}

/// The boundaries in effects, by a function from a look's critical Z to the distance from no effect.
template <class Distance>
effect_boundaries on_effect_scale(stopping_boundaries const& bounds, std::vector<double> fractions,
                                  std::vector<double> standard_errors, Distance const& distance) {
    auto result = effect_boundaries{.fractions = std::move(fractions),
                                    .standard_errors = std::move(standard_errors),
                                    .lower = {},
                                    .upper = {},
                                    .wedge = {}};
    for (std::size_t k = 0; k < result.fractions.size(); ++k) {
        auto const at = [&](double const z) { return is_finite(z) ? distance(k, z) : z; };
        result.lower.push_back(at(bounds.lower[k]));
        result.upper.push_back(at(bounds.upper[k]));
        auto const stop = region_at(bounds, k);
        constexpr auto none = not_a_number<double>();
        result.wedge.push_back(stop.inner.lower < stop.inner.upper
                                   ? interval{at(stop.inner.lower), at(stop.inner.upper)}
                                   : interval{none, none});
    }
    return result;
}

} // namespace detail

/// The boundaries of an analysis in pooled effects: critical Z times the standard error of the look; for
/// models with degrees of freedom, the t quantile of the same tail. A pooled effect reaches such a boundary
/// exactly when its Z reaches that of the look.
///
/// A look to come has the standard error of the last look, less as information grows: SE sqrt(t / t'). A look
/// that could not be pooled has NaN.
///
/// \throws invalid_input when there is no look
[[nodiscard]] inline effect_boundaries boundaries_of_effect(sequential_analysis const& analysis) {
    auto const& last = analysis.last_look();
    auto errors = std::vector<double>{};
    for (std::size_t k = 0; k < analysis.fractions.size(); ++k) {
        double const to_come = std::sqrt(last.information_fraction / analysis.fractions[k]);
        errors.push_back(k < analysis.looks.size() ? standard_error(detail::result_of(analysis.looks[k]))
                                                   : standard_error(detail::result_of(last)) * to_come);
    }
    return detail::on_effect_scale(
        analysis.boundaries, analysis.fractions, errors, [&](std::size_t const k, double const z) {
            auto around_zero = (k < analysis.looks.size() ? analysis.looks[k] : last).cumulative;
            around_zero.effect = 0;
            around_zero.variance = errors[k] * errors[k];
            return -detail::effect_at_distance(around_zero, z);
        });
}

/// The boundaries of a design in pooled effects, for planning: critical Z times |effect| / (drift sqrt(t)),
/// the standard error at the information fraction t of a design whose anticipated effect has the expected Z
/// `planned_drift(design)` at t = 1.
///
/// \param fractions information fractions of the looks, rising
/// \throws invalid_input as the design's monitoring rule does
[[nodiscard]] inline effect_boundaries boundaries_of_effect(sequential_design const& design,
                                                            std::span<double const> const fractions) {
    auto const bounds = detail::boundaries_of(design, fractions);
    auto errors = std::vector<double>{};
    for (double const t : fractions) {
        errors.push_back(std::abs(design.information.effect) / (planned_drift(design) * std::sqrt(t)));
    }
    return detail::on_effect_scale(bounds, {fractions.begin(), fractions.end()}, errors,
                                   [&](std::size_t const k, double const z) { return z * errors[k]; });
}

/// The same in the unit of the measure: ratios for logarithms of ratios. Standard errors stay on the analysis
/// scale.
///
/// \param measure has `back_transform`, as `log_odds_ratio{}`
template <class Measure>
    requires requires(Measure const& measure, double const x) { measure.back_transform(x); }
[[nodiscard]] effect_boundaries back_transformed(Measure const& measure, effect_boundaries bounds) {
    for (auto* const side : {&bounds.lower, &bounds.upper}) {
        for (double& effect : *side) {
            effect = measure.back_transform(effect);
        }
    }
    for (auto& wedge : bounds.wedge) {
        wedge = {measure.back_transform(wedge.lower), measure.back_transform(wedge.upper)};
    }
    return bounds;
}

} // namespace accrue
