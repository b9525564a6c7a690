#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/pool.hpp>
#include <accrue/pooled.hpp>

#include <cmath>

namespace accrue {

/// The pooled effect over its standard error: z when the degrees of freedom are infinite, t otherwise.
template <real Real>
[[nodiscard]] Real test_statistic(basic_pooled<Real> const& result) {
    return result.effect / standard_error(result);
}

/// The confidence interval effect ± c SE, with c the (1 + level)/2 quantile of t with the result's degrees of
/// freedom (the normal when they are infinite), on the analysis scale.
///
/// \param level the coverage, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_interval<Real> confidence_interval(basic_pooled<Real> const& result, double const level) {
    detail::require_between_0_and_1("level", level);
    Real const tail = (1 - Real(level)) / 2;
    Real const half_width =
        basic_student_t<Real>{result.degrees_of_freedom}.upper_quantile(tail) * standard_error(result);
    return {result.effect - half_width, result.effect + half_width};
}

/// The normal confidence interval of one study's estimate, as in a row of a forest plot.
///
/// \throws invalid_input unless 0 < level < 1 and the estimate is finite with positive variance
template <real Real>
[[nodiscard]] basic_interval<Real> confidence_interval(basic_estimate<Real> const& study,
                                                       double const level) {
    detail::check(study);
    return confidence_interval(
        basic_pooled<Real>{study.effect, study.variance, Real(0), detail::infinity<Real>(), 1, status::ok},
        level);
}

/// The two-sided p-value of no effect, from t with the result's degrees of freedom (the normal when
/// infinite).
///
/// Computed in the tail: 1e-300 is 1e-300, not 0.
template <real Real>
[[nodiscard]] Real p_value(basic_pooled<Real> const& result) {
    Real const statistic = test_statistic(result);
    return 2 * basic_student_t<Real>{result.degrees_of_freedom}.survival(statistic < 0 ? Real(-statistic)
                                                                                       : statistic);
}

/// The one-sided p-value against effects of 0 or less: small when the effect is positive.
template <real Real>
[[nodiscard]] Real p_value_greater(basic_pooled<Real> const& result) {
    return basic_student_t<Real>{result.degrees_of_freedom}.survival(test_statistic(result));
}

/// The one-sided p-value against effects of 0 or more: small when the effect is negative.
template <real Real>
[[nodiscard]] Real p_value_less(basic_pooled<Real> const& result) {
    return basic_student_t<Real>{result.degrees_of_freedom}.survival(Real(-test_statistic(result)));
}

/// The natural logarithm of `p_value`. It does not underflow: a z of 1414 has the log p-value -1e6, though
/// the p-value itself is far below the smallest double.
template <real Real>
[[nodiscard]] Real log_p_value(basic_pooled<Real> const& result) {
    using std::log;
    Real const statistic = test_statistic(result);
    return log(Real(2)) + basic_student_t<Real>{result.degrees_of_freedom}.log_survival(
                              statistic < 0 ? Real(-statistic) : statistic);
}

/// The natural logarithm of `p_value_greater`, which does not underflow.
template <real Real>
[[nodiscard]] Real log_p_value_greater(basic_pooled<Real> const& result) {
    return basic_student_t<Real>{result.degrees_of_freedom}.log_survival(test_statistic(result));
}

/// The natural logarithm of `p_value_less`, which does not underflow.
template <real Real>
[[nodiscard]] Real log_p_value_less(basic_pooled<Real> const& result) {
    return basic_student_t<Real>{result.degrees_of_freedom}.log_survival(Real(-test_statistic(result)));
}

/// Prediction with t and k - 2 degrees of freedom: one is taken by the mean and one by tau². Higgins,
/// Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.
struct k_minus_two {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return detail::from_count<Real>(result.k) - 2;
    }
};

/// Prediction with t and k - 1 degrees of freedom. Veroniki et al. 2019, Res Synth Methods 10:23-43,
/// doi:10.1002/jrsm.1319.
struct k_minus_one {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return detail::from_count<Real>(result.k) - 1;
    }
};

/// Prediction with the normal distribution, as if tau² were known. Skipka 2006, cited by Viechtbauer 2010, J
/// Stat Softw 36(3), doi:10.18637/jss.v036.i03.
struct infinite_degrees_of_freedom {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const&) const {
        return detail::infinity<Real>();
    }
};

/// Prediction with the degrees of freedom of the pooled effect itself, such as those of `kenward_roger`, less
/// `fewer`. Partlett & Riley 2017, Stat Med 36:301-317, doi:10.1002/sim.7140.
struct degrees_of_freedom_of_effect {
    double fewer = 0; ///< taken off the result's degrees of freedom

    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return result.degrees_of_freedom - Real(fewer);
    }
};

/// The prediction interval for the true effect in a new study like these:
///
///     effect ± c sqrt(tau² + SE²),   c the (1 + level)/2 quantile of t.
///
/// It says where a new study's true effect will lie, not how well the mean is known. The degrees of freedom
/// are k - 2 unless another rule is given (programs differ: `k_minus_one`, `infinite_degrees_of_freedom`);
/// the standard error is the model's, so that `hartung_knapp` in the model means it here as well. Higgins,
/// Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.
///
/// \param level coverage, such as 0.95
/// \param rule callable value: result -> degrees of freedom
/// \throws invalid_input unless 0 < level < 1, and when the rule leaves no degrees of freedom (fewer than 3
/// studies for k - 2)
template <real Real, class DegreesOfFreedom = k_minus_two>
[[nodiscard]] basic_interval<Real> prediction_interval(basic_pooled<Real> const& result, double const level,
                                                       DegreesOfFreedom const& rule = {}) {
    using std::sqrt;
    detail::require_between_0_and_1("level", level);
    Real const degrees_of_freedom = rule(result);
    detail::require(degrees_of_freedom > 0, "degrees of freedom of a prediction interval", "positive",
                    degrees_of_freedom);
    Real const tail = (1 - Real(level)) / 2;
    Real const half_width = basic_student_t<Real>{degrees_of_freedom}.upper_quantile(tail) *
                            sqrt(Real(result.tau_squared + result.variance));
    return {result.effect - half_width, result.effect + half_width};
}

/// Whether a result's confidence interval is narrower than the common-effect one of the same studies.
///
/// It can be, with `hartung_knapp` when the effects scatter less than their variances predict; a
/// random-effects analysis then claims more than one that assumes there is nothing to be uncertain about. Use
/// `hartung_knapp_floored` or report the common effect. Wiksten, Rücker & Schwarzer 2016, Stat Med
/// 35:2503-2515, doi:10.1002/sim.6879.
///
/// \throws invalid_input as `pool` does, and unless 0 < level < 1
template <real Real, class Range>
[[nodiscard]] bool is_narrower_than_common_effect(basic_pooled<Real> const& result, Range const& estimates,
                                                  double const level) {
    return confidence_interval(result, level).width() <
           confidence_interval(pool(common_effect{}, estimates), level).width();
}

} // namespace accrue
