#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
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

/// The prediction interval for the true effect in a new study like these:
///
///     effect ± c sqrt(tau² + SE²),   c the (1 + level)/2 quantile of t with k - 2 degrees of freedom.
///
/// It says where a new study's true effect will lie, not how well the mean is known.
/// Higgins, Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.
///
/// \throws invalid_input unless 0 < level < 1, and when fewer than 3 studies were pooled (no degrees of
/// freedom)
template <real Real>
[[nodiscard]] basic_interval<Real> prediction_interval(basic_pooled<Real> const& result, double const level) {
    using std::sqrt;
    detail::require_between_0_and_1("level", level);
    Real const studies = detail::from_count<Real>(result.k);
    detail::require(result.k >= 3, "number of studies for a prediction interval", "at least 3", studies);
    Real const tail = (1 - Real(level)) / 2;
    Real const half_width = basic_student_t<Real>{studies - 2}.upper_quantile(tail) *
                            sqrt(Real(result.tau_squared + result.variance));
    return {result.effect - half_width, result.effect + half_width};
}

} // namespace accrue
