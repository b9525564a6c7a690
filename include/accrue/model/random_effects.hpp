#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/name_of.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <concepts>
#include <string>
#include <vector>

namespace accrue {

namespace detail {

/// A method of uncertainty where an estimator of tau² is wanted. That it is no estimator must be found first:
/// a function template of any argument is asked nothing else.
template <class Option>
concept uncertainty_and_no_estimator = !tau_squared_estimator_for<Option, study_evidence<double>> &&
                                       uncertainty_for<Option, study_evidence<double>>;

} // namespace detail

/// The random-effects model: the studies' true effects scatter about a mean with variance tau².
///
///     effect = sum(w y) / sum(w),   w = 1 / (v + tau²)
///
/// with y and v the studies' effects and variances on the analysis scale (the log scale for ratios) and tau²
/// in squared units of the effect. It is composed of an estimator of tau² (`dersimonian_laird`, `reml`, ...)
/// and a method that says how uncertain the mean is (`wald`, `hartung_knapp`, ...): `random_effects{reml{},
/// hartung_knapp{}}`. Any callable values with the same signatures will do. What is left out is `reml` and
/// `wald`. With tau² = 0 the effect is the common-effect one.
///
/// The effect depends on the first option alone; the second decides its variance and degrees of freedom, and
/// so intervals and p-values. `wald` takes tau² as known, which is too sure of itself with few studies.
/// DerSimonian & Laird 1986, Control Clin Trials 7:177-188, doi:10.1016/0197-2456(86)90046-2.
template <class TauSquared = reml, class Uncertainty = wald>
struct random_effects {
    TauSquared estimator{};    ///< evidence -> tau²
    Uncertainty uncertainty{}; ///< fit at that tau² -> variance and degrees of freedom

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "a random-effects model (" + name_of(estimator, "an estimator of tau²") + ", " +
               name_of(uncertainty, "an uncertainty") + ")";
    }

    /// Pools evidence, as `pool` calls it, which takes estimates and checks them.
    ///
    /// \return effect, variance, tau² and degrees of freedom; its status is the estimator's: `not_converged`
    /// stands beside the last tau² tried, `undefined` beside NaN
    template <evidence_with_mean Evidence>
        requires tau_squared_estimator_for<TauSquared, Evidence> && uncertainty_for<Uncertainty, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> basic_pooled<real_t<Evidence>>;

    /// The same, with a guess of tau² that saves an iterated estimator time (if it takes one). The guess
    /// changes the result by less than the estimator's tolerance.
    template <evidence_with_mean Evidence>
        requires std::invocable<TauSquared const&, Evidence const&, real_t<Evidence> const&>
    [[nodiscard]] auto operator()(Evidence const& studies, real_t<Evidence> const& guess) const
        -> basic_pooled<real_t<Evidence>> {
        return at(studies, estimator(studies, guess));
    }

    /// Each study's share in the pooled effect, w over the sum of all w, in the order of the studies; the
    /// shares add up to 1. The uncertainty has no part in them.
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return detail::weighted_studies(studies,
                                        detail::relative_weight_at(studies, estimator(studies).value))
            .shares();
    }

  private:
    template <class Evidence, class TauSquaredEstimate>
    [[nodiscard]] auto at(Evidence const& studies, TauSquaredEstimate const& tau_squared) const
        -> basic_pooled<real_t<Evidence>> {
        auto const fit = inverse_variance_fit(studies, tau_squared.value);
        auto const precision = detail::precision_of(uncertainty, fit, studies, tau_squared.value);
        return {fit.mean, precision.variance, tau_squared.value, precision.degrees_of_freedom,
                fit.k,    tau_squared.status};
    }
};

// The options in the wrong order deduce a model that can't be made.
#define ACCRUE_ESTIMATOR_FIRST                                                                               \
    "the estimator of tau squared comes first, then the uncertainty: random_effects{reml{}, "                \
    "hartung_knapp{}}"
template <class Uncertainty>
struct random_effects<refused<ACCRUE_ESTIMATOR_FIRST>, Uncertainty> {
    template <class... Options>
    ACCRUE_REFUSED_CONSTRUCTOR(ACCRUE_ESTIMATOR_FIRST, random_effects(Options const&...));
};

template <class TauSquared, class Uncertainty>
template <evidence_with_mean Evidence>
    requires tau_squared_estimator_for<TauSquared, Evidence> && uncertainty_for<Uncertainty, Evidence>
auto random_effects<TauSquared, Uncertainty>::operator()(Evidence const& studies) const
    -> basic_pooled<real_t<Evidence>> {
    return at(studies, estimator(studies));
}

template <class TauSquared>
random_effects(TauSquared) -> random_effects<TauSquared, wald>;
template <class TauSquared, class Uncertainty>
random_effects(TauSquared, Uncertainty) -> random_effects<TauSquared, Uncertainty>;
template <detail::uncertainty_and_no_estimator Uncertainty>
random_effects(Uncertainty) -> random_effects<refused<ACCRUE_ESTIMATOR_FIRST>, Uncertainty>;
template <detail::uncertainty_and_no_estimator Uncertainty, class TauSquared>
random_effects(Uncertainty, TauSquared) -> random_effects<refused<ACCRUE_ESTIMATOR_FIRST>, Uncertainty>;
#undef ACCRUE_ESTIMATOR_FIRST

} // namespace accrue

#if defined(ACCRUE_COMPILED) || defined(ACCRUE_COMPILES)

#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

namespace accrue {

// The pairs of an estimator and an uncertainty that are asked for most often.
#define ACCRUE_HELD_MODEL(...)                                                                               \
    ACCRUE_HELD_BY_THE_LIBRARY(auto random_effects<__VA_ARGS__>::operator()(study_evidence<double> const&)   \
                                   const->pooled)
ACCRUE_HELD_MODEL(reml, wald);
ACCRUE_HELD_MODEL(reml, hartung_knapp);
ACCRUE_HELD_MODEL(reml, hartung_knapp_floored);
ACCRUE_HELD_MODEL(dersimonian_laird, wald);
ACCRUE_HELD_MODEL(dersimonian_laird, hartung_knapp);
ACCRUE_HELD_MODEL(dersimonian_laird, hartung_knapp_floored);
ACCRUE_HELD_MODEL(paule_mandel, wald);
ACCRUE_HELD_MODEL(paule_mandel, hartung_knapp);
ACCRUE_HELD_MODEL(paule_mandel, hartung_knapp_floored);
ACCRUE_HELD_MODEL(maximum_likelihood, wald);
#undef ACCRUE_HELD_MODEL

} // namespace accrue

#endif
