#pragma once

#include <accrue/effect/effects.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/interval.hpp>
#include <accrue/model/detail/refused_models.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/refused.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// One study's line in a forest plot, on the analysis scale.
template <real Real>
struct basic_forest_row {
    Real effect;
    basic_interval<Real> interval; ///< normal confidence interval of this study alone
    Real weight;                   ///< share in the pooled effect, in per cent
};

using forest_row = basic_forest_row<double>;

/// A model of trials that says by which measure it pools them.
template <class Model, class Trial>
concept measured_model_for = trial_model_for<Model, Trial> && requires(Model const& model) {
    model.measure;
} && measure_for<std::remove_cvref_t<decltype(std::declval<Model const&>().measure)>, Trial>;

namespace detail {

template <real Real>
[[nodiscard]] std::vector<basic_forest_row<Real>>
forest_rows_of(std::span<basic_estimate<Real> const> const studies, std::vector<Real> const& shares,
               double const level) {
    auto rows = std::vector<basic_forest_row<Real>>{};
    rows.reserve(studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        rows.push_back({studies[i].effect, confidence_interval(studies[i], level), 100 * shares[i]});
    }
    return rows;
}

} // namespace detail

/// The studies' lines in a forest plot, in the order given: each study's effect, its own confidence interval
/// and its weight in per cent under a model. The diamond below them is `pool(model, estimates)`.
///
///     for (auto const& row : forest_rows(random_effects{}, estimates, 0.95)) ...
///
/// Lewis & Clarke 2001, BMJ 322:1479-1480, doi:10.1136/bmj.322.7300.1479.
///
/// \param model one that has weights: its member `weights(studies)` returns each study's share
/// \param level coverage of the studies' intervals, such as 0.95
/// \throws invalid_input as `pool` does, and unless 0 < level < 1
template <class Model, estimates Range>
    requires weighs<Model, Range>
[[nodiscard]] auto forest_rows(Model const& model, Range const& estimates, double const level = 0.95) {
    auto const studies = detail::as_evidence(estimates);
    return detail::forest_rows_of(studies.studies(), model.weights(studies), level);
}

/// The same for a model of trials that has a measure, such as `mantel_haenszel`: each trial's own effect is
/// that of the measure, with its zero-cell policy. A policy that drops trials drops their rows
/// (`included_studies`).
template <class Model, detail::contiguous Trials>
    requires(!study_set<Trials> && weighs<Model, Trials> &&
             measured_model_for<Model, detail::element_t<Trials>>)
[[nodiscard]] auto forest_rows(Model const& model, Trials const& trials, double const level = 0.95) {
    auto const estimates = effects(model.measure, trials);
    auto const shares = model.weights(detail::as_span(trials));
    auto weights = std::vector<real_t<decltype(estimates)>>{};
    for (std::size_t const trial : included_studies(model.measure, trials)) {
        weights.push_back(shares[trial]);
    }
    return detail::forest_rows_of(std::span(estimates), weights, level);
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(forest_rows(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("forest_rows(random_effects{}, estimates)", forest_rows(Studies const&));
template <class Model, class Studies, class... Rest>
    requires(pools<Model, Studies> && !weighs<Model, Studies>)
ACCRUE_REFUSED(
    "forest_rows needs a model with weights: common_effect, random_effects, mantel_haenszel and the like",
    forest_rows(Model const&, Studies const&, Rest const&...));

} // namespace accrue
