#pragma once

#include <accrue/detail/boost_policy.hpp>
#include <accrue/inference.hpp>
#include <accrue/pooled.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <cmath>
#include <numbers>

namespace accrue {

namespace detail {

/// log of P(|Z| > x) where that underflows or nearly does (x > 30), from the first terms of Mills' ratio.
inline double log_two_sided_normal_tail(double const x) {
    double const y = 1 / (x * x);
    return -x * x / 2 - std::log(x) + 0.5 * std::log(2 / std::numbers::pi) +
           std::log1p(y * (-1 + y * (3 + y * (-15 + y * 105))));
}

/// log of P(|T| > t), T with nu degrees of freedom, which is the incomplete beta function I_x(nu/2, 1/2) at x
/// = nu / (nu + t²); from its continued fraction by Lentz's method (NIST Handbook 8.17.22), for t > 1.
inline double log_two_sided_t_tail(double const t, double const nu) {
    double const a = nu / 2;
    double const b = 0.5;
    double const ratio = t * t / nu;
    double const x = 1 / (1 + ratio);
    double c = 1;
    double d = 1 / (1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m < 10'000; ++m) {
        double const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        fraction *= c * d;
        double const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        fraction *= c * d;
        if (std::abs(c * d - 1) < 1e-15) {
            break;
        }
    }
    double const gamma_ratio =
        boost::math::tgamma_delta_ratio(a, b, boost_policy{}); // gamma(a) / gamma(a + 1/2)
    double const log_beta = std::log(gamma_ratio) + 0.5 * std::log(std::numbers::pi);
    return -a * std::log1p(ratio) + b * std::log(ratio * x) - std::log(a) - log_beta + std::log(fraction);
}

} // namespace detail

/// The natural logarithm of `p_value(result)`, also where the p-value itself is too small for a `double`:
/// -804 for z = 40. Genome-wide and other mass analyses rank results by it.
[[nodiscard]] inline double log_p_value(pooled const& result) {
    double const p = p_value(result);
    if (p > 1e-190 || std::isnan(p)) {
        return std::log(p);
    }
    double const statistic = std::abs(test_statistic(result));
    return std::isinf(result.degrees_of_freedom)
               ? detail::log_two_sided_normal_tail(statistic)
               : detail::log_two_sided_t_tail(statistic, result.degrees_of_freedom);
}

} // namespace accrue
