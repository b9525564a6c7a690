#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/model/detail/refused_models.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/pooled.hpp>

namespace accrue {

/// Pools studies by a model: `pool(random_effects{}, estimates)`.
///
/// \param model a callable value: `common_effect`, `random_effects{...}` and the like, or one of your own
/// that takes any `evidence` and returns a `basic_pooled`
/// \param studies any contiguous range of `basic_estimate`, in any order
/// \return what the model says; its status is never `ok` with an effect or variance that is not finite:
/// where squares of effects overflow (as from 1e154 on), it is `undefined`
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <class Model, estimates Estimates>
    requires pools<Model, Estimates>
[[nodiscard]] auto pool(Model const& model, Estimates const& studies) {
    return detail::finite_or_undefined(model(detail::as_evidence(studies)));
}

/// Pools what trials report, by a model that starts from those rather than from estimates, such as
/// `mantel_haenszel` and `peto`: `pool(peto{}, trials)`.
///
/// \throws invalid_input when there is no trial, or a report is unusable; it names the trial
template <class Model, detail::contiguous Trials>
    requires(!study_set<Trials> && pools<Model, Trials>)
[[nodiscard]] auto pool(Model const& model, Trials const& trials) {
    return detail::finite_or_undefined(model(detail::as_span(trials)));
}

/// Pools evidence that is not a list of estimates, such as an accumulator.
///
/// \throws invalid_input when it holds no study
template <class Model, evidence Evidence>
    requires pools<Model, Evidence>
[[nodiscard]] auto pool(Model const& model, Evidence const& studies) {
    detail::require_not_empty("evidence", studies.size());
    return detail::finite_or_undefined(model(studies));
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(pool(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("pool(random_effects{}, estimates)", pool(Studies const&));

} // namespace accrue
