#pragma once

#include <accrue/distribution/detail/normal_tail.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <limits>
#include <type_traits>

namespace accrue {

/// The normal quantile that has the same tail probability as the result's own statistic.
///
/// It is effect / SE when the result is referred to the normal distribution. A t statistic is mapped through
/// its tail probability: monitoring boundaries are normal quantiles, and a t statistic held against them as
/// it is would cross too often (t = 4.3 with 2 degrees of freedom is no stronger than z = 1.96).
template <real Real>
[[nodiscard]] Real z_value(basic_pooled<Real> const& result) {
    Real const statistic = test_statistic(result);
    if (!detail::is_finite(result.degrees_of_freedom)) {
        return statistic;
    }
    Real const size = detail::magnitude(statistic);
    auto const t = basic_student_t<Real>{result.degrees_of_freedom};
    Real const tail = t.survival(size);
    // A probability that is too small for the type has a logarithm still.
    Real const z = tail > (std::numeric_limits<Real>::min)() || !detail::is_finite(size)
                       ? basic_normal<Real>::upper_quantile(tail)
                       : detail::upper_quantile_of_log(t.log_survival(size));
    return statistic < 0 ? Real(-z) : z;
}

/// The same for a result of its own kind with a distribution of its own, such as that of `henmi_copas`: by
/// its two-sided `p_value`, with the sign of its effect.
template <pooled_result Result>
    requires(!std::derived_from<Result, basic_pooled<std::remove_cvref_t<decltype(Result::effect)>>>) &&
            requires(Result const& result) { p_value(result); }
[[nodiscard]] auto z_value(Result const& result) {
    using Real = std::remove_cvref_t<decltype(result.effect)>;
    Real const tail = p_value(result) / 2;
    Real z = basic_normal<Real>::upper_quantile(tail);
    if constexpr (requires { log_p_value(result); }) {
        if (tail <= (std::numeric_limits<Real>::min)()) {
            z = detail::upper_quantile_of_log(Real(log_p_value(result) - log(Real(2))));
        }
    }
    return result.effect < 0 ? Real(-z) : z;
}

} // namespace accrue
