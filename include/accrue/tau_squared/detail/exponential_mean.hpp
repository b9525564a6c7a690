#pragma once

#include <accrue/real.hpp>

#include <initializer_list>

namespace accrue::detail {

template <real Real>
struct exponential_mean_result {
    Real value;
    bool converged;
};

/// The mean of exp(x) under a density of x, given g(x) = x + log density up to a constant:
///
///     integral of exp(g(x)) / integral of exp(g(x) - x).
///
/// g must be smooth, and fall on both sides of its maximum. The maximum is found by walking uphill from
/// `start` and halving the step; the step of the trapezoidal rule is half of the density's width there, which
/// leaves an error near 1e-30 for a normal density and less than rounding for any that is not much narrower
/// elsewhere. The sums end on each side where the terms of both are below 1e-18 of the sums so far.
template <real Real, class Function>
exponential_mean_result<Real> exponential_mean(Function const& log_integrand, Real const& start) {
    Real peak = start;
    Real height = log_integrand(peak);
    Real step(1);
    for (int halvings = 0; halvings < 7;) {
        Real const right = log_integrand(Real(peak + step));
        Real const left = right > height ? right : log_integrand(Real(peak - step));
        if (right > height) {
            peak += step;
            height = right;
        } else if (left > height) {
            peak -= step;
            height = left;
        } else {
            step /= 2;
            ++halvings;
        }
        if (!(peak < 1400 && peak > -1400)) {
            return {not_a_number<Real>(), false};
        }
    }
    Real const curvature =
        (2 * height - log_integrand(Real(peak + step)) - log_integrand(Real(peak - step))) / (step * step);
    Real const narrow = curvature > 4 ? Real(1 / sqrt(curvature)) : Real(0.5);
    Real const width = narrow / 2;

    Real numerator(1);
    Real denominator = 1;
    for (int direction : {-1, 1}) {
        for (int i = 1;; ++i) {
            Real const offset = width * (direction * i);
            Real const term = exp(Real(log_integrand(Real(peak + offset)) - height));
            Real const plain = term * exp(Real(-offset));
            numerator += term;
            denominator += plain;
            if (term < 1e-18 * numerator && plain < 1e-18 * denominator) {
                break;
            }
            if (i > 100000) {
                return {not_a_number<Real>(), false};
            }
        }
    }
    return {exp(peak) * numerator / denominator, true};
}

} // namespace accrue::detail
