#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue::detail {

/// ln n! - (n ln n - n).
template <real Real>
[[nodiscard]] Real beyond_stirling(Real const& n) {
    constexpr int digits = std::numeric_limits<Real>::digits;
    // The first term that the series leaves out is 1 / (156 n^13).
    if (n < (digits > 53 ? 64 : 16) || digits > 64) {
        return n > 0 ? Real(lgamma(Real(n + 1)) - n * log(n) + n) : Real(0);
    }
    Real const inverse = 1 / n;
    Real const by_square = inverse * inverse;
    Real series(0);
    for (Real const& coefficient : {Real(-691) / 360360, Real(1) / 1188, Real(-1) / 1680, Real(1) / 1260,
                                    Real(-1) / 360, Real(1) / 12}) {
        series = series * by_square + coefficient;
    }
    Real const two_pi = 8 * atan(Real(1));
    return log(Real(two_pi * n)) / 2 + inverse * series;
}

/// ln (a / b) of positive numbers, also where the quotient is beyond the type.
template <real Real>
[[nodiscard]] Real log_quotient(Real const& a, Real const& b) {
    Real const quotient = a / b;
    return quotient > 0 && is_finite(quotient) ? log(quotient) : Real(log(a) - log(b));
}

/// ln C(total, count), without the differences of ln n! that lose its digits where the total is large.
template <real Real>
[[nodiscard]] Real log_binomial_coefficient(Real const& total, Real const& count) {
    Real const others = total - count;
    Real const fewer = count < others ? count : others;
    if (!(fewer > 0)) {
        return Real(0);
    }
    Real const more = total - fewer;
    return fewer * log_quotient(total, fewer) - more * log1p(Real(-fewer / total)) + beyond_stirling(total) -
           beyond_stirling(fewer) - beyond_stirling(more);
}

} // namespace accrue::detail
