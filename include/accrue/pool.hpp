#pragma once

#include <accrue/evidence.hpp>
#include <accrue/pooled.hpp>

namespace accrue {

/// Pools studies by a model: `pool(random_effects{}, estimates)`.
///
/// \param model a callable value: `common_effect`, `random_effects{...}` and the like, or one of your own
/// that takes
///   any `evidence` and returns a `basic_pooled`
/// \param estimates any contiguous range of `basic_estimate`, in any order
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <class Model, class Range>
requires requires(Range const& estimates) {
    detail::as_evidence(estimates);
}
[[nodiscard]] auto pool(Model const& model, Range const& estimates) {
    return model(detail::as_evidence(estimates));
}

/// Pools evidence that is not a list of estimates, such as an accumulator.
template <class Model, evidence Evidence>
[[nodiscard]] auto pool(Model const& model, Evidence const& studies) {
    return model(studies);
}

} // namespace accrue
