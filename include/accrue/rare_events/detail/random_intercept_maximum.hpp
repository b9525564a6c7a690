#pragma once

#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <array>
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

/// Calls `use(i)` for the integers from 0 up and from -1 down, each way until it answers that it adds
/// nothing; for 0 alone where there is nothing to either side.
template <class Use>
void outwards(bool const alone, Use const& use) {
    constexpr int most = 4000;
    if (alone) {
        use(0);
        return;
    }
    for (int i = 0; i < most && use(i); ++i) {
    }
    for (int i = -1; i > -most && use(i); --i) {
    }
}

/// Where the integrand of `marginal` peaks on a line of one intercept, and how wide it is there: to more
/// digits than placing points needs, so that both are smooth from line to line.
template <real Real>
struct line_peak_result {
    Real centre;
    Real width;
};
template <real Real>
[[nodiscard]] line_peak_result<Real> line_peak(random_intercept_pair<Real> const& pair,
                                               std::array<Real, 4> const& unknown, Real const& at_y,
                                               Real const& start) {
    Real const& t = unknown[3];
    if (!(t > 0 || t < 0)) {
        return {Real(0), Real(1)};
    }
    Real const alpha = unknown[0] + unknown[2] * at_y;
    Real x = start;
    auto bracket = newton_bracket<Real>(infinity<Real>());
    for (int i = 0;; ++i) {
        auto const here = pair.at(alpha, Real(unknown[1] + t * x));
        Real const slope = t * here.by_theta - x;
        Real const curvature = 1 - t * t * here.by_theta_twice;
        // The slope falls by 1 or more per unit of x: the root is no farther than the slope.
        slope > 0 ? bracket.not_above(Real(x + slope)) : bracket.not_below(Real(x + slope));
        Real const next = bracket.next(x, slope, Real(-curvature));
        if (square(bracket.last_step()) * curvature < Real(1e-16) || i == 100) {
            return {next, 1 / sqrt(curvature)};
        }
        x = next;
    }
}

/// The marginal likelihood of one trial, by the trapezoidal rule in both standardised effects about their
/// common peak, which converges as in `sum_over_normal_effect`. The integrand is log-concave in both
/// together, so that it has one peak, and one on each line of the intercept, about which the points of that
/// line lie, as wide as it is. Lattices are nested: to a square one its centres are added, which squares the
/// error for twice the points, then the middles of its sides, which makes it square again, until the error is
/// below the tolerance.
template <real Real>
[[nodiscard]] four_point<Real> marginal(random_intercept_pair<Real> const& pair,
                                        std::array<Real, 4> const& unknown,
                                        Real const& tolerance = std::numeric_limits<Real>::epsilon() / 16) {
    Real const& a = unknown[0];
    Real const& m = unknown[1];
    Real const& s = unknown[2];
    Real const& t = unknown[3];
    bool const flat_y = !(s > 0 || s < 0);
    bool const flat_x = !(t > 0 || t < 0);
    Real x(0);
    Real y(0);
    Real yy(1), yx(0), xx(1);
    auto here = pair.at(a, m);
    for (int i = 0; i < 60; ++i) {
        Real const slope_y = s * here.by_alpha - y;
        Real const slope_x = t * here.by_theta - x;
        yy = 1 - s * s * here.by_alpha_twice;
        yx = -s * t * here.by_both;
        xx = 1 - t * t * here.by_theta_twice;
        Real const determinant = yy * xx - yx * yx;
        Real step_y = (xx * slope_y - yx * slope_x) / determinant;
        Real step_x = (yy * slope_x - yx * slope_y) / determinant;
        // The integrand's logarithm is expected to rise by half of this.
        Real const rise = step_y * slope_y + step_x * slope_x;
        if (rise < Real(1e-4)) {
            break;
        }
        Real const before = here.value - (x * x + y * y) / 2;
        for (int half = 0; half < 40; ++half) {
            Real const next_y = y + step_y;
            Real const next_x = x + step_x;
            here = pair.at(Real(a + s * next_y), Real(m + t * next_x));
            if (here.value - (next_x * next_x + next_y * next_y) / 2 >= before) {
                break;
            }
            step_y /= 2;
            step_x /= 2;
        }
        y += step_y;
        x += step_x;
    }
    Real const height = here.value - (x * x + y * y) / 2;
    // Along y the peak is as wide as it is at its best x.
    Real const width_y = flat_y ? Real(1) : Real(1 / sqrt(Real(yy - yx * yx / xx)));
    auto sums = four_point<Real>{};
    Real total(0);
    auto const use = [&](Real const& at_y, Real const& at_x, Real const& width) {
        auto const point = pair.at(Real(a + s * at_y), Real(m + t * at_x));
        Real const weight = width * exp(Real(point.value - (at_x * at_x + at_y * at_y) / 2 - height));
        total += weight;
        auto const v =
            std::array<Real, 4>{point.by_alpha, point.by_theta, at_y * point.by_alpha, at_x * point.by_theta};
        auto const factor = std::array<Real, 4>{Real(1), Real(1), at_y, at_x};
        for (std::size_t i = 0; i < 4; ++i) {
            sums.slope[i] += weight * v[i];
            for (std::size_t j = 0; j <= i; ++j) {
                Real const& second = i % 2 != j % 2 ? point.by_both
                                     : i % 2 == 0   ? point.by_alpha_twice
                                                    : point.by_theta_twice;
                sums.curvature[i][j] += weight * (factor[i] * factor[j] * second + v[i] * v[j]);
            }
        }
        return weight;
    };
    auto const add = [&](Real const& start_y, Real const& start_x, Real const& step) {
        Real centre = x;
        outwards(flat_y, [&](int const i) {
            Real const at_y = flat_y ? Real(0) : Real(y + width_y * (start_y + i * step));
            auto const peak = line_peak(pair, unknown, at_y, i == -1 ? x : centre);
            centre = peak.centre;
            Real const least = tolerance / 16 * peak.width;
            Real largest(0);
            outwards(flat_x, [&](int const j) {
                Real const at_x = flat_x ? Real(0) : Real(peak.centre + peak.width * (start_x + j * step));
                Real const weight = use(at_y, at_x, peak.width);
                largest = largest < weight ? weight : largest;
                return weight >= least;
            });
            return largest >= least;
        });
    };
    // Half of this step is enough for a normal peak and this tolerance, with some to spare.
    Real step = sqrt(Real(30 / -log(tolerance)));
    Real cell(1); // how much fewer points stand for what the first lattice's do
    Real error(0);
    add(Real(0), Real(0), step);
    Real const whole = (flat_y ? Real(1) : step) * (flat_x ? Real(1) : step);
    for (int halving = 0; halving < 7 && !(flat_y && flat_x); ++halving) {
        Real const half = step / 2;
        Real const before = total * cell;
        add(flat_y ? Real(0) : half, flat_x ? Real(0) : half, step);
        cell /= 2;
        // What is left is the square of what this has taken away.
        error = square(Real((total * cell - before) / (total * cell)));
        if (error < tolerance) {
            break;
        }
        if (!flat_y && !flat_x) {
            add(half, Real(0), step);
            add(Real(0), half, step);
            cell /= 2;
        }
        step = half;
    }
    auto result = four_point<Real>{};
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    result.error = error > epsilon ? error : epsilon;
    Real const root_of_two_pi = sqrt(Real(8 * atan(Real(1))));
    result.value = height + log(Real(total * cell * whole)) +
                   (flat_y ? Real(0) : Real(log(Real(width_y / root_of_two_pi)))) -
                   (flat_x ? Real(0) : Real(log(root_of_two_pi)));
    for (std::size_t i = 0; i < 4; ++i) {
        result.slope[i] = sums.slope[i] / total;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            result.curvature[i][j] = sums.curvature[i][j] / total - result.slope[i] * result.slope[j];
            result.curvature[j][i] = result.curvature[i][j];
        }
    }
    return result;
}

/// Maximises the likelihood of all trials over (a, m, s, t) by Newton's method with damping: with each spread
/// free or 0, from several spreads, to a few digits; those that are as high as the highest then to all
/// digits. It is even in s and in t, so that no bound is needed; of equally high maxima that with fewer
/// spreads counts.
template <real Real>
class random_intercept_search {
  public:
    explicit random_intercept_search(std::vector<random_intercept_pair<Real>> const& trials)
        : trials_(trials) {}

    [[nodiscard]] mixed_maximum<Real> run(Real const& intercept) const {
        auto const coarse = Real(1e-7);
        auto candidates = std::vector<place>{};
        auto start = unknowns{intercept, Real(0), Real(0), Real(0)};
        for (bool const s_is_free : {false, true}) {
            for (bool const t_is_free : {false, true}) {
                for (double const s : {0.3, 1.2}) {
                    for (double const t : {0.15, 0.8}) {
                        if ((!s_is_free && s > 1) || (!t_is_free && t > 0.5)) {
                            continue; // the same as the other start
                        }
                        start[2] = Real(s_is_free ? s : 0.0);
                        start[3] = Real(t_is_free ? t : 0.0);
                        candidates.push_back(
                            ascend({start, {true, true, s_is_free, t_is_free}, {}, false}, coarse));
                    }
                }
                if (candidates.size() == 1) {
                    start = candidates.front().unknown;
                }
            }
        }
        Real highest = candidates.front().at.value;
        for (auto const& candidate : candidates) {
            highest = highest < candidate.at.value ? candidate.at.value : highest;
        }
        auto best = place{};
        bool found = false;
        auto polished = std::vector<place>{};
        for (auto const& candidate : candidates) {
            if (candidate.at.value < highest - Real(1e-3) || is_known(polished, candidate)) {
                continue;
            }
            polished.push_back(candidate);
            auto const here = rises_on(candidate.unknown)
                                  ? candidate
                                  : ascend(candidate, std::numeric_limits<Real>::epsilon() / 16);
            // A maximum near 0 differs from that at 0 by rounding alone.
            if (!found || here.at.value > best.at.value + Real(1e-10)) {
                best = here;
                found = true;
            }
        }
        auto solution = unknowns{};
        bool const regular =
            solve(best.at.curvature, best.free, Real(0), {Real(0), Real(1), Real(0), Real(0)}, solution);
        auto const spread = [&](std::size_t const i) { return magnitude(best.unknown[i]); };
        if (!regular || !(solution[1] > 0) || !best.settled || rises_on(best.unknown)) {
            return {not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    Real(1),
                    status::undefined};
        }
        return {best.unknown[1], solution[1], spread(3), best.at.value, best.at.error, status::ok};
    }

  private:
    using unknowns = std::array<Real, 4>;
    struct place {
        unknowns unknown{};
        std::array<bool, 4> free{};
        four_point<Real> at{};
        bool settled = false;
    };

    /// Whether a spread of log odds is so large that no maximum is expected beyond: the integrals there take
    /// ever more points.
    static bool rises_on(unknowns const& one) {
        return !(square(one[2]) < Real(1e4) && square(one[3]) < Real(1e4));
    }

    /// Whether a maximum with the same spreads free has been found from another start already. A free spread
    /// may be a little above 0 at its maximum, which is then higher by as little than that at 0.
    static bool is_known(std::vector<place> const& list, place const& one) {
        return std::any_of(list.begin(), list.end(), [&](place const& other) {
            for (std::size_t i = 0; i < 4; ++i) {
                Real const& x = one.unknown[i];
                Real const& y = other.unknown[i];
                Real const distance =
                    i < 2 ? Real(square(Real(x - y))) : Real(square(Real(square(x) - square(y))));
                if (one.free[i] != other.free[i] || !(distance < Real(1e-3))) {
                    return false;
                }
            }
            return true;
        });
    }

    [[nodiscard]] four_point<Real> total_at(unknowns const& unknown, Real const& tolerance) const {
        auto sum = four_point<Real>{};
        for (auto const& trial : trials_) {
            auto const one = marginal(trial, unknown, tolerance);
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

    /// Solves (damping - curvature) x = right among the free unknowns by Cholesky's method; false where it is
    /// not positive definite.
    static bool solve(std::array<std::array<Real, 4>, 4> const& curvature, std::array<bool, 4> const& free,
                      Real const& damping, unknowns const& right, unknowns& x) {
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

    /// Ascends until a step promises a rise below the tolerance, and takes that step where all digits are
    /// wanted.
    [[nodiscard]] place ascend(place here, Real const& tolerance) const {
        here.at = total_at(here.unknown, tolerance);
        Real const enough = tolerance < Real(1e-10) ? Real(1e-11) : Real(1e-4);
        Real damping(0);
        for (int i = 0; i < 100 && !rises_on(here.unknown); ++i) {
            auto step = unknowns{};
            auto next = here;
            bool better = false;
            for (int attempt = 0; attempt < 30 && !better; ++attempt) {
                if (solve(here.at.curvature, here.free, damping, here.at.slope, step)) {
                    Real rise(0);
                    for (std::size_t j = 0; j < 4; ++j) {
                        rise += here.free[j] ? Real(step[j] * here.at.slope[j]) : Real(0);
                        step[j] = step[j] > 2 ? Real(2) : step[j] < -2 ? Real(-2) : step[j];
                        next.unknown[j] = here.unknown[j] + step[j];
                    }
                    here.settled = !(damping > 0) && rise < enough;
                    if (here.settled && tolerance > Real(1e-10)) {
                        return here;
                    }
                    next.at = total_at(next.unknown, tolerance);
                    if (here.settled) {
                        next.settled = true;
                        return next;
                    }
                    better = next.at.value >= here.at.value;
                }
                damping = better        ? (damping > Real(1e-3) ? Real(damping / 16) : Real(0))
                          : damping > 0 ? Real(damping * 8)
                                        : Real(1e-3);
            }
            if (!better) {
                break;
            }
            here = next;
        }
        return here;
    }

    std::vector<random_intercept_pair<Real>> const& trials_;
};

} // namespace accrue::detail
