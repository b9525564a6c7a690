#pragma once

#include <accrue/distribution/detail/log1p.hpp>
#include <accrue/platform.hpp>

#include <limits>
#include <numbers>

namespace accrue::detail {

// The tail of Student's t in `double`, and in automatic differentiation types on top of it. Boost's
// incomplete beta function serves any two parameters, and compiles for more than a second; here one parameter
// is 1/2.

/// Gamma(a + 1/2) / Gamma(a + 1): by the difference of two Stirling series where a is 10 or more, and the
/// recurrence below. The next term of the series is below 6e-17.
template <class Real>
[[nodiscard]] Real half_step_ratio(Real a) {
    Real numerator(1);
    Real denominator(1);
    for (; a < 10; a += 1) {
        numerator *= a + 1;
        denominator *= a + 0.5;
    }
    Real const r = 1 / a;
    Real const q = r * r;
    Real const series =
        r *
        (-1.0 / 8 +
         q * (1.0 / 192 +
              q * (-1.0 / 640 + q * (17.0 / 14336 +
                                     q * (-31.0 / 18432 + q * (691.0 / 180224 + q * (-5461.0 / 425984)))))));
    return numerator / denominator * exp(series) / sqrt(a);
}

/// I_z(a, 1/2) over z^a sqrt(1 - z) / B(a, 1/2), `rest` being 1 - z: by the continued fraction of DiDonato &
/// Morris 1992 (ACM Trans Math Softw 18:360-373, doi:10.1145/131766.131776), which has no differences of
/// near-equal terms, evaluated by Lentz's method. It converges fast where z < (a + 1) / (a + 2).
template <class Real>
[[nodiscard]] Real half_beta_fraction(Real const& a, Real const& z, Real const& rest) {
    Real const b(0.5);
    Real c = a * (a * rest - b * z + 1) / (a + 1);
    Real d(0);
    Real fraction = c;
    for (Real m(1); m < 10000; m += Real(1)) {
        Real const before = a + (2 * m - 1);
        Real const n = (a + (m - 1)) * z / before * (a + (m - b)) * z / before * m * (b - m);
        Real const k =
            m + m * (b - m) * z / before + (a + m) * (a * rest - b * z + 1 + m * (2 - z)) / (a + (2 * m + 1));
        d = 1 / (k + n * d);
        c = k + n / c;
        Real const factor = c * d;
        fraction *= factor;
        Real const change = factor - 1;
        if (magnitude(change) <= std::numeric_limits<Real>::epsilon()) {
            break;
        }
    }
    return 1 / fraction;
}

/// P(T > x) for x >= 0 and finite degrees of freedom above 0. Of z = df / (df + x²) and 1 - z neither is a
/// difference.
///
/// In the tail it is I_z(df/2, 1/2) / 2. In the middle, where it is 0.08 to 1/2, it is 1/2 less the series of
/// I_(1-z)(1/2, df/2) / 2, whose terms are positive (Abramowitz & Stegun 1964, 26.5.4).
template <class Real>
[[nodiscard]] Real student_t_tail(Real const& degrees_of_freedom, Real const& x) {
    if (degrees_of_freedom > 0 && degrees_of_freedom < 1e-300) {
        // To all digits, as far as x is a number; 1 / a would overflow.
        return is_finite(x) ? Real(0.5) : x > 0 ? Real(0) : x;
    }
    Real const a = degrees_of_freedom / 2;
    Real const s = x / sqrt(degrees_of_freedom);
    Real const square = s * s;
    // The smaller of the errors that z and its logarithm pass on.
    Real power(0);
    if (!(s <= (std::numeric_limits<double>::max)())) {
        power = pow(x, Real(-degrees_of_freedom)) * pow(degrees_of_freedom, a);
    } else if (s > 1e8) {
        power = pow(s, Real(-degrees_of_freedom));
    } else if (square > 1.7) {
        power = pow(Real(1 + square), Real(-a));
    } else {
        power = exp(Real(-a * log1p_of(square)));
    }
    Real const z = 1 / (1 + square);
    Real const rest = s > 1e8 ? Real(1) : Real(square / (1 + square));
    Real const prefix = power * sqrt(rest) * (a * half_step_ratio(a)) * (0.5 * std::numbers::inv_sqrtpi);
    if (z < (a + 1) / (a + 2)) {
        Real const tail = prefix * half_beta_fraction(a, z, rest);
        return tail > 0.5 ? Real(0.5) : tail; // rounding must not make a p-value more than 1
    }
    Real term(2);
    Real sum(2);
    for (int n = 0; term > sum * std::numeric_limits<double>::epsilon() / 4; ++n) {
        term *= rest * (a + 0.5 + n) / (1.5 + n);
        sum += term;
    }
    return 0.5 - prefix * sum;
}

} // namespace accrue::detail
