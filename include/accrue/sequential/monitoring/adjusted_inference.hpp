#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/z_value.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/boundary/mean_unbiased.hpp>
#include <accrue/sequential/boundary/ordered_inference.hpp>
#include <accrue/sequential/boundary/result_ordering.hpp>
#include <accrue/sequential/boundary/sequential_inference.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <variant>

namespace accrue {

/// A point estimate, an interval and a p-value, on the analysis scale.
struct inference_summary {
    double effect;
    accrue::interval interval;
    double p_value; ///< two-sided
};

/// Inference at the look that a conclusion rests on, as if there had been one look, and with the looks taken
/// into account.
struct adjusted_inference {
    std::size_t look;
    inference_summary naive;    ///< the model's own
    inference_summary adjusted; ///< median-unbiased estimate, interval and p-value of the ordering
    /// That of the look, which is `undefined`, and everything adjusted NaN, where it has no finite Z; or that
    /// of the stage-wise computation.
    accrue::status status;
};

/// The repeated confidence interval of a look, on the analysis scale.
struct repeated_interval {
    double lower; ///< minus infinity where the look has no boundary of efficacy above
    double upper; ///< infinity where the look has no boundary of efficacy below
    /// That of the look; `undefined`, and both limits NaN, where its trials could not be pooled.
    accrue::status status;

    [[nodiscard]] bool contains(double const effect) const { return lower <= effect && effect <= upper; }
    [[nodiscard]] double width() const { return upper - lower; }
    /// For functions of any interval.
    [[nodiscard]] operator interval() const { return {lower, upper}; }
};

namespace detail {

/// The t quantile whose tail is that of the normal quantile `z`, also where the tail is too small for a
/// number; infinite where the quantile is too large for one.
inline double t_quantile_at(double const z, double const degrees_of_freedom) {
    auto const t = student_t{degrees_of_freedom};
    double const tail = normal::survival(z);
    if (tail > 1e-100) {
        return t.upper_quantile(tail);
    }
    double const log_tail = normal::log_survival(z);
    double const largest = std::log((std::numeric_limits<double>::max)());
    auto const excess = [&](double const log_x) {
        return t.log_survival(std::exp((std::min)(log_x, largest))) - log_tail;
    };
    if (excess(largest) > 0) {
        return infinity<double>();
    }
    return std::exp(falling_root(excess, std::log(z), 1.0, {1}).value);
}

/// The effect that lies `distance` below the estimate when distances are measured as normal quantiles: the
/// estimate less `distance` standard errors for a normal reference, and less the matching quantile of t where
/// there are degrees of freedom.
inline double effect_at_distance(pooled const& result, double const distance) {
    double const size = std::abs(distance);
    double const quantile = is_finite(result.degrees_of_freedom) && is_finite(size)
                                ? t_quantile_at(size, result.degrees_of_freedom)
                                : size;
    return result.effect - std::copysign(quantile, distance) * standard_error(result);
}

/// drift -> the effect that has it at this look.
inline auto effects_of_drifts(sequential_look const& look) {
    return [&look, root = std::sqrt(look.information_fraction)](double const drift) {
        return effect_at_distance(look.cumulative, look.z - drift * root);
    };
}

/// The analysis as a trial that ended at its decisive look, without boundaries that do not bind and without
/// looks after the final one.
inline ended_trial ended(sequential_analysis const& analysis) {
    auto bounds = analysis.boundaries;
    bool const passes_futility = analysis.design.futility && !analysis.design.futility->binds();
    if (passes_futility) {
        bounds.wedge.clear();
        bounds.wedge_below.clear();
    }
    bool const passes_harm =
        !analysis.design.boundaries.harm_binds() && analysis.conclusion != conclusion::harm;
    if (passes_harm || (passes_futility && std::holds_alternative<one_sided>(analysis.design.error))) {
        bool const more_is_better = analysis.design.information.effect > 0;
        auto& other = more_is_better ? bounds.lower : bounds.upper;
        std::fill(other.begin(), other.end(), more_is_better ? -infinity<double>() : infinity<double>());
    }
    auto fractions = analysis.fractions;
    auto const index = analysis.decisive_look();
    auto const last = std::find_if(fractions.begin(), fractions.end(),
                                   [&](double const t) { return analysis.design.is_final(t); });
    auto const looks = (std::max)(index, static_cast<std::size_t>(last - fractions.begin())) + 1;
    if (looks < fractions.size()) {
        fractions.resize(looks);
        for (auto* const values : {&bounds.lower, &bounds.upper, &bounds.wedge, &bounds.wedge_below}) {
            values->resize((std::min)(values->size(), looks));
        }
    }
    return {.bounds = bounds, .fractions = fractions, .look = index, .z = analysis.looks[index].z};
}

} // namespace detail

/// The effect, interval and p-value of the decisive look, naive and adjusted for the looks by an ordering of
/// possible results, stage-wise unless given (`infer_by`).
///
/// A review that stops because its Z is large overstates the effect, and its naive p-value ignores the
/// earlier chances to stop. Drifts are turned into effects by the standard error of that look; for models
/// with degrees of freedom a distance of d normal quantiles is the t quantile of the same tail, so that a
/// single look reproduces the model's own interval. Futility boundaries that do not bind are left out, and so
/// are those of harm that do not, but for a review that crossed one.
///
/// \param ordering `stagewise_ordering`, `likelihood_ratio_ordering` or `maximum_likelihood_ordering`; the
///   latter two depend on looks to come, for which those of the analysis are taken
/// \throws invalid_input unless 0 < level < 1, and when there is no look
template <result_ordering Ordering = stagewise_ordering>
[[nodiscard]] adjusted_inference infer_adjusted(sequential_analysis const& analysis,
                                                double const level = 0.95, Ordering const& ordering = {}) {
    auto const index = analysis.decisive_look();
    auto const& look = analysis.looks[index];
    auto const& result = look.cumulative;
    auto const naive = inference_summary{result.effect, confidence_interval(result, level), p_value(result)};

    if (look.status == status::undefined) {
        constexpr auto none = detail::not_a_number<double>();
        return {.look = index, .naive = naive, .adjusted = {none, {none, none}, none}, .status = look.status};
    }
    auto const inference = infer_by(ordering, detail::ended(analysis), level);
    auto const effect_of = detail::effects_of_drifts(look);
    auto const adjusted =
        inference_summary{.effect = effect_of(inference.median_unbiased_drift),
                          .interval = {effect_of(inference.drift.lower), effect_of(inference.drift.upper)},
                          .p_value = inference.p_value_two_sided};
    bool const is_finite = detail::is_finite(adjusted.effect) && detail::is_finite(adjusted.interval.lower) &&
                           detail::is_finite(adjusted.interval.upper);
    auto const computed = is_finite ? inference.status : status::undefined;
    return {.look = index,
            .naive = naive,
            .adjusted = adjusted,
            .status = look.status == status::ok ? computed : look.status};
}

/// The pooled effect of the decisive look without the bias of stopping early.
struct unbiased_effects {
    double mean_unbiased;  ///< Rao-Blackwell: `mean_unbiased_drift`
    double bias_adjusted;  ///< `bias_adjusted_drift`
    accrue::status status; ///< `undefined`, and both NaN, where the look has no finite Z
};

/// Estimates of the effect at the decisive look whose mean is right: the mean-unbiased one, and the
/// bias-adjusted one, which scatters less. Beside them stands the median-unbiased one of `infer_adjusted`.
///
/// \throws invalid_input when there is no look
[[nodiscard]] inline unbiased_effects unbiased_effect(sequential_analysis const& analysis) {
    constexpr auto none = detail::not_a_number<double>();
    auto const& look = analysis.looks[analysis.decisive_look()];
    if (look.status == status::undefined) {
        return {none, none, look.status};
    }
    auto const trial = detail::ended(analysis);
    auto const mean = mean_unbiased_drift(trial);
    auto const adjusted = bias_adjusted_drift(trial);
    auto const effect_of = detail::effects_of_drifts(look);
    auto const computed = mean.status == status::ok ? adjusted.status : mean.status;
    return {effect_of(mean.value), effect_of(adjusted.value),
            look.status == status::ok ? computed : look.status};
}

/// The repeated confidence interval of a look ('TSA-adjusted confidence interval'): estimate ± boundary x SE,
/// where for models with degrees of freedom the boundary is the t quantile of the same tail. Boundaries are
/// those of efficacy: in a one-sided design, whose other boundary is one of futility, the interval has no
/// limit on the side of benefit.
///
/// The intervals of all looks cover the effect together with probability 1 - error, whether or not monitoring
/// stops. Futility that binds lowers the boundaries of efficacy and narrows the intervals: they have that
/// probability only where it is obeyed, and less where monitoring goes on past it. Jennison & Turnbull 1989,
/// J R Stat Soc B 51:305-361.
///
/// \param look counted from zero
/// \throws invalid_input unless there is such a look
[[nodiscard]] inline repeated_interval repeated_confidence_interval(sequential_analysis const& analysis,
                                                                    std::size_t const look) {
    detail::require_below("look", look, "the number of looks", analysis.looks.size());
    auto const& at = analysis.looks[look];
    auto const limit = [&](double const boundary) {
        if (at.status == status::undefined) {
            return detail::not_a_number<double>();
        }
        return detail::is_finite(boundary) ? detail::effect_at_distance(at.cumulative, boundary) : -boundary;
    };
    auto result = repeated_interval{limit(at.upper_boundary), limit(at.lower_boundary), at.status};
    if (std::holds_alternative<one_sided>(analysis.design.error) && at.status != status::undefined) {
        bool const more_is_better = analysis.design.information.effect > 0;
        auto& benefit = more_is_better ? result.upper : result.lower;
        benefit = more_is_better ? detail::infinity<double>() : -detail::infinity<double>();
    }
    return result;
}

} // namespace accrue
