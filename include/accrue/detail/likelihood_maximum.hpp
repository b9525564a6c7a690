#pragma once

#include <accrue/real.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace accrue::detail {

/// The score of a (restricted) log-likelihood at one tau², twice of which is `squares - trace`, and twice of
/// whose derivative is `squared_trace - 2 cubes`. All are in powers of `unit`, the smallest v + tau², to be
/// free of scale.
///
/// Each of the four falls as tau² grows: in the eigenbasis of the restricted covariance they are sums over j
/// of z_j² / (a_j + tau²)², 1 / (a_j + tau²), z_j² / (a_j + tau²)³ and 1 / (a_j + tau²)². So the values at
/// the ends of an interval bound the score and its slope within it.
template <real Real>
struct score_terms {
    Real tau_squared;
    Real unit;
    Real squares;       ///< unit   * y'PPy
    Real trace;         ///< unit   * tr P  (restricted)  or tr W
    Real cubes;         ///< unit²  * y'PPPy
    Real squared_trace; ///< unit²  * tr PP (restricted)  or tr WW

    [[nodiscard]] bool rising() const { return squares > trace; }

    /// The Newton step for the root of trace / squares - 1, which is linear in tau² when all variances are
    /// equal; not positive where that function does not rise.
    [[nodiscard]] Real newton_step() const {
        Real const slope = 2 * trace * cubes - squared_trace * squares;
        return slope > 0 ? Real(unit * (squares - trace) * squares / slope) : Real(0);
    }
};

/// Finds the global maximum over tau² >= 0 of a likelihood given by its score.
///
/// The score can have several roots. Beyond t* = v_max - 2 v_min it has at most one: there v_max + t < 2
/// (v_min + t), and at a root the slope is at most (u_max - 2 u_min) tr P < 0, with u = 1/(v + t). Below t*
/// intervals are halved until the end values prove that an interval holds no root, or that the score is
/// monotone in it; so no maximum is missed. Roots are found by safeguarded Newton steps; the likelihood
/// itself decides only between several maxima.
///
/// \param terms tau² -> score_terms
/// \param log_likelihood tau² -> log-likelihood up to a constant
template <class Terms, class LogLikelihood, real Real>
class likelihood_maximum {
  public:
    likelihood_maximum(Terms const& terms, LogLikelihood const& log_likelihood, Real const& tolerance,
                       int const limit)
        : terms_(terms), log_likelihood_(log_likelihood), tolerance_(tolerance), limit_(limit) {}

    [[nodiscard]] basic_tau_squared_estimate<Real> operator()(Real const& smallest_variance,
                                                              Real const& largest_variance) {
        auto lower = evaluate(Real(0));
        if (!lower.rising()) {
            offer(Real(0));
        }
        if (largest_variance > 2 * smallest_variance) {
            lower = search_below(lower, evaluate(largest_variance - 2 * smallest_variance));
        }
        if (lower.rising()) {
            offer(root_above(lower));
        }
        return {best_, iterations_, iterations_ < limit_ ? status::ok : status::not_converged};
    }

  private:
    using score = score_terms<Real>;

    score evaluate(Real const& tau_squared) {
        ++iterations_;
        return terms_(tau_squared);
    }

    void offer(Real const& tau_squared) {
        if (!found_) {
            best_ = tau_squared;
            found_ = true;
            return;
        }
        if (log_likelihood_(tau_squared) > log_likelihood_(best_)) {
            best_ = tau_squared;
        }
    }

    static bool has_no_root(score const& lower, score const& upper) {
        Real const ratio = lower.unit / upper.unit;
        return upper.squares * ratio > lower.trace || lower.squares < upper.trace * ratio;
    }

    static bool is_monotone(score const& lower, score const& upper) {
        Real const ratio = square(Real(lower.unit / upper.unit));
        return lower.squared_trace < 2 * upper.cubes * ratio || upper.squared_trace * ratio > 2 * lower.cubes;
    }

    /// Offers every maximum between two points and returns the upper one.
    score search_below(score lower, score const& end) {
        using std::sqrt;
        std::array<score, 64> pending;
        std::size_t count = 0;
        pending[count++] = end;
        while (count > 0) {
            score const upper = pending[count - 1];
            bool const narrow = upper.tau_squared - lower.tau_squared <= tolerance_ * lower.unit ||
                                count == pending.size() || iterations_ >= limit_;
            if (narrow || has_no_root(lower, upper) || is_monotone(lower, upper)) {
                if (lower.rising() && !upper.rising()) {
                    offer(root_between(lower, upper));
                }
                lower = upper;
                --count;
            } else {
                Real const middle = lower.tau_squared + (sqrt(Real(lower.unit * upper.unit)) - lower.unit);
                pending[count++] = evaluate(middle);
            }
        }
        return lower;
    }

    Real root_between(score lower, score upper) {
        using std::sqrt;
        score current = lower;
        while (iterations_ < limit_) {
            Real next = current.tau_squared + current.newton_step();
            if (!(next > lower.tau_squared && next < upper.tau_squared)) {
                next = lower.tau_squared + (sqrt(Real(lower.unit * upper.unit)) - lower.unit);
            }
            Real const change = next - current.tau_squared;
            if ((change < 0 ? Real(-change) : change) <= tolerance_ * current.unit ||
                upper.tau_squared - lower.tau_squared <= tolerance_ * lower.unit) {
                return next;
            }
            current = evaluate(next);
            (current.rising() ? lower : upper) = current;
        }
        return current.tau_squared;
    }

    /// The only root above a point where the score is positive: steps upwards at least double v + tau² when
    /// Newton's would not, until the score turns.
    Real root_above(score lower) {
        while (iterations_ < limit_) {
            Real const step = lower.newton_step();
            Real const change = step > 0 ? step : lower.unit;
            if (change <= tolerance_ * lower.unit) {
                return lower.tau_squared + change;
            }
            score const next = evaluate(lower.tau_squared + change);
            if (!next.rising()) {
                return root_between(lower, next);
            }
            lower = next;
        }
        return lower.tau_squared;
    }

    Terms const& terms_;
    LogLikelihood const& log_likelihood_;
    Real tolerance_;
    int limit_;
    int iterations_ = 0;
    Real best_ = Real(0);
    bool found_ = false;
};

} // namespace accrue::detail
