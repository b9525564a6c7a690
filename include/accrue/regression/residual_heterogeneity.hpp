#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/regression/meta_regression.hpp>

#include <concepts>

namespace accrue {

/// What heterogeneity a regression leaves: Q_E = sum (y - x'b)² / v about the common-effect regression with
/// its test against chi²(k - p), and with s² the typical sampling variance (k - p) / tr P,
///
///     I² = tau² / (tau² + s²),   H² = 1 + tau² / s².
///
/// Both are those of Q_E, max(0, (Q_E - df) / Q_E) and Q_E / df, for the common effect and by
/// `dersimonian_laird`. Higgins & Thompson 2002, Stat Med 21:1539-1558, doi:10.1002/sim.1186.
template <regression_model Model, real Real>
[[nodiscard]] basic_heterogeneity_summary<Real> residual_heterogeneity(Model const&,
                                                                       basic_regression<Real> const& fit) {
    Real const degrees_of_freedom = detail::from_count<Real>(fit.k - fit.coefficients.size());
    Real const p = basic_chi_squared<Real>{degrees_of_freedom}.survival(fit.q);
    if constexpr (std::same_as<Model, common_effect>) {
        return {fit.q, degrees_of_freedom, p, i_squared_from_q(fit.q, degrees_of_freedom),
                h_squared_from_q(fit.q, degrees_of_freedom)};
    } else {
        return {fit.q, degrees_of_freedom, p,
                Real(fit.tau_squared / (fit.tau_squared + fit.typical_variance)),
                Real(1 + fit.tau_squared / fit.typical_variance)};
    }
}

/// The same of a model of studies.
///
/// \throws invalid_input as `meta_regression` does
template <regression_model Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_heterogeneity_summary<Real>
residual_heterogeneity(Model const& model, Range const& estimates, basic_moderators<Real> const& given) {
    return residual_heterogeneity(model, meta_regression(model, estimates, given));
}

/// The same of a regression by random effects.
template <real Real>
[[nodiscard]] basic_heterogeneity_summary<Real> residual_heterogeneity(basic_regression<Real> const& fit) {
    return residual_heterogeneity(random_effects{}, fit);
}

/// R² from tau² without and with moderators: max(0, (tau²_0 - tau²_1) / tau²_0), the share of heterogeneity
/// that the moderators account for; 0 where there is none without them, NaN where a tau² is not known.
///
/// It is very uncertain with few studies, and 0 as often as not where moderators matter little. Raudenbush
/// 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis, 2nd ed.,
/// 295-315; López-López et al. 2014, Br J Math Stat Psychol 67:30-48, doi:10.1111/bmsp.12002.
template <real Real>
[[nodiscard]] Real r_squared(Real const& without_moderators, Real const& with_moderators) {
    if (with_moderators >= without_moderators) {
        return Real(0);
    }
    return (without_moderators - with_moderators) / without_moderators;
}

/// R² of moderators under a model: its estimator of tau² is applied with an intercept alone and with the
/// moderators.
///
/// \throws invalid_input as `meta_regression` does
template <detail::model_with_parts Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] Real r_squared(Model const& model, Range const& estimates,
                             basic_moderators<Real> const& given) {
    auto const studies = moderated(estimates, given);
    return r_squared(Real(model.estimator(study_evidence<Real>(studies.studies())).value),
                     Real(model.estimator(studies).value));
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(residual_heterogeneity(Model const&, Studies const&,
                                                              basic_moderators<Real> const&, Rest const&...));
ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(r_squared(Model const&, Studies const&, basic_moderators<Real> const&,
                                                 Rest const&...));

/// R² of a common effect, which has no tau²: the share of the dispersion Q_E / df about the mean that the
/// moderators account for, max(0, 1 - [Q_E / (k - p)] / [Q / (k - 1)]), the adjusted R² of weighted least
/// squares; 0 where there is no dispersion. Without an intercept it is no share of anything.
///
/// \throws invalid_input as `meta_regression` does
template <real Real, detail::estimates_of<Real> Range>
[[nodiscard]] Real r_squared(common_effect const&, Range const& estimates,
                             basic_moderators<Real> const& given) {
    auto const studies = moderated(estimates, given);
    auto const mean = study_evidence<Real>(studies.studies());
    auto const dispersion = [](auto const& evidence) -> Real {
        return inverse_variance_fit(evidence, Real(0)).q() /
               detail::from_count<Real>(evidence.degrees_of_freedom());
    };
    return r_squared(dispersion(mean), dispersion(studies));
}

} // namespace accrue
