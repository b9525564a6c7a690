#pragma once

#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// Two binomial groups of a trial whose intercept is random as well: l(alpha, theta) = l1(alpha + theta / 2)
/// + l2(alpha - theta / 2), alpha ~ N(a, s²), theta ~ N(m, t²), independent.
template <real Real>
struct random_intercept_pair {
    binomial_count<Real> treatment;
    binomial_count<Real> control;

    /// The likelihood and its derivatives by alpha and theta.
    struct point {
        Real value;
        Real by_alpha;
        Real by_theta;
        Real by_alpha_twice;
        Real by_both;
        Real by_theta_twice;
    };
    [[nodiscard]] point at(Real const& alpha, Real const& theta) const {
        auto const one = treatment.at(Real(alpha + theta / 2));
        auto const other = control.at(Real(alpha - theta / 2));
        return {one.value + other.value,
                one.slope + other.slope,
                (one.slope - other.slope) / 2,
                one.curvature + other.curvature,
                (one.curvature - other.curvature) / 2,
                (one.curvature + other.curvature) / 4};
    }
};

/// A log-likelihood of four unknowns (a, m, s, t) with its derivatives.
template <real Real>
struct four_point {
    Real value{0};
    std::array<Real, 4> slope{};
    std::array<std::array<Real, 4>, 4> curvature{};
    Real error{0}; ///< relative, of the likelihood
};

/// The marginal likelihood of one trial, by the trapezoidal rule in both standardised effects about their
/// common peak, which converges as in `sum_over_normal_effect`; its step is halved until the sum stops
/// changing. The integrand is log-concave in both together, so that it has one peak.
template <real Real>
[[nodiscard]] four_point<Real> marginal(random_intercept_pair<Real> const& pair,
                                        std::array<Real, 4> const& unknown) {
    using std::atan;
    using std::exp;
    using std::log;
    using std::sqrt;
    Real const& a = unknown[0];
    Real const& m = unknown[1];
    Real const& s = unknown[2];
    Real const& t = unknown[3];
    auto const log_integrand = [&](Real const& y, Real const& x) {
        return Real(pair.at(Real(a + s * y), Real(m + t * x)).value - (x * x + y * y) / 2);
    };
    Real x(0);
    Real y(0);
    Real yy(1), yx(0), xx(1);
    for (int i = 0; i < 60; ++i) {
        auto const here = pair.at(Real(a + s * y), Real(m + t * x));
        Real const slope_y = s * here.by_alpha - y;
        Real const slope_x = t * here.by_theta - x;
        yy = 1 - s * s * here.by_alpha_twice;
        yx = -s * t * here.by_both;
        xx = 1 - t * t * here.by_theta_twice;
        Real const determinant = yy * xx - yx * yx;
        Real step_y = (xx * slope_y - yx * slope_x) / determinant;
        Real step_x = (yy * slope_x - yx * slope_y) / determinant;
        Real const before = log_integrand(y, x);
        for (int half = 0; half < 40 && log_integrand(Real(y + step_y), Real(x + step_x)) < before; ++half) {
            step_y /= 2;
            step_x /= 2;
        }
        y += step_y;
        x += step_x;
        if (step_y * step_y * yy + step_x * step_x * xx < Real(1e-6)) {
            break;
        }
    }
    Real const height = log_integrand(y, x);
    // Along y the peak is as wide as it is at its best x; lines of x are centred on the ridge.
    Real const width_y = 1 / sqrt(Real(yy - yx * yx / xx));
    Real const width_x = 1 / sqrt(xx);
    Real const slant = -yx / xx;
    bool const flat_y = !(s > 0 || s < 0);
    bool const flat_x = !(t > 0 || t < 0);
    Real const tolerance = std::numeric_limits<Real>::epsilon() / 64;
    auto sums = four_point<Real>{};
    Real total(0);
    auto const use = [&](Real const& at_y, Real const& at_x) {
        auto const here = pair.at(Real(a + s * at_y), Real(m + t * at_x));
        Real const weight = exp(Real(here.value - (at_x * at_x + at_y * at_y) / 2 - height));
        total += weight;
        auto const v =
            std::array<Real, 4>{here.by_alpha, here.by_theta, at_y * here.by_alpha, at_x * here.by_theta};
        auto const factor = std::array<Real, 4>{Real(1), Real(1), at_y, at_x};
        for (std::size_t i = 0; i < 4; ++i) {
            sums.slope[i] += weight * v[i];
            for (std::size_t j = 0; j <= i; ++j) {
                Real const& second = i % 2 != j % 2 ? here.by_both
                                     : i % 2 == 0   ? here.by_alpha_twice
                                                    : here.by_theta_twice;
                sums.curvature[i][j] += weight * (factor[i] * factor[j] * second + v[i] * v[j]);
            }
        }
        return weight;
    };
    Real previous(0);
    Real error(1);
    Real cell(1);
    for (int power = 0; power < 5; ++power) {
        sums = {};
        total = Real(0);
        Real const step_y = flat_y ? Real(1) : Real(width_y * std::ldexp(1.0, -power));
        Real const step_x = flat_x ? Real(1) : Real(width_x * std::ldexp(1.0, -power));
        auto const line = [&](Real const& at_y) {
            Real const centre = flat_x ? Real(0) : Real(x + slant * (at_y - y));
            Real best = use(at_y, centre);
            for (int const side : {1, -1}) {
                for (int i = 1; !flat_x && i < 4000; ++i) {
                    Real const weight = use(at_y, Real(centre + side * i * step_x));
                    best = best < weight ? weight : best;
                    if (weight < tolerance) {
                        break;
                    }
                }
            }
            return best;
        };
        line(flat_y ? Real(0) : y);
        for (int const side : {1, -1}) {
            for (int i = 1; !flat_y && i < 4000; ++i) {
                if (line(Real(y + side * i * step_y)) < tolerance) {
                    break;
                }
            }
        }
        Real const two_pi = 8 * atan(Real(1));
        cell = (flat_y ? sqrt(two_pi) : step_y) * (flat_x ? sqrt(two_pi) : step_x) / two_pi;
        Real const integral = total * cell;
        Real const change = previous < integral ? Real(integral - previous) : Real(previous - integral);
        previous = integral;
        // As in `sum_over_normal_effect`: halving the steps squares the rule's error.
        error = flat_x && flat_y ? Real(0) : square(Real(change / integral));
        if (error < std::numeric_limits<Real>::epsilon() / 16) {
            break;
        }
    }
    auto result = four_point<Real>{};
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    result.error = error > epsilon ? error : epsilon;
    result.value = height + log(Real(total * cell));
    for (std::size_t i = 0; i < 4; ++i) {
        result.slope[i] = sums.slope[i] / total;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            result.curvature[i][j] = sums.curvature[i][j] / total - result.slope[i] * result.slope[j];
            result.curvature[j][i] = result.curvature[i][j];
        }
    }
    // At a spread of 0 the expectation of the square of its effect is 1, which one point does not show.
    for (std::size_t const i : {std::size_t{2}, std::size_t{3}}) {
        if (i == 2 ? flat_y : flat_x) {
            for (std::size_t j = 0; j < 4; ++j) {
                result.curvature[i][j] = result.curvature[j][i] = Real(0);
            }
            result.slope[i] = Real(0);
            result.curvature[i][i] =
                result.curvature[i - 2][i - 2] + result.slope[i - 2] * result.slope[i - 2];
        }
    }
    return result;
}

/// Maximises the likelihood of all trials over (a, m, s, t) by Newton's method with damping, from several
/// spreads: it is even in s and in t, so that no bound is needed, and a spread whose best value is 0 is set
/// to 0 exactly.
template <real Real>
class random_intercept_search {
  public:
    explicit random_intercept_search(std::vector<random_intercept_pair<Real>> const& trials)
        : trials_(trials) {}

    [[nodiscard]] mixed_maximum<Real> run(Real const& intercept) const {
        auto best = place{};
        bool found = false;
        for (double const s : {0.3, 1.2}) {
            for (double const t : {0.15, 0.8}) {
                auto here = ascend({{intercept, Real(0), Real(s), Real(t)}, {}}, {true, true, true, true});
                here = without_spreads_of_zero(here);
                if (!found || best.at.value < here.at.value) {
                    best = here;
                    found = true;
                }
            }
        }
        auto const free = std::array<bool, 4>{true, true, best.unknown[2] > 0, best.unknown[3] > 0};
        auto solution = std::array<Real, 4>{};
        bool const regular =
            solve(best.at.curvature, free, Real(0), {Real(0), Real(1), Real(0), Real(0)}, solution);
        bool const settled = largest_slope(best, free) < Real(1e-6);
        if (!regular || !(solution[1] > 0) || !settled || !(best.unknown[3] < 100)) {
            return {not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    Real(1),
                    status::undefined};
        }
        return {best.unknown[1], solution[1], best.unknown[3], best.at.value, best.at.error, status::ok};
    }

  private:
    using unknowns = std::array<Real, 4>;
    struct place {
        unknowns unknown{};
        four_point<Real> at{};
    };

    [[nodiscard]] four_point<Real> all(unknowns const& unknown) const {
        auto sum = four_point<Real>{};
        for (auto const& trial : trials_) {
            auto const one = marginal(trial, unknown);
            sum.value += one.value;
            sum.error += one.error;
            for (std::size_t i = 0; i < 4; ++i) {
                sum.slope[i] += one.slope[i];
                for (std::size_t j = 0; j < 4; ++j) {
                    sum.curvature[i][j] += one.curvature[i][j];
                }
            }
        }
        return sum;
    }

    static Real largest_slope(place const& here, std::array<bool, 4> const& free) {
        Real largest(0);
        for (std::size_t i = 0; i < 4; ++i) {
            Real const size = here.at.slope[i] < 0 ? Real(-here.at.slope[i]) : here.at.slope[i];
            largest = free[i] && largest < size ? size : largest;
        }
        return largest;
    }

    /// Solves (damping - curvature) x = right among the free unknowns by Cholesky's method; false where it is
    /// not positive definite.
    static bool solve(std::array<std::array<Real, 4>, 4> const& curvature, std::array<bool, 4> const& free,
                      Real const& damping, unknowns const& right, unknowns& x) {
        using std::sqrt;
        auto l = std::array<std::array<Real, 4>, 4>{};
        for (std::size_t j = 0; j < 4; ++j) {
            for (std::size_t i = j; i < 4; ++i) {
                Real sum = i == j               ? Real((free[i] ? -curvature[i][i] : Real(1)) + damping)
                           : free[i] && free[j] ? Real(-curvature[i][j])
                                                : Real(0);
                for (std::size_t k = 0; k < j; ++k) {
                    sum -= l[i][k] * l[j][k];
                }
                if (i == j && !(sum > 0)) {
                    return false;
                }
                l[i][j] = i == j ? sqrt(sum) : Real(sum / l[j][j]);
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            x[i] = free[i] ? right[i] : Real(0);
            for (std::size_t k = 0; k < i; ++k) {
                x[i] -= l[i][k] * x[k];
            }
            x[i] /= l[i][i];
        }
        for (std::size_t i = 4; i-- > 0;) {
            for (std::size_t k = i + 1; k < 4; ++k) {
                x[i] -= l[k][i] * x[k];
            }
            x[i] /= l[i][i];
        }
        return true;
    }

    [[nodiscard]] place ascend(place here, std::array<bool, 4> const& free) const {
        here.at = all(here.unknown);
        Real damping(0);
        for (int i = 0; i < 100 && largest_slope(here, free) > Real(1e-11); ++i) {
            auto step = unknowns{};
            auto next = place{};
            bool better = false;
            for (int attempt = 0; attempt < 30 && !better; ++attempt) {
                if (solve(here.at.curvature, free, damping, here.at.slope, step)) {
                    next.unknown = here.unknown;
                    for (std::size_t j = 0; j < 4; ++j) {
                        next.unknown[j] += step[j] > 2 ? Real(2) : step[j] < -2 ? Real(-2) : step[j];
                    }
                    next.at = all(next.unknown);
                    better = next.at.value >= here.at.value;
                }
                damping = better ? Real(damping / 16) : damping > 0 ? Real(damping * 8) : Real(1e-3);
            }
            if (!better) {
                break;
            }
            here = next;
        }
        for (std::size_t const i : {std::size_t{2}, std::size_t{3}}) {
            here.unknown[i] = here.unknown[i] < 0 ? Real(-here.unknown[i]) : here.unknown[i];
        }
        here.at = all(here.unknown);
        return here;
    }

    /// The same with each spread set to 0 for which the likelihood is no lower there.
    [[nodiscard]] place without_spreads_of_zero(place const& here) const {
        auto best = here;
        for (int which = 1; which <= 3; ++which) {
            auto free = std::array<bool, 4>{true, true, (which & 1) == 0, (which & 2) == 0};
            auto start = here;
            for (std::size_t const i : {std::size_t{2}, std::size_t{3}}) {
                start.unknown[i] = free[i] ? start.unknown[i] : Real(0);
            }
            auto const there = ascend(start, free);
            // A maximum near 0 differs from that at 0 by rounding alone.
            if (there.at.value >= best.at.value - Real(1e-10)) {
                best = there;
            }
        }
        return best;
    }

    std::vector<random_intercept_pair<Real>> const& trials_;
};

} // namespace accrue::detail
