#pragma once

#include <accrue/distribution/fisher_f.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/interval.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/regression/detail/refused_regressions.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// What a meta-regression says: y_i ~ N(x_i'b, v_i + tau²), with the coefficients b on the scale of the
/// effects per unit of their moderator. Intervals, tests and predictions are functions of it.
template <real Real>
struct basic_regression {
    std::vector<std::string> names; ///< of the coefficients: "intercept", then in the order of the moderators
    std::vector<Real> coefficients;
    detail::matrix<Real> covariance; ///< of the coefficients, (i, j), by the model's uncertainty method
    Real tau_squared;                ///< what heterogeneity the moderators leave; 0 for a common effect
    /// Of the t distribution that coefficients are referred to; infinite for the normal. By `kenward_roger`
    /// each combination of coefficients has its own, and this is the least of the coefficients'.
    Real degrees_of_freedom;
    std::size_t k; ///< number of studies
    accrue::status status;

    Real q;                ///< Q_E = sum (y - x'b)² / v about the common-effect regression
    Real typical_variance; ///< s² = (k - p) / tr P at weights 1/v, what tau² is measured against
    basic_design_terms<Real> terms;

    // What combinations of coefficients need, so that no digit is lost to the covariance's cancellation.
    detail::matrix<Real> root; ///< G with GG' the covariance
    /// S, one a variance that was estimated, with 2 V² / sum (l'GSG'l)² degrees of freedom for the variance V
    /// of a combination l; none where all have `degrees_of_freedom`
    std::vector<detail::matrix<Real>> sensitivities;
};

using regression = basic_regression<double>;

/// Studies with moderators as evidence: what `meta_regression` is computed from, and what estimators of tau²,
/// `tau_squared_interval`, `heterogeneity` and likelihoods can be applied to. It is a view of the estimates.
///
/// \param estimates any contiguous range of `basic_estimate`
/// \throws invalid_input when a study, a moderator or the design they make is unusable: see `study_evidence`,
/// `basic_moderators::design` and `basic_design_matrix`
template <real Real, detail::estimates_of<Real> Range>
[[nodiscard]] moderated_evidence<Real> moderated(Range const& estimates,
                                                 basic_moderators<Real> const& given) {
    auto const studies = std::span<basic_estimate<Real> const>(std::data(estimates), std::size(estimates));
    detail::require_not_empty("estimates", studies.size());
    return {studies, given.design(studies.size())};
}

namespace detail {

/// A model that can have moderators: an estimator of tau² and a method of uncertainty.
template <class Model>
concept model_with_parts = requires(Model const& model, moderated_evidence<double> const& studies) {
    model.estimator(studies).value;
    model.uncertainty;
};

template <class Model, real Real>
[[nodiscard]] basic_tau_squared_estimate<Real> tau_squared_of(Model const& model,
                                                              moderated_evidence<Real> const& studies) {
    if constexpr (model_with_parts<Model>) {
        auto const found = model.estimator(studies);
        return {found.value, found.iterations, found.status};
    } else {
        return {Real(0), 0, status::ok};
    }
}

template <class Model>
[[nodiscard]] auto uncertainty_of(Model const& model) {
    if constexpr (model_with_parts<Model>) {
        return model.uncertainty;
    } else {
        return wald{};
    }
}

template <real Real>
[[nodiscard]] Real quadratic(matrix<Real> const& m, std::span<Real const> const l) {
    Real total(0);
    for (std::size_t i = 0; i < l.size(); ++i) {
        for (std::size_t j = 0; j < l.size(); ++j) {
            total += l[i] * m(index(i), index(j)) * l[j];
        }
    }
    return total;
}

} // namespace detail

/// A model that `meta_regression` can fit: the common effect, or one with an estimator of tau² and a method
/// of uncertainty.
template <class Model>
concept regression_model = std::same_as<Model, common_effect> || detail::model_with_parts<Model>;

/// A combination sum l_j b_j of the coefficients as a pooled result: `confidence_interval`, `p_value` and
/// whatever else takes one can be applied to it.
///
/// `undefined` where the weights are so large or so small that its variance is no positive number of the
/// type; but weights that are all 0 make 0, with a variance of 0.
///
/// \throws invalid_input unless there is one finite number a coefficient
template <real Real>
[[nodiscard]] basic_pooled<Real> linear_combination(basic_regression<Real> const& fit,
                                                    std::span<Real const> const weights) {
    std::size_t const p = fit.coefficients.size();
    if (weights.size() != p) {
        throw invalid_input("a combination must have " + std::to_string(p) +
                            " weights, one a coefficient, but has " + std::to_string(weights.size()));
    }
    Real effect(0);
    Real variance(0);
    auto parts = std::vector<Real>(p, Real(0)); // G'l
    for (std::size_t j = 0; j < p; ++j) {
        detail::require_finite("weight of a combination", weights[j]);
        effect += weights[j] * fit.coefficients[j];
        for (std::size_t i = 0; i < p; ++i) {
            parts[j] += weights[i] * fit.root(detail::index(i), detail::index(j));
        }
        variance += parts[j] * parts[j];
    }
    // Of weights that are all 0 the combination is 0, without an error.
    bool const is_none = std::all_of(weights.begin(), weights.end(),
                                     [](Real const& weight) { return !(weight < 0 || weight > 0); });
    bool const is_held =
        detail::is_finite(effect) && detail::is_finite(variance) && (variance > 0 || is_none);
    auto const reached = is_held ? fit.status : status::undefined;
    if (fit.sensitivities.empty() || is_none) {
        return {effect, variance, fit.tau_squared, fit.degrees_of_freedom, fit.k, reached};
    }
    Real const changes = detail::sum_over<Real>(fit.sensitivities, [&](auto const& sensitivity) {
        return detail::square(Real(detail::quadratic<Real>(sensitivity, parts) / variance));
    });
    return {effect, variance, fit.tau_squared, Real(2 / changes), fit.k, reached};
}

template <real Real>
[[nodiscard]] basic_pooled<Real> linear_combination(basic_regression<Real> const& fit,
                                                    std::vector<Real> const& weights) {
    return linear_combination(fit, std::span<Real const>(weights));
}

/// One coefficient as a pooled result.
///
/// \throws invalid_input for a place beyond the last
template <real Real>
[[nodiscard]] basic_pooled<Real> coefficient(basic_regression<Real> const& fit, std::size_t const place) {
    detail::require_below("coefficient (counted from 0)", place, "the number of coefficients",
                          fit.coefficients.size());
    auto unit = std::vector<Real>(fit.coefficients.size(), Real(0));
    unit[place] = Real(1);
    return linear_combination(fit, unit);
}

/// One coefficient by its name.
///
/// \throws invalid_input when there is none of that name; it lists those that there are
template <real Real>
[[nodiscard]] basic_pooled<Real> coefficient(basic_regression<Real> const& fit, std::string const& name) {
    for (std::size_t j = 0; j < fit.names.size(); ++j) {
        if (fit.names[j] == name) {
            return coefficient(fit, j);
        }
    }
    throw invalid_input(detail::none_named("coefficient", name, fit.names));
}

namespace detail {

/// The least degrees of freedom of the coefficients, and `undefined` unless all of them are known.
template <real Real>
void conclude(basic_regression<Real>& result, bool const independent) {
    bool defined = independent;
    for (std::size_t j = 0; j < result.coefficients.size(); ++j) {
        auto const one = coefficient(result, j);
        defined = defined && is_finite(one.effect) && is_finite(one.variance) && one.variance > 0 &&
                  one.degrees_of_freedom > 0;
        if (one.degrees_of_freedom < result.degrees_of_freedom) {
            result.degrees_of_freedom = one.degrees_of_freedom;
        }
    }
    if (!defined && result.status == status::ok) {
        result.status = status::undefined;
    }
}

} // namespace detail

/// `meta_regression` of evidence that was made before, for many models of the same studies. Its terms are the
/// columns of the design, the first of which is the intercept if that is its name.
template <regression_model Model, real Real>
[[nodiscard]] basic_regression<Real> meta_regression(Model const& model,
                                                     moderated_evidence<Real> const& studies) {
    auto const tau_squared = detail::tau_squared_of(model, studies);
    Real const unit = studies.smallest_variance() + tau_squared.value;
    auto const projection = detail::projection_at(studies, unit, tau_squared.value);
    auto found = detail::solve(studies, projection, unit);
    if (detail::fits_exactly(studies, projection)) {
        found.q = Real(0);
    }
    auto precision = detail::precision_of_coefficients(detail::uncertainty_of(model), studies, projection,
                                                       found, unit, tau_squared.value);
    auto const common = inverse_variance_fit(studies, Real(0));
    Real const typical = detail::typical_variance_of(studies, common);

    auto const& names = studies.design().names();
    auto result = basic_regression<Real>{names,
                                         found.coefficients,
                                         precision.root.lazyProduct(precision.root.transpose()),
                                         tau_squared.value,
                                         precision.degrees_of_freedom,
                                         studies.size(),
                                         tau_squared.status,
                                         common.q(),
                                         typical,
                                         basic_design_terms<Real>::of_columns(names),
                                         std::move(precision.root),
                                         std::move(precision.sensitivities)};
    detail::conclude(result, projection.independent());
    return result;
}

/// Meta-regression: weighted least squares of the effects on the moderators,
///
///     b = (X'WX)^-1 X'Wy,   covariance (X'WX)^-1,   W = diag(1 / (v + tau²)),
///
/// by orthogonal factorisation of W^½ X.
///
///     auto const fit = meta_regression(random_effects{reml{}, hartung_knapp{}}, estimates,
///                                      moderators{}.with("latitude", latitudes));
///
/// tau² is the heterogeneity that the moderators leave, by the model's estimator. The model's uncertainty
/// applies to all coefficients alike: `hartung_knapp` multiplies the covariance by Q_E(tau²) / (k - p) and
/// refers to t with k - p degrees of freedom (Knapp & Hartung 2003, Stat Med 22:2693-2710,
/// doi:10.1002/sim.1482). Associations across studies are observational, whatever the studies' design, and
/// averages of participants in a study say little of participants: Thompson & Higgins 2002, Stat Med
/// 21:1559-1573, doi:10.1002/sim.1187.
///
/// \param model `common_effect{}` or `random_effects{estimator, uncertainty}`
/// \param estimates any contiguous range of `basic_estimate`
/// \return a status other than `ok` if tau² did not converge, or no coefficient can be computed
/// \throws invalid_input as `moderated` does
template <regression_model Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_regression<Real> meta_regression(Model const& model, Range const& estimates,
                                                     basic_moderators<Real> const& given) {
    auto result = meta_regression(model, moderated(estimates, given));
    result.terms = given.terms();
    return result;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(meta_regression(Model const&, Studies const&,
                                                       basic_moderators<Real> const&, Rest const&...));

/// The confidence intervals of the coefficients: b ± c SE, with c from t with the regression's degrees of
/// freedom.
///
/// \throws invalid_input unless 0 < level < 1
template <real Real>
[[nodiscard]] std::vector<basic_interval<Real>> confidence_intervals(basic_regression<Real> const& fit,
                                                                     double const level) {
    std::vector<basic_interval<Real>> result;
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        result.push_back(confidence_interval(coefficient(fit, j), level));
    }
    return result;
}

/// The two-sided p-values of the coefficients, each against 0.
template <real Real>
[[nodiscard]] std::vector<Real> p_values(basic_regression<Real> const& fit) {
    std::vector<Real> result;
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        result.push_back(p_value(coefficient(fit, j)));
    }
    return result;
}

template <regression_model Model, estimates Studies>
ACCRUE_REFUSED(
    "there are no moderators: meta_regression(model, estimates, moderators{}.with(name, values)), or "
    "pool(model, estimates)",
    meta_regression(Model const&, Studies const&));
template <regression_model Model, estimates Studies, detail::contiguous Values>
ACCRUE_REFUSED("moderators have names: moderators{}.with(name, values)",
               meta_regression(Model const&, Studies const&, Values const&));
template <detail::contiguous Studies, real Real>
ACCRUE_REFUSED("there is no model: meta_regression(random_effects{}, estimates, moderators)",
               meta_regression(Studies const&, basic_moderators<Real> const&));
template <class Model, real Real, class Studies>
ACCRUE_REFUSED("the moderators come last: meta_regression(model, estimates, moderators)",
               meta_regression(Model const&, basic_moderators<Real> const&, Studies const&));
ACCRUE_REFUSED("there is no level: confidence_intervals(fit, 0.95)", confidence_intervals(auto const&));
template <real Real, class... Rest>
ACCRUE_REFUSED("a pooled result has one effect: confidence_interval(result, level)",
               confidence_intervals(basic_pooled<Real> const&, Rest const&...));
template <real Real>
ACCRUE_REFUSED("a pooled result has one effect: p_value(result)", p_values(basic_pooled<Real> const&));
template <real Real, class... Rest>
ACCRUE_REFUSED(
    "a regression has several coefficients: confidence_intervals(fit, level), or coefficient(fit, name) "
    "for one",
    confidence_interval(basic_regression<Real> const&, Rest const&...));
template <real Real>
ACCRUE_REFUSED("a regression has several coefficients: p_values(fit), or coefficient(fit, name) for one",
               p_value(basic_regression<Real> const&));

} // namespace accrue
