#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <limits>

namespace accrue::detail {

/// ln of the integral of exp(l(theta)) over theta ~ N(mean, sd²), for a log-likelihood l that is concave and
/// analytic near the real axis (of a binomial, Poisson or noncentral hypergeometric count).
///
/// The integrand is log-concave with one peak, found by Newton's method within a bracket. There the
/// trapezoidal rule is exact to all digits once its step is some fraction of the peak's width: for analytic
/// functions it converges like exp(-c / step). Its step begins at a half of that width and is halved, which
/// keeps all earlier points, until the digits stop changing. (Gauss-Hermite nodes about the peak do as well,
/// but none of them serves again when there are more.) Trefethen & Weideman 2014, doi:10.1137/130932132.
///
/// \param likelihood has `at(theta)`: value, slope and curvature, and `log_likelihood(theta)`
template <real Real, class Likelihood>
[[nodiscard]] Real log_normal_effect_integral(Likelihood const& likelihood, Real const& mean,
                                              Real const& sd) {
    if (!(sd > 0)) {
        return likelihood.log_likelihood(mean);
    }
    // The peak of l(mean + sd x) - x²/2. Its slope falls by 1 or more per unit of x, so that the peak is no
    // farther than the slope.
    Real x(0);
    Real curvature(1);
    auto bracket = newton_bracket<Real>(infinity<Real>());
    for (int i = 0; i < 200; ++i) {
        auto const here = likelihood.at(Real(mean + sd * x));
        Real const slope = sd * here.slope - x;
        curvature = 1 - sd * sd * here.curvature;
        slope > 0 ? bracket.not_above(Real(x + slope)) : bracket.not_below(Real(x + slope));
        x = bracket.next(x, slope, Real(-curvature));
        // A peak that is found to a thousandth of its width will do: it only places the points.
        if (square(bracket.last_step()) * curvature < Real(1e-6)) {
            break;
        }
    }
    auto const log_integrand = [&](Real const& at) {
        return Real(likelihood.log_likelihood(Real(mean + sd * at)) - at * at / 2);
    };
    Real const height = log_integrand(x);
    Real const width = 1 / sqrt(curvature);
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    // Points of one side from `start` on, until they add nothing: the integrand only falls there.
    auto const side = [&](Real const& start, Real const& step) {
        Real total(0);
        for (std::size_t i = 0; i < 1000000; ++i) {
            Real const term = exp(Real(log_integrand(Real(start + from_count<Real>(i) * step)) - height));
            total += term;
            if (!(term >= epsilon / 16)) {
                break;
            }
        }
        return total;
    };
    Real step = width / 2;
    Real sum = 1 + side(Real(x + step), step) + side(Real(x - step), Real(-step));
    for (int halving = 0; halving < 12; ++halving) {
        Real const half = step / 2;
        Real const between = side(Real(x + half), step) + side(Real(x - half), Real(-step));
        Real const change = between < sum ? Real(sum - between) : Real(between - sum);
        sum += between;
        step = half;
        // The error after halving is about the square of that before.
        if (!(change > sqrt(epsilon) / 64 * sum)) {
            break;
        }
    }
    Real const two_pi = 8 * atan(Real(1));
    return height + log(Real(sum * step)) - log(two_pi) / 2;
}

} // namespace accrue::detail
