#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/real.hpp>

#include <cmath>
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
    using std::atan;
    using std::exp;
    using std::log;
    using std::sqrt;
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
        Real const size = change < 0 ? Real(-change) : change;
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

/// The marginal likelihood of one study whose likelihood given its true effect is `likelihood`.
///
/// With E the expectation given the data, l' and l'' the slope and curvature at the true effect mean + sd x:
/// the score is E l' and E x l', and the second derivatives are E (l'' + l'²) less squares of the scores,
/// with factors x alike.
template <real Real, class Likelihood>
[[nodiscard]] marginal_point<Real> marginal(Likelihood const& likelihood, Real const& mean, Real const& sd,
                                            Real const& tolerance = std::numeric_limits<Real>::epsilon() /
                                                                    16) {
    Real s(0);
    Real xs(0);
    Real c(0);
    Real xc(0);
    Real xxc(0);
    auto const integral = sum_over_normal_effect(
        likelihood, mean, sd,
        [&](Real const& x, auto const& point, Real const& weight) {
            Real const second = point.curvature + point.slope * point.slope;
            s += weight * point.slope;
            xs += weight * x * point.slope;
            c += weight * second;
            xc += weight * x * second;
            xxc += weight * x * x * second;
        },
        tolerance);
    Real const total = integral.total;
    if (!(sd > 0)) {
        // At sd = 0 the score is 0; E x² = 1 makes the second derivative that of l.
        return {integral.log_value, s, Real(0), c - s * s, Real(0), c, integral.error};
    }
    Real const by_mean = s / total;
    Real const by_sd = xs / total;
    return {integral.log_value,
            by_mean,
            by_sd,
            c / total - by_mean * by_mean,
            xc / total - by_mean * by_sd,
            xxc / total - by_sd * by_sd,
            integral.error};
}

} // namespace accrue::detail
