#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/information/detail/growing_evidence.hpp>
#include <accrue/sequential/information/information_size.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// \file
/// How far a series of trials has come: information accrued after each trial, over the information required.
/// What counts as information, the clock, is a callable value, called with the required size, the trials and
/// the pooled result after each of them:
///
/// | clock | counts | right where |
/// |---|---|---|
/// | `participants_accrued` | participants | trials are alike, or tau² is small |
/// | `events_accrued` | events | the same, for times to an event and for rare events |
/// | `common_effect_information` | sum of 1/v | tau² is 0 |
/// | `random_effects_information` | sum of 1/(v + tau²), tau² stated | tau² is about as stated |
/// | `trials_accrued` | trials | tau² is large, or nothing is known of it |
/// | `model_information` | sum of 1/(v + tau²), tau² estimated | nowhere quite; it may run backwards |
///
/// Group sequential theory wants statistical information, the inverse variance of the estimate. Participants
/// are the field's convention. They run too fast where tau² is not small and large trials come first: two
/// large trials of twenty may hold half of all participants and a tenth of the information, and boundaries of
/// theory then spend error too soon: up to twice what is meant (docs/actual-error.md has the figures). Trials
/// run too fast where tau² is 0 and small trials come first, which costs power and not error in methods that
/// floor their variance. `simulated_monitoring` holds its error on any of these clocks; there the clock only
/// decides when the error is spent.
///
/// Every clock but the last depends on the trials' sizes alone, and may be fixed before results are known.

namespace accrue {

/// The information after each trial and the information required, in the same unit.
struct information_time {
    std::vector<double> accrued; ///< cumulative, after each trial
    double required;
    std::string unit; ///< for print, such as "participants"
    /// Which of the sizes is required.
    double information_size::*quantity = &information_size::participants;

    [[nodiscard]] double fraction(std::size_t const trial) const { return accrued[trial] / required; }
};

/// A scale of information, a clock: a callable value from the required size, the studies and the pooled
/// result after each of them, to the information after each and the information required.
template <class Scale, class Study>
concept information_scale =
    requires(Scale const& scale, information_size const& size, std::span<Study const> const studies,
             std::span<pooled const> const results) {
        { scale(size, studies, results) } -> std::convertible_to<information_time>;
    };

namespace detail {

inline information_time accrue_counts(std::span<double const> const per_trial, std::size_t const trials,
                                      information_size const& size, double information_size::*const quantity,
                                      std::string unit) {
    double const required = size.*quantity;
    require_one_each(unit, per_trial.size(), "trials", trials);
    require(required > 0 && is_finite(required), "required information size in " + unit,
            "positive and finite", required);
    auto result = information_time{{}, required, std::move(unit), quantity};
    result.accrued.reserve(trials);
    double total = 0;
    for (std::size_t i = 0; i < trials; ++i) {
        for_study(i, [&] { require_positive(result.unit, per_trial[i]); });
        total += per_trial[i];
        result.accrued.push_back(total);
    }
    return result;
}

} // namespace detail

/// Information as participants analysed, over `information_size::participants`.
struct participants_accrued {
    std::vector<double> per_trial; ///< in both arms together, in the order of the estimates

    /// \throws invalid_input unless there is one positive number for each trial, and the required size has
    ///   participants
    template <class Trials>
    [[nodiscard]] information_time operator()(information_size const& size, Trials const& trials,
                                              std::span<pooled const>) const {
        return detail::accrue_counts(per_trial, std::size(trials), size, &information_size::participants,
                                     "participants");
    }
};

/// Information as events, over `information_size::events`.
struct events_accrued {
    std::vector<double> per_trial; ///< in both arms together, in the order of the estimates

    /// \throws invalid_input unless there is one positive number for each trial, and the required size has
    ///   events
    template <class Trials>
    [[nodiscard]] information_time operator()(information_size const& size, Trials const& trials,
                                              std::span<pooled const>) const {
        return detail::accrue_counts(per_trial, std::size(trials), size, &information_size::events, "events");
    }
};

/// Information as the number of trials, over `information_size::trials`. Where tau² is much larger than the
/// trials' variances, all trials tell about equally much, however large they are.
struct trials_accrued {
    /// \throws invalid_input unless the required size has a number of trials
    template <class Trials>
    [[nodiscard]] information_time operator()(information_size const& size, Trials const& trials,
                                              std::span<pooled const>) const {
        auto const count = static_cast<std::size_t>(std::size(trials));
        return detail::accrue_counts(std::vector<double>(count, 1.0), count, size, &information_size::trials,
                                     "trials");
    }
};

/// Statistical information of a random-effects estimate at a tau² that is stated beforehand, the sum of 1/(v
/// + tau²), over the required statistical information. The weights contain tau², so the size should have no
/// adjustment for heterogeneity. With tau² = 0 it is `common_effect_information`; the larger tau², the more
/// it is as `trials_accrued`.
struct random_effects_information {
    double tau_squared = 0; ///< on the scale of the trials' variances

    /// \throws invalid_input unless tau² is finite and not negative, and the required size has statistical
    ///   information, and for an effect or variance that is unusable; it names the trial
    [[nodiscard]] information_time operator()(information_size const& size,
                                              std::span<estimate const> const trials,
                                              std::span<pooled const>) const {
        detail::require_not_negative("tau_squared", tau_squared);
        auto precisions = std::vector<double>{};
        detail::for_each_study(trials.size(), [&](std::size_t const i) {
            detail::check(trials[i]);
            precisions.push_back(1 / (trials[i].variance + tau_squared));
        });
        return detail::accrue_counts(precisions, trials.size(), size,
                                     &information_size::statistical_information, "statistical information");
    }
};

/// Statistical information of the common-effect estimate, the sum of 1/v, over the required statistical
/// information with its adjustments. An adjustment for heterogeneity accounts for tau² here.
struct common_effect_information {
    /// \throws invalid_input unless the required size has statistical information, and for an effect or
    ///   variance that is unusable; it names the trial
    [[nodiscard]] information_time operator()(information_size const& size,
                                              std::span<estimate const> const trials,
                                              std::span<pooled const>) const {
        return random_effects_information{}(size, trials, {});
    }
};

/// Statistical information of the model's own estimate, the sum of 1/(v + tau²) at the tau² estimated at the
/// time, over the required statistical information with its adjustments. The weights contain tau², so the
/// size should have no adjustment for heterogeneity. The information can fall when tau² rises: combine it
/// with a schedule that leaves such looks out, such as `minimum_increment`.
struct model_information {
    /// \throws invalid_input unless the required size has statistical information and there is a result for
    ///   each trial, and for an effect or variance that is unusable; it names the trial
    [[nodiscard]] information_time operator()(information_size const& size,
                                              std::span<estimate const> const trials,
                                              std::span<pooled const> const results) const {
        detail::require_positive("required statistical information", size.statistical_information);
        detail::require_one_each("results", results.size(), "trials", trials.size());
        auto result = information_time{{},
                                       size.statistical_information,
                                       "statistical information",
                                       &information_size::statistical_information};
        auto beginnings = detail::growing_evidence(trials);
        for (std::size_t i = 0; i < results.size(); ++i) {
            result.accrued.push_back(beginnings.of_first(i + 1, [&](auto const& studies) {
                return 1 / inverse_variance_fit(studies, results[i].tau_squared).variance();
            }));
        }
        return result;
    }
};

} // namespace accrue
