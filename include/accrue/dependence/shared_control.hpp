#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/mean_difference.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>
#include <accrue/error.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

/// One of a trial's comparisons with its control.
template <class Arm>
struct shared_comparison {
    two_arms<Arm> const& arms;
    double effect;
};

// What the sampling error of a control arm adds to the covariance of two comparisons with it;
// `participants` are those of all arms.

/// By SDs that each comparison pools with those of its own arms, the product of the two is in place of s².
template <class Spread>
[[nodiscard]] double control_covariance(mean_difference<Spread> const& measure,
                                        shared_comparison<arm> const& first,
                                        shared_comparison<arm> const& second, double) {
    return measure.spread(first.arms).control.sd * measure.spread(second.arms).control.sd /
           first.arms.control.n;
}

template <class Correction, class Variance>
[[nodiscard]] double control_covariance(standardized_mean_difference<Correction, Variance> const&,
                                        shared_comparison<arm> const& first,
                                        shared_comparison<arm> const& second, double const participants) {
    return 1 / first.arms.control.n + first.effect * second.effect / (2 * participants);
}

template <class... Options>
[[nodiscard]] double control_covariance(log_odds_ratio<Options...> const&,
                                        shared_comparison<events> const& first,
                                        shared_comparison<events> const&, double) {
    auto const& control = first.arms.control;
    require_positive("events of a shared control", control.count);
    require_positive("non-events of a shared control", non_events(control));
    return 1 / control.count + 1 / non_events(control);
}

template <class... Options>
[[nodiscard]] double control_covariance(log_risk_ratio<Options...> const&,
                                        shared_comparison<events> const& first,
                                        shared_comparison<events> const&, double) {
    auto const& control = first.arms.control;
    require_positive("events of a shared control", control.count);
    return non_events(control) / (control.count * control.total);
}

template <class... Options>
[[nodiscard]] double control_covariance(risk_difference<Options...> const&,
                                        shared_comparison<events> const& first,
                                        shared_comparison<events> const&, double) {
    auto const& control = first.arms.control;
    return control.count * non_events(control) / (control.total * control.total * control.total);
}

[[nodiscard]] inline double participants_of(arm const& group) {
    return group.n;
}
[[nodiscard]] inline double participants_of(events const& group) {
    return group.total;
}

[[nodiscard]] inline bool differ(arm const& one, arm const& other) {
    return one.n < other.n || other.n < one.n || one.mean < other.mean || other.mean < one.mean ||
           one.sd < other.sd || other.sd < one.sd;
}
[[nodiscard]] inline bool differ(events const& one, events const& other) {
    return one.count < other.count || other.count < one.count || one.total < other.total ||
           other.total < one.total;
}

} // namespace detail

/// Effects of trials with several treatment arms and one control: the comparisons of a trial share the
/// sampling error of the control, which correlates them. The covariance of two comparisons is
///
///     mean difference               s²/n
///     standardised mean difference  1/n + g_1 g_2 / (2 N)
///     log odds ratio                1/c + 1/d
///     log risk ratio                1/c - 1/n
///     risk difference               c d / n³
///
/// with the control's n participants, SD s, c with and d without the event, and N the participants of all
/// arms of the trial; by `pooled_sds` s² is the product of the two comparisons' SDs. To count the control
/// once for each comparison, as if they were independent, makes a trial look more precise than it is; to drop
/// comparisons or split the control wastes data.
///
///     auto const comparisons = shared_control(log_odds_ratio{}, trials, trial_names);
///     aggregate(comparisons);   hierarchical_effects{}(comparisons);
///
/// Gleser & Olkin 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis,
/// 2nd ed., 357-376.
///
/// \param trials a contiguous range of `two_arms`, one for each comparison, each with its trial's control
/// \param clusters which comparisons are of one trial: as of `three_level`
/// \throws invalid_input when a report is unusable, controls of a trial are not the same, or the control of
/// several log ratios has no events (it names the comparison)
template <class Measure, class Range, detail::says_clusters Clusters>
[[nodiscard]] correlated_estimates shared_control(Measure const& measure, Range const& trials,
                                                  Clusters const& clusters) {
    auto const estimates = effects(measure, trials);
    auto const* const reports = std::data(trials);
    auto const groups = detail::clustering_of(clusters, estimates.size());
    auto const sorted = detail::grouped_places(groups);
    auto result = correlated_estimates{Eigen::VectorXd(static_cast<Eigen::Index>(estimates.size())), {}};
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        result.effects[static_cast<Eigen::Index>(i)] = estimates[i].effect;
    }
    for (std::size_t j = 0; j < groups.count; ++j) {
        auto places = std::vector<std::size_t>(
            sorted.places.begin() + static_cast<std::ptrdiff_t>(sorted.first[j]),
            sorted.places.begin() + static_cast<std::ptrdiff_t>(sorted.first[j + 1]));
        auto const& control = reports[places.front()].control;
        double participants = detail::participants_of(control);
        for (auto const place : places) {
            participants += detail::participants_of(reports[place].treatment);
            if (detail::differ(reports[place].control, control)) {
                throw invalid_input(place, "control must be the same as that of study " +
                                               std::to_string(places.front() + 1) +
                                               ", which is in the same trial");
            }
        }
        auto const count = static_cast<Eigen::Index>(places.size());
        auto covariance = Eigen::MatrixXd(count, count);
        for (Eigen::Index r = 0; r < count; ++r) {
            for (Eigen::Index c = 0; c < count; ++c) {
                auto const one = places[static_cast<std::size_t>(r)];
                auto const other = places[static_cast<std::size_t>(c)];
                using comparison = detail::shared_comparison<std::decay_t<decltype(control)>>;
                covariance(r, c) =
                    r == c
                        ? estimates[one].variance
                        : detail::control_covariance(measure, comparison{reports[one], estimates[one].effect},
                                                     comparison{reports[other], estimates[other].effect},
                                                     participants);
            }
        }
        result.blocks.push_back({std::move(places), std::move(covariance)});
        detail::check_covariance(result.blocks.back());
    }
    return result;
}

} // namespace accrue
