#pragma once

#include <accrue/effect/hedges_correction.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue::detail {

// The S of 2F1(a, a; c; u) = 1 + (a²/c) u (1 + u S) by the power series, whose terms fall like u^k k^-(c - 2a
// + 1): for large c or small u.
template <real Real>
Real hypergeometric_rest(Real const& a, Real const& c, Real const& u) {
    Real term(1);
    Real sum(0);
    Real const precision(std::numeric_limits<Real>::epsilon() / 8);
    for (int k = 1; k < 100000; ++k) {
        term = term * (a + k) / (c + k) * (a + k) / (k + 1);
        sum = sum + term;
        term = term * u;
        if (term < precision * sum) {
            break;
        }
    }
    return sum;
}

// The integral over 0 < w < 1 of f(w, 1 - w) dw by the double-exponential substitution w = 1/(1 + exp(-π sinh
// s)), whose trapezium sums double their digits when the step is halved, singular ends or not. Both w and 1 -
// w are exact near their zero.
template <real Real, class Function>
Real integral_0_to_1(Function const& f) {
    Real const pi = 4 * atan(Real(1));
    int const digits = std::numeric_limits<Real>::digits;
    auto const point = [&](Real const& s) {
        Real const e = exp(s);
        Real const up = exp(Real(pi / 2 * (e - 1 / e)));
        Real const w = up / (1 + up);
        Real const v = 1 / (1 + up);
        return Real(f(w, v) * w * v * pi / 2 * (e + 1 / e));
    };
    // Beyond s = log(2 log(2^(2 digits))/π) the integrand is below the last digit even with a w^-1/2
    // singularity.
    Real const end = log(Real(4 * digits * log(Real(2)) / pi));
    int const steps = digits < 64 ? 96 : 2 * digits;
    Real const h = end / steps;
    Real sum = point(Real(0));
    for (int k = 1; k <= steps; ++k) {
        sum = sum + point(Real(k * h)) + point(Real(-k * h));
    }
    return sum * h;
}

// The two hypergeometric functions of Olkin and Pratt's estimator, with u = 1 - r² and what is of first order
// in u split off, because it cancels in the variance: 2F1(1/2, 1/2; (n-2)/2; u) = 1 + u (1 + u estimate)/(2
// (n-2)) and 2F1(1, 1; n/2; u) = 1 + u (1 + u variance) 2/n. By power series for n above 40 or u below 1/2,
// else by Euler's integral, which for n > 4 has no harder singularity than w^-1/2.
template <real Real>
struct olkin_pratt_terms {
    Real estimate;
    Real variance;
};

template <real Real>
olkin_pratt_terms<Real> olkin_pratt(Real const& n, Real const& r) {
    Real const u = (1 - r) * (1 + r);
    Real const c = (n - 2) / 2;
    if (n > 40 || u < Real(0.5)) {
        return {hypergeometric_rest<Real>(Real(0.5), c, u), hypergeometric_rest<Real>(Real(1), n / 2, u)};
    }
    Real const r2 = r * r;
    Real const pi = 4 * atan(Real(1));
    // Γ(c)/(√π Γ(c-1/2)), from Hedges' factor with 2c degrees of freedom.
    Real const gamma_ratio = hedges_exact{}(Real(2 * c)) * sqrt(Real(c / pi));
    Real const first = gamma_ratio * integral_0_to_1<Real>([&](Real const& w, Real const& v) {
                           return Real(exp(Real((c - Real(1.5)) * log(w))) / sqrt(Real(v * (r2 + u * w))));
                       });
    Real const second = c * integral_0_to_1<Real>([&](Real const& w, Real const&) {
                            return Real(exp(Real((c - 1) * log(w))) / (r2 + u * w));
                        });
    return {((first - 1) / u * (4 * c) - 1) / u, ((second - 1) / u * (n / 2) - 1) / u};
}

} // namespace accrue::detail
