#pragma once

#include <accrue/distribution/detail/log1p.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

namespace accrue::detail {

// ab - cd to the last digit or two, however close the products are (Kahan's use of the fused multiply-add;
// Jeannerod, Louvet & Muller 2013, doi:10.1090/S0025-5718-2013-02679-8).
template <real Real>
Real difference_of_products(Real const& a, Real const& b, Real const& c, Real const& d) {
    if constexpr (std::floating_point<Real>) {
        Real const cd = c * d;
        return std::fma(a, b, -cd) - std::fma(c, d, -cd);
    } else {
        return a * b - c * d;
    }
}

// exp(x) - 1, accurate for small x, from exponential and logarithm alone: the rounding of u = exp(x) cancels
// in (u - 1) x / log(u).
template <real Real>
Real exp_minus_one(Real const& x) {
    if constexpr (std::floating_point<Real>) {
        return std::expm1(x);
    } else {
        Real const u = exp(x);
        Real const rounded_x = log(u);
        return rounded_x < 0 || rounded_x > 0 ? Real((u - 1) * (x / rounded_x)) : x;
    }
}

// ab / (cd) - 1, with full relative accuracy also where the ratio is near one. a and d are in one unit, and b
// and c; neither matters: products beyond the type, or next to its ends, are taken in units of powers of 2.
template <real Real>
Real excess_of_products(Real const& a, Real const& b, Real const& c, Real const& d) {
    Real const cd = c * d;
    if constexpr (std::floating_point<Real>) {
        constexpr Real least =
            (std::numeric_limits<Real>::min)() / square(std::numeric_limits<Real>::epsilon());
        Real const ab = magnitude(Real(a * b));
        bool const fits = (std::min)(ab, magnitude(cd)) > least && (std::max)(ab, magnitude(cd)) < 1 / least;
        if (!fits) {
            int const unit = -std::ilogb(d);
            int const other_unit = -std::ilogb(c);
            Real const scaled_c = std::scalbn(c, other_unit);
            Real const scaled_d = std::scalbn(d, unit);
            return difference_of_products(std::scalbn(a, unit), std::scalbn(b, other_unit), scaled_c,
                                          scaled_d) /
                   (scaled_c * scaled_d);
        }
    }
    return difference_of_products(a, b, c, d) / cd;
}

// ln(ab / (cd)) likewise.
template <real Real>
Real log_ratio_of_products(Real const& a, Real const& b, Real const& c, Real const& d) {
    Real const ratio = (a / d) * (b / c);
    if (ratio > Real(0.5) && ratio < 2) {
        return log1p_of(excess_of_products(a, b, c, d));
    }
    return log(ratio);
}

// ln(a / b) of two numbers of one sign, with full relative accuracy also where the ratio is near one, and
// where it is beyond the type.
template <real Real>
Real log_ratio(Real const& a, Real const& b) {
    Real const ratio = a / b;
    if (ratio > Real(0.5) && ratio < 2) {
        return log1p_of(Real((a - b) / b));
    }
    if (ratio < (std::numeric_limits<Real>::min)() || ratio > (std::numeric_limits<Real>::max)()) {
        return log(magnitude(a)) - log(magnitude(b));
    }
    return log(ratio);
}

} // namespace accrue::detail
