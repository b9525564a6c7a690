#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/report/two_arms.hpp>

#include <iterator>
#include <span>

namespace accrue {

namespace detail {

template <class Arm>
Arm arm_of(two_arms<Arm> const&);

/// A contiguous range of two-armed trials as a span.
template <class Range>
auto as_trials(Range const& trials) -> std::span<two_arms<decltype(arm_of(*std::data(trials)))> const> {
    return {std::data(trials), static_cast<std::size_t>(std::size(trials))};
}

} // namespace detail

/// Pools studies by a model: `pool(random_effects{}, estimates)`.
///
/// \param model a callable value: `common_effect`, `random_effects{...}` and the like, or one of your own
/// that takes any `evidence` and returns a `basic_pooled`
/// \param estimates any contiguous range of `basic_estimate`, in any order
/// \return what the model says; its status is never `ok` with an effect or variance that is not finite:
/// where squares of effects overflow (as from 1e154 on), it is `undefined`
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <class Model, class Range>
    requires requires(Range const& estimates) { detail::as_evidence(estimates); }
[[nodiscard]] auto pool(Model const& model, Range const& estimates) {
    return detail::finite_or_undefined(model(detail::as_evidence(estimates)));
}

/// Pools what trials report, by a model that starts from those rather than from estimates, such as
/// `mantel_haenszel` and `peto`: `pool(peto{}, trials)`.
///
/// \throws invalid_input when there is no trial, or a report is unusable; it names the trial
template <class Model, class Range>
    requires requires(Model const& model, Range const& trials) { model(detail::as_trials(trials)); }
[[nodiscard]] auto pool(Model const& model, Range const& trials) {
    return detail::finite_or_undefined(model(detail::as_trials(trials)));
}

/// Pools evidence that is not a list of estimates, such as an accumulator.
///
/// \throws invalid_input when it holds no study
template <class Model, evidence Evidence>
[[nodiscard]] auto pool(Model const& model, Evidence const& studies) {
    detail::require_not_empty("evidence", studies.size());
    return detail::finite_or_undefined(model(studies));
}

} // namespace accrue
