#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>

#include <span>

namespace accrue {

/// A model is a callable value that pools evidence: `common_effect`, `random_effects{...}`, or your own.
/// Written against `evidence`, it takes lists, groups and accumulators; one that takes `study_evidence` alone
/// is a model for lists.
template <class Model, class Evidence>
concept model_for = evidence<Evidence> && requires(Model const& model, Evidence const& studies) {
    { model(studies) } -> pooled_result;
};

/// A model that starts from what trials report, such as `mantel_haenszel` and `peto`: called with a span of
/// all trials.
template <class Model, class Trial>
concept trial_model_for = requires(Model const& model, std::span<Trial const> const trials) {
    { model(trials) } -> pooled_result;
};

namespace detail {

template <class Model, class Studies>
inline constexpr bool pools_studies = false;
template <class Model, contiguous Trials>
inline constexpr bool pools_studies<Model, Trials> = trial_model_for<Model, element_t<Trials>>;
template <class Model, estimates Estimates>
    requires contiguous<Estimates>
inline constexpr bool pools_studies<Model, Estimates> =
    model_for<Model, study_evidence<range_real<Estimates>>>;
template <class Model, evidence Evidence>
inline constexpr bool pools_studies<Model, Evidence> = model_for<Model, Evidence>;

} // namespace detail

/// A model and what it can pool: a range of estimates or evidence, or a range of trials for a model of those.
template <class Model, class Studies>
concept pools = detail::pools_studies<Model, Studies>;

/// A model that tells each study's share in the pooled effect, by a member `weights(studies)`.
template <class Model, class Studies>
concept weighs = pools<Model, Studies> &&
                 (
                     requires(Model const& model, Studies const& studies) {
                         model.weights(detail::as_evidence(studies));
                     } || requires(Model const& model,
                                   Studies const& studies) { model.weights(detail::as_span(studies)); });

} // namespace accrue
