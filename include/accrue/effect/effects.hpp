#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/settled.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/refused.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

namespace accrue {

namespace detail {

// A measure with a zero-cell policy has the formula for cells as they are, beside the call that corrects
// first.
template <class Measure, class Trial>
concept has_formula_for_cells = requires(Measure const& measure, Trial const& trial) {
    measure.formula(trial);
    measure.zero_cells;
};

// And the policy is one for such trials.
template <class Measure, class Trial>
concept has_zero_cell_policy =
    has_formula_for_cells<Measure, Trial> &&
    requires(Measure const& measure, Trial const& trial, std::span<Trial const> const all) {
        { measure.zero_cells.double_zeros(trial) } -> std::convertible_to<bool>;
        { measure.zero_cells.for_studies(all)(trial) } -> std::convertible_to<Trial>;
    };

// The measure itself, or what it comes to for these studies when its variance depends on the set: `at(i)` is
// the report of study i as the formula sees it.
template <class Trial, class Measure, class Report>
auto settled_measure(Measure const& measure, std::size_t const count, Report const& at) {
    if constexpr (needs_all_studies<Measure, Trial>) {
        std::vector<Trial> all;
        all.reserve(count);
        for_each_study(count, [&](std::size_t const i) { all.push_back(at(i)); });
        return measure.for_studies(std::span<Trial const>(all));
    } else {
        return measure;
    }
}

} // namespace detail

/// An effect measure is a callable value from what a study reports to a `basic_estimate`, such as
/// `log_odds_ratio`; your own will do. Some are only defined for a set of studies, and have `for_studies`
/// instead.
template <class Measure, class Report>
concept measure_for =
    requires(Measure const& measure, Report const& report) {
        requires detail::is_estimate<std::remove_cvref_t<decltype(measure(report))>>;
    } || detail::has_zero_cell_policy<Measure, Report> ||
    (detail::needs_all_studies<Measure, Report> && !detail::has_formula_for_cells<Measure, Report>);

/// The studies that `effects(measure, trials)` holds, in its order: the index of each among the trials. All
/// of them, unless the measure's zero-cell policy says `drop_double_zeros`.
template <class Measure, detail::contiguous Trials>
    requires measure_for<Measure, detail::element_t<Trials>>
[[nodiscard]] std::vector<std::size_t> included_studies(Measure const& measure, Trials const& trials) {
    auto const reports = detail::as_span(trials);
    std::vector<std::size_t> included;
    included.reserve(reports.size());
    detail::for_each_study(reports.size(), [&](std::size_t const i) {
        if constexpr (detail::has_zero_cell_policy<Measure, detail::element_t<Trials>>) {
            detail::check(reports[i]);
            if (!measure.zero_cells.double_zeros(reports[i])) {
                return;
            }
        }
        included.push_back(i);
    });
    return included;
}

/// Applies an effect measure to every trial of a contiguous range (vector, array, span): one estimate a
/// trial, in the same order.
///
/// A measure is any callable value from what a trial reports to a `basic_estimate`; your own will do. Where
/// the measure's zero-cell policy depends on the set of studies ("if any has a zero", the empirical
/// correction), or its variance does (`average_risks`), the set is the trials included; the variance sees
/// them with their zero cells corrected. Only a policy that says `drop_double_zeros` makes the result
/// shorter; `included_studies` then tells which trial each estimate belongs to.
///
/// Throws `invalid_input` with the trial's index when a report is not valid, or has no such effect (a log
/// odds ratio of a zero cell with `no_correction`).
template <class Measure, detail::contiguous Trials>
    requires measure_for<Measure, detail::element_t<Trials>>
[[nodiscard]] auto effects(Measure const& measure, Trials const& trials) {
    using trial_type = detail::element_t<Trials>;
    auto const reports = detail::as_span(trials);
    if constexpr (detail::has_zero_cell_policy<Measure, trial_type>) {
        auto const included = included_studies(measure, trials);
        auto kept = std::vector<trial_type>{};
        if (included.size() < reports.size()) {
            for (std::size_t const i : included) {
                kept.push_back(reports[i]);
            }
        }
        auto const policy =
            measure.zero_cells.for_studies(kept.empty() ? reports : std::span<trial_type const>(kept));
        auto const settled = detail::settled_measure<trial_type>(
            measure, included.size(), [&](std::size_t const i) { return policy(reports[included[i]]); });
        std::vector<decltype(settled.formula(reports[0]))> estimates;
        estimates.reserve(included.size());
        for (std::size_t const i : included) {
            detail::for_study(i, [&] { estimates.push_back(settled.formula(policy(reports[i]))); });
        }
        return estimates;
    } else {
        auto const settled =
            detail::settled_measure<trial_type>(measure, reports.size(), [&](std::size_t const i) {
                if constexpr (requires { detail::check(reports[i]); }) {
                    detail::check(reports[i]);
                }
                return reports[i];
            });
        std::vector<decltype(settled(reports[0]))> estimates;
        estimates.reserve(reports.size());
        detail::for_each_study(reports.size(),
                               [&](std::size_t const i) { estimates.push_back(settled(reports[i])); });
        return estimates;
    }
}

template <class Measure, detail::contiguous Trials>
    requires(!detail::contiguous<Measure> && !measure_for<Measure, detail::element_t<Trials>> &&
             detail::has_formula_for_cells<Measure, detail::element_t<Trials>>)
ACCRUE_REFUSED(
    "this zero-cell policy is not for such reports: double zeros, and corrections but the constant "
    "one, are of trials with two arms",
    effects(Measure const&, Trials const&));
template <class Measure, detail::contiguous Trials>
    requires(!detail::contiguous<Measure> && !measure_for<Measure, detail::element_t<Trials>> &&
             !detail::has_formula_for_cells<Measure, detail::element_t<Trials>>)
ACCRUE_REFUSED("this measure needs another report: odds and risks are of events, means of arm (n, mean, sd), "
               "incidence of rate",
               effects(Measure const&, Trials const&));
template <detail::contiguous Trials, class Measure>
    requires(!detail::contiguous<Measure>)
ACCRUE_REFUSED("the measure comes first: effects(measure, trials)", effects(Trials const&, Measure const&));
template <detail::contiguous Trials>
ACCRUE_REFUSED("there is no measure: effects(log_odds_ratio{}, trials)", effects(Trials const&));
template <class Measure, class Trials>
    requires(!detail::contiguous<Measure> && !detail::contiguous<Trials>)
ACCRUE_REFUSED("effects(measure, trials) takes a contiguous range of trials: a vector, an array or a span",
               effects(Measure const&, Trials const&));

} // namespace accrue
