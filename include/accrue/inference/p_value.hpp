#pragma once

#include <accrue/compiled.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/estimate.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

namespace accrue {

/// The pooled effect over its standard error: z when the degrees of freedom are infinite, t otherwise.
template <real Real>
[[nodiscard]] Real test_statistic(basic_pooled<Real> const& result) {
    return result.effect / standard_error(result);
}

/// The two-sided p-value of no effect, from t with the result's degrees of freedom (the normal when
/// infinite).
///
/// Computed in the tail: 1e-300 is 1e-300, not 0.
template <real Real>
[[nodiscard]] Real p_value(basic_pooled<Real> const& result) {
    Real const statistic = test_statistic(result);
    return 2 * basic_student_t<Real>{result.degrees_of_freedom}.survival(detail::magnitude(statistic));
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
    Real const statistic = test_statistic(result);
    return log(Real(2)) +
           basic_student_t<Real>{result.degrees_of_freedom}.log_survival(detail::magnitude(statistic));
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

ACCRUE_HELD_BY_THE_LIBRARY(double p_value(pooled const&));
ACCRUE_HELD_BY_THE_LIBRARY(double p_value_greater(pooled const&));
ACCRUE_HELD_BY_THE_LIBRARY(double p_value_less(pooled const&));
ACCRUE_HELD_BY_THE_LIBRARY(double log_p_value(pooled const&));
ACCRUE_HELD_BY_THE_LIBRARY(double log_p_value_greater(pooled const&));
ACCRUE_HELD_BY_THE_LIBRARY(double log_p_value_less(pooled const&));

template <estimates Studies>
ACCRUE_REFUSED("pool the estimates first: p_value(pool(model, estimates))", p_value(Studies const&));
template <detail::contiguous Results>
    requires(!estimates<Results>)
ACCRUE_REFUSED("there are several results: p_value(result) of each", p_value(Results const&));

} // namespace accrue
