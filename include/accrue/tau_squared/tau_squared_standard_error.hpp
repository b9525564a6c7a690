#pragma once

#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <type_traits>

namespace accrue {

namespace detail {

template <class Estimator, class Evidence>
concept has_standard_error =
    requires(Estimator const& estimator, Evidence const& studies, real_t<Evidence> const& tau_squared) {
        estimator.standard_error(studies, tau_squared);
    };

} // namespace detail

/// The standard error of an estimator's tau², in squared units of the effect:
/// `tau_squared_standard_error(reml{}, estimates)`.
///
/// It is the estimator's own formula (its member `standard_error`) at its own estimate, for normal effects.
/// Estimates of tau² are far from normal with fewer than hundreds of studies: an interval should come from
/// `tau_squared_interval`. Viechtbauer 2005, J Educ Behav Stat 30:261-293, doi:10.3102/10769986030003261. NaN
/// for a single study, or one in each group: they say nothing of tau².
///
/// \throws invalid_input as `pool` does
template <class Estimator, study_set Range>
    requires tau_squared_estimator_for<Estimator, detail::evidence_of<Range>> &&
             detail::has_standard_error<Estimator, detail::evidence_of<Range>>
[[nodiscard]] auto tau_squared_standard_error(Estimator const& estimator, Range const& estimates) {
    return detail::with_evidence(estimates,
                                 [&](auto const& studies) -> real_t<std::remove_cvref_t<decltype(studies)>> {
                                     using Real = real_t<std::remove_cvref_t<decltype(studies)>>;
                                     if (studies.degrees_of_freedom() == 0) {
                                         return detail::not_a_number<Real>();
                                     }
                                     return estimator.standard_error(studies, estimator(studies).value);
                                 });
}

ACCRUE_REFUSE_ALL_BUT_STUDIES(tau_squared_standard_error(auto const&, Studies const&, Rest const&...));
template <class Estimator, study_set Range>
    requires(!detail::has_standard_error<Estimator, detail::evidence_of<Range>>)
ACCRUE_REFUSED(
    "this estimator has no standard error: one with a prior or a given tau² has none, your own needs a "
    "member standard_error(studies, tau_squared)",
    tau_squared_standard_error(Estimator const&, Range const&));

} // namespace accrue
