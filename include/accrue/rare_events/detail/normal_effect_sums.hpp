#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace accrue::detail {

/// The trapezoidal rule over a normal random effect: theta = mean + sd x, x ~ N(0, 1), as in
/// `log_normal_effect_integral`, for integrals of several functions at the same points.
///
/// Calls `add(x, point, weight)` for each point, where `point = likelihood.at(theta)` and the weights are
/// those of exp(point.value - x²/2) relative to the peak. What is added up over the weights' sum are
/// expectations given the study's data, as the score and the information of the mean and of sd need.
/// `tolerance` is the relative error at which points enough are added.
template <real Real>
struct normal_effect_integral {
    Real log_value; ///< ln of the integral of the likelihood
    Real total;     ///< sum of the weights
    Real error;     ///< relative error of the integral, estimated by its last change
};

template <real Real, class Likelihood, class Add>
[[nodiscard]] normal_effect_integral<Real>
sum_over_normal_effect(Likelihood const& likelihood, Real const& mean, Real const& sd, Add const& add,
                       Real const& tolerance = std::numeric_limits<Real>::epsilon() / 16) {
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    if (!(sd > 0)) {
        auto const point = likelihood.at(mean);
        add(Real(0), point, Real(1));
        return {point.value, Real(1), epsilon};
    }
    // The peak, by Newton's method for a concave function, within the bracket that its slopes give.
    Real x(0);
    Real curvature(1);
    Real height(0);
    auto bracket = newton_bracket<Real>(infinity<Real>());
    for (int i = 0; i < 200; ++i) {
        auto const here = likelihood.at(Real(mean + sd * x));
        Real const slope = sd * here.slope - x;
        curvature = 1 - sd * sd * here.curvature;
        height = here.value - x * x / 2;
        // The slope falls by 1 or more per unit of x: the root is no farther than the slope.
        slope > 0 ? bracket.not_above(Real(x + slope)) : bracket.not_below(Real(x + slope));
        Real const next = bracket.next(x, slope, Real(-curvature));
        if (square(bracket.last_step()) * curvature < Real(1e-4)) {
            break;
        }
        x = next;
    }
    Real const width = 1 / sqrt(curvature);
    Real total(0);
    auto const use = [&](Real const& at) {
        auto const point = likelihood.at(Real(mean + sd * at));
        Real const weight = exp(Real(point.value - at * at / 2 - height));
        total += weight;
        add(at, point, weight);
        return weight;
    };
    auto const side = [&](Real const& start, Real const& step) {
        for (std::size_t i = 0; i < 1000000; ++i) {
            // Also where it is no number, which it then is everywhere.
            if (!(use(Real(start + from_count<Real>(i) * step)) >= tolerance / 4)) {
                return;
            }
        }
    };
    // Half of this step is enough for a normal peak and this tolerance, with some to spare.
    Real step = width * sqrt(Real(30 / -log(tolerance)));
    use(x);
    side(Real(x + step), step);
    side(Real(x - step), Real(-step));
    Real error(1);
    for (int halving = 0; halving < 14; ++halving) {
        Real const half = step / 2;
        Real const before = total;
        side(Real(x + half), step);
        side(Real(x - half), Real(-step));
        step = half;
        Real const change = (total - 2 * before) / total;
        Real const size = magnitude(change);
        // Halving the step squares the error of the rule: where this change is the root of epsilon, the sum
        // is exact.
        error = size * size;
        if (!(error >= tolerance)) {
            break;
        }
    }
    Real const two_pi = 8 * atan(Real(1));
    return {height + log(Real(total * step)) - log(two_pi) / 2, total, error > epsilon ? error : epsilon};
}

/// ln of a study's likelihood at a mean and a standard deviation of the true effects, with its derivatives by
/// both.
template <real Real>
struct marginal_point {
    Real value;
    Real by_mean;
    Real by_sd;
    Real by_mean_twice;
    Real by_both;
    Real by_sd_twice;
    Real error; ///< relative, of the likelihood
};

/// Sums of the powers of x over the weights of an integral. With E the expectation given the study's data,
/// the derivatives of its logarithm by mean and sd, through those of the normal density, are E x / sd and
/// E (x² - 1) / sd; the second ones, over sd², Var x - 1, Cov(x, x²) - 2 E x and Var x² + 1 - 3 E x². They
/// keep their digits where the likelihood is much narrower than the normal density, and derivatives of the
/// likelihood are differences of large numbers.
template <real Real>
struct sums_of_powers {
    std::array<Real, 4> of_x{};

    void add(Real const& x, Real const& weight) {
        Real term = weight;
        for (Real& sum : of_x) {
            term *= x;
            sum += term;
        }
    }
    [[nodiscard]] marginal_point<Real> marginal(Real const& total, Real const& sd, Real const& value,
                                                Real const& error) const {
        Real const x = of_x[0] / total;
        Real const xx = of_x[1] / total;
        return {value,
                x / sd,
                (xx - 1) / sd,
                (xx - x * x - 1) / sd / sd,
                (of_x[2] / total - x * xx - 2 * x) / sd / sd,
                (of_x[3] / total - xx * xx + 1 - 3 * xx) / sd / sd,
                error};
    }
};

} // namespace accrue::detail
