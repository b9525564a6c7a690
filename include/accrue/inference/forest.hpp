#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/interval.hpp>

#include <cstddef>
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
template <class Model, class Range>
[[nodiscard]] auto forest_rows(Model const& model, Range const& estimates, double const level) {
    using Real = detail::range_real<Range>;
    auto const studies = detail::as_evidence(estimates);
    std::vector<Real> const shares = model.weights(studies);
    auto rows = std::vector<basic_forest_row<Real>>{};
    rows.reserve(studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const& study = studies.studies()[i];
        rows.push_back({study.effect, confidence_interval(study, level), 100 * shares[i]});
    }
    return rows;
}

} // namespace accrue
