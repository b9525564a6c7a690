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

#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

/// One of a trial's comparisons with its control, as the measure's formula sees it.
template <class Arm>
struct shared_comparison {
    two_arms<Arm> const& arms;
    double effect;
};

// The part of a comparison's variance that comes from its control arm.

template <class Spread>
[[nodiscard]] double control_variance(mean_difference<Spread> const& measure, two_arms<arm> const& arms) {
    auto const control = measure.spread(arms).control;
    return control.sd * control.sd / control.n;
}

template <class... Options>
[[nodiscard]] double control_variance(log_odds_ratio<Options...> const& measure,
                                      two_arms<events> const& arms) {
    auto const control = measure.variance_at(arms).control;
    return 1 / control.count + 1 / non_events(control);
}

template <class... Options>
[[nodiscard]] double control_variance(log_risk_ratio<Options...> const& measure,
                                      two_arms<events> const& arms) {
    auto const control = measure.variance_at(arms).control;
    return non_events(control) / (control.count * control.total);
}

template <class... Options>
[[nodiscard]] double control_variance(risk_difference<Options...> const& measure,
                                      two_arms<events> const& arms) {
    return measure.variance(measure.variance_at(arms).control);
}

/// What the sampling error of a control arm adds to the covariance of two comparisons with it: its part of
/// both variances. Where the two are not the same, the root of their product; covariances are possible then.
template <class Measure, class Arm>
[[nodiscard]] double control_covariance(Measure const& measure, shared_comparison<Arm> const& first,
                                        shared_comparison<Arm> const& second, double) {
    return std::sqrt(control_variance(measure, first.arms)) *
           std::sqrt(control_variance(measure, second.arms));
}

/// \param participants those of all arms of the trial
template <class Correction, class Variance>
[[nodiscard]] double control_covariance(standardized_mean_difference<Correction, Variance> const&,
                                        shared_comparison<arm> const& first,
                                        shared_comparison<arm> const& second, double const participants) {
    return 1 / first.arms.control.n + first.effect * second.effect / (2 * participants);
}

/// The reports with their zero cells corrected as the measure says.
template <class Measure, class Trial>
[[nodiscard]] std::vector<Trial> corrected_trials(Measure const& measure, std::vector<Trial> trials) {
    if constexpr (has_zero_cell_policy<Measure, Trial>) {
        auto const policy = measure.zero_cells.for_studies(std::span<Trial const>(trials));
        for (auto& trial : trials) {
            trial = policy(trial);
        }
    }
    return trials;
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
/// arms of the trial. All but the second are the control's part of both variances; where the two differ, by
/// `pooled_sds`, a zero cell that is corrected in one comparison alone, or the risks that variances are taken
/// at, the covariance is the root of their product. To count the control once for each comparison, as if they
/// were independent, makes a trial look more precise than it is; to drop comparisons or split the control
/// wastes data.
///
///     auto const comparisons = shared_control(log_odds_ratio{}, trials, trial_names);
///     aggregate(comparisons);   hierarchical_effects{}(comparisons);
///
/// Gleser & Olkin 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis,
/// 2nd ed., 357-376.
///
/// \param trials a contiguous range of `two_arms`, one for each comparison, each with its trial's control
/// \param clusters which comparisons are of one trial: as of `three_level`; of those that the measure's
/// zero-cell policy keeps
/// \throws invalid_input when a report is unusable or controls of a trial are not the same (it names the
/// comparison)
template <class Measure, class Range, detail::says_clusters Clusters>
[[nodiscard]] correlated_estimates shared_control(Measure const& measure, Range const& trials,
                                                  Clusters const& clusters) {
    using trial_type = detail::element_t<Range>;
    auto const estimates = effects(measure, trials);
    auto const included = included_studies(measure, trials);
    auto reports = std::vector<trial_type>{};
    for (auto const place : included) {
        reports.push_back(std::data(trials)[place]);
    }
    auto const cells = detail::corrected_trials(measure, reports);
    auto const settled = detail::settled_measure<trial_type>(measure, cells.size(),
                                                             [&](std::size_t const i) { return cells[i]; });
    auto const groups = detail::clustering_of(clusters, estimates.size());
    auto const sorted = detail::grouped_places(groups);
    auto result = correlated_estimates{Eigen::VectorXd(static_cast<Eigen::Index>(estimates.size())), {}};
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        result.effects[static_cast<Eigen::Index>(i)] = estimates[i].effect;
    }
    for (std::size_t j = 0; j < groups.count; ++j) {
        auto places = sorted.of(j);
        auto const& control = reports[places.front()].control;
        double participants = detail::participants_of(control);
        for (auto const place : places) {
            participants += detail::participants_of(reports[place].treatment);
            if (detail::differ(reports[place].control, control)) {
                throw invalid_input(included[place], "control must be the same as that of study " +
                                                         std::to_string(included[places.front()] + 1) +
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
                covariance(r, c) = r == c
                                       ? estimates[one].variance
                                       : detail::control_covariance(
                                             settled, comparison{cells[one], estimates[one].effect},
                                             comparison{cells[other], estimates[other].effect}, participants);
            }
        }
        result.blocks.push_back({std::move(places), std::move(covariance)});
        detail::check_covariance(result.blocks.back());
    }
    return result;
}

} // namespace accrue
