#pragma once

#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/regression/meta_regression.hpp>

#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <vector>

namespace accrue {

namespace detail {

/// What can't be made: a list of it is empty, so that `{}` is a row of no moderators.
struct nothing {
    nothing(nothing const&) = default;
};

} // namespace detail

/// What a meta-regression expects in one place, on the scale of the effects.
template <real Real>
struct basic_prediction {
    Real effect;                     ///< x'b, the mean of the true effects there
    Real variance;                   ///< of `effect`
    basic_interval<Real> confidence; ///< for that mean
    basic_interval<Real> prediction; ///< for the true effect of one new study there
};

using prediction = basic_prediction<double>;

/// The mean of the true effects at given moderators, with its confidence interval, and the prediction
/// interval for the true effect of a new study there,
///
///     x'b ± c sqrt(x'Cx),   x'b ± c sqrt(tau² + x'Cx).
///
/// c comes from t with the degrees of freedom of x'b: the regression's, k - p by `hartung_knapp` and infinite
/// by `wald`; another rule can be given for the prediction. Beyond the studies' own moderators it
/// extrapolates.
///
///     predict(fit, {33.0}, 0.95);                                         // numbers, one a coefficient
///     predict(fit, {{"latitude", 33.0}, {"allocation", "random"}}, 0.95); // or values by name
///
/// \param row one number for each coefficient, of which the intercept's 1 may be left out
/// \param level coverage, such as 0.95
/// \param rule callable value: `basic_pooled` -> degrees of freedom
/// \throws invalid_input unless the row fits the regression, and unless 0 < level < 1
template <real Real, class DegreesOfFreedom = degrees_of_freedom_of_effect>
[[nodiscard]] basic_prediction<Real> predict(basic_regression<Real> const& fit,
                                             std::type_identity_t<std::vector<Real>> const& row,
                                             double const level, DegreesOfFreedom const& rule = {}) {
    auto const mean = linear_combination(fit, fit.terms.row(std::span<Real const>(row)));
    return {mean.effect, mean.variance, confidence_interval(mean, level),
            prediction_interval(mean, level, rule)};
}

/// The same for a regression on nothing but an intercept: `predict(fit, {}, 0.95)`.
///
/// \throws invalid_input unless the regression has no moderators, and unless 0 < level < 1
template <real Real, class DegreesOfFreedom = degrees_of_freedom_of_effect>
[[nodiscard]] basic_prediction<Real> predict(basic_regression<Real> const& fit,
                                             std::initializer_list<detail::nothing>, double const level,
                                             DegreesOfFreedom const& rule = {}) {
    return predict(fit, std::vector<Real>{}, level, rule);
}

/// The same with the moderators by name.
///
/// \param row one value for each moderator: a number, or the label of a factor
/// \throws invalid_input for a name that is no moderator, one that is missing or given twice, a level that no
/// study has, a number for a factor or the reverse, and unless 0 < level < 1
template <real Real, class DegreesOfFreedom = degrees_of_freedom_of_effect>
[[nodiscard]] basic_prediction<Real> predict(basic_regression<Real> const& fit,
                                             std::type_identity_t<basic_moderator_row<Real>> const& row,
                                             double const level, DegreesOfFreedom const& rule = {}) {
    return predict(fit, fit.terms.row(row), level, rule);
}

template <real Real>
ACCRUE_REFUSED("there is no level: predict(fit, {33.0}, 0.95)",
               predict(basic_regression<Real> const&, std::initializer_list<double>));
template <real Real>
ACCRUE_REFUSED("there is no level, or no row of moderators: predict(fit, row, 0.95)",
               predict(basic_regression<Real> const&, auto const&));
template <real Real, std::convertible_to<double> Number, class... Rest>
ACCRUE_REFUSED("a row stands in braces: predict(fit, {33.0}, 0.95)",
               predict(basic_regression<Real> const&, Number const&, double, Rest const&...));
template <real Real, class Row, class... Rest>
ACCRUE_REFUSED("a pooled result has no moderators to predict at: prediction_interval(result, level)",
               predict(basic_pooled<Real> const&, Row const&, Rest const&...));
template <real Real, class... Rest>
ACCRUE_REFUSED("a pooled result has no moderators to predict at: prediction_interval(result, level)",
               predict(basic_pooled<Real> const&, std::initializer_list<double>, Rest const&...));
template <real Real>
ACCRUE_REFUSED("a pooled result has no moderators to predict at: prediction_interval(result, level)",
               predict(basic_pooled<Real> const&, double));

} // namespace accrue
