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
/// In the eigenbasis of the restricted covariance the four are sums over j of z_j² / (a_j + tau²)², 1 / (a_j
/// + tau²), z_j² / (a_j + tau²)³ and 1 / (a_j + tau²)², with every a_j between the smallest variance and the
/// largest.
template <real Real>
struct score_terms {
    Real tau_squared;
    Real unit;
    Real squares;       ///< unit   * y'PPy
    Real trace;         ///< unit   * tr P  (restricted)  or tr W
    Real cubes;         ///< unit²  * y'PPPy
    Real squared_trace; ///< unit²  * tr PP (restricted)  or tr WW

    [[nodiscard]] bool rising() const { return squares > trace; }

    /// A function of tau² and its derivative.
    struct curve_point {
        Real value;
        Real slope;
    };

    /// (y'PPy)^-1/2
    [[nodiscard]] curve_point squares_curve() const {
        using std::sqrt;
        Real const value = sqrt(Real(unit / squares));
        return {value, value * (cubes / squares) / unit};
    }

    /// (tr P)^-1/2
    [[nodiscard]] curve_point trace_curve() const {
        using std::sqrt;
        Real const value = sqrt(Real(unit / trace));
        return {value, value * (squared_trace / trace) / (2 * unit)};
    }

    /// The Newton step for the root of trace / squares - 1, which is linear in tau² when all variances are
    /// equal; infinite where that function does not rise.
    [[nodiscard]] Real newton_step() const {
        Real const slope = 2 * trace * (cubes / squares) - squared_trace;
        return slope > 0 ? Real(unit * (squares - trace) / slope) : infinity<Real>();
    }
};

/// Finds the global maximum over tau² >= 0 of a likelihood given by its score.
///
/// The score can have several roots, so Newton's method finds one root, and the values of the score that were
/// computed on the way then have to prove that there is no other. With a = v_min + t and b = v_max + t:
///
/// - squares^-1/2 and trace^-1 are power means (up to a factor) of the a_j + tau², of orders -2 and -1, so
/// they
///   are concave functions of tau², and so is the square root of the latter. Within an interval squares^-1/2
///   and trace^-1/2 lie above their chords and below their tangents at the ends: there is no root where the
///   tangents of one stay below the chord of the other.
/// - The logarithmic derivatives 2 cubes / squares and squared_trace / trace fall as t grows, and so they do
///   times b. So their values at the ends of an interval tell whether squares / trace is monotone within it,
///   and the root single.
/// - squares / trace is at most its value at t times max over x > 0 of (1 + x/a) / (1 + x/b)², which is b² /
///   (4 a (b - a)) if b > 2a, and else 1: when that is less than 1, there is no root above t.
/// - Beyond t* = v_max - 2 v_min there is at most one root: there b < 2a, and at a root the slope is at most
///   (1/a - 2/b) trace < 0.
///
/// Intervals for which nothing is proved are halved until something is. The likelihood itself decides only
/// between several maxima.
///
/// \param terms tau² -> score_terms
/// \param log_likelihood tau² -> log-likelihood up to a constant
template <class Terms, class LogLikelihood, real Real>
class likelihood_maximum {
  public:
    likelihood_maximum(Terms const& terms, LogLikelihood const& log_likelihood, Real const& tolerance,
                       int const limit)
        : terms_(terms), log_likelihood_(log_likelihood), tolerance_(tolerance), limit_(limit) {}

    /// \param start a guess of the maximum, such as that of nearly the same studies; 0 for none. It changes
    /// the time that is needed, not what is found.
    [[nodiscard]] basic_tau_squared_estimate<Real>
    operator()(Real const& smallest_variance, Real const& largest_variance, Real const& start = Real(0)) {
        spread_ = largest_variance - smallest_variance;
        last_of_several_ = spread_ - smallest_variance;
        score const zero = evaluate(Real(0));
        if (!zero.rising()) {
            offer(Real(0));
        }
        if (!nothing_above(zero)) {
            climb(start);
            prove();
        }
        return {best_, iterations_, exhausted() ? status::not_converged : status::ok};
    }

  private:
    using score = score_terms<Real>;

    /// Evaluates the score and files it among those known, which are kept in order.
    score const& evaluate(Real const& tau_squared) {
        ++iterations_;
        std::size_t place = count_++;
        for (; place > 0 && known_[place - 1].tau_squared > tau_squared; --place) {
            known_[place] = known_[place - 1];
        }
        return known_[place] = terms_(tau_squared);
    }

    [[nodiscard]] bool exhausted() const { return count_ == known_.size() || iterations_ >= limit_; }

    void offer(Real const& tau_squared) {
        if (!found_) {
            best_ = tau_squared;
            found_ = true;
        } else if (log_likelihood_(tau_squared) > log_likelihood_(best_)) {
            best_ = tau_squared;
        }
    }

    /// The point that halves an interval on the scale of log(v_min + tau²).
    static Real middle(score const& lower, score const& upper) {
        using std::sqrt;
        return lower.tau_squared + lower.unit * (sqrt(Real(upper.unit / lower.unit)) - 1);
    }

    [[nodiscard]] bool nothing_above(score const& point) const {
        if (point.rising()) {
            return false;
        }
        Real const ratio = 1 + spread_ / point.unit;
        return ratio <= 2 || point.squares * square(ratio) < point.trace * (4 * (ratio - 1));
    }

    [[nodiscard]] static bool has_no_root(score const& lower, score const& upper) {
        if (lower.rising() != upper.rising()) {
            return false;
        }
        return lower.rising() ? stays_below(lower.squares_curve(), upper.squares_curve(), lower.trace_curve(),
                                            upper.trace_curve(), upper.tau_squared - lower.tau_squared)
                              : stays_below(lower.trace_curve(), upper.trace_curve(), lower.squares_curve(),
                                            upper.squares_curve(), upper.tau_squared - lower.tau_squared);
    }

    /// Whether a concave function that is below another at both ends of an interval is so throughout: its
    /// tangents meet below the other's chord.
    template <class Point>
    [[nodiscard]] static bool stays_below(Point const& left, Point const& right, Point const& left_above,
                                          Point const& right_above, Real const& width) {
        Real const bend = left.slope - right.slope;
        if (!(bend > 0)) {
            return left.slope <= right.slope; // a straight line, but for rounding
        }
        Real const meeting = (right.value - left.value - right.slope * width) / bend;
        Real const peak = left.value + left.slope * meeting;
        return peak < left_above.value + (right_above.value - left_above.value) * (meeting / width);
    }

    [[nodiscard]] bool is_monotone(score const& lower, score const& upper) const {
        Real const a = lower.unit / upper.unit;
        Real const ab = a * (upper.unit + spread_) / (lower.unit + spread_);
        return lower.squared_trace * upper.squares < 2 * upper.cubes * lower.trace * ab ||
               upper.squared_trace * lower.squares * ab > 2 * lower.cubes * upper.trace;
    }

    /// Looks for a first root, from the start if there is one.
    void climb(Real const& start) {
        score const zero = known_[0];
        if (start > 0) {
            score const first = evaluate(start);
            if (zero.rising() || first.rising()) {
                root_ = solve(zero, infinity<Real>(), first);
            }
        } else if (zero.rising()) {
            root_ = solve(zero, infinity<Real>(), zero);
        }
    }

    /// The root between a point where the score is positive and one where it is not, by Newton steps. A step
    /// that leaves this bracket is replaced by its middle, or by doubling v_min + tau² while there is no
    /// upper end.
    Real solve(score lower, Real upper, score current) {
        using std::sqrt;
        Real last_change(0); // 0: the last step was not Newton's
        while (true) {
            if (current.rising()) {
                lower = current;
            } else {
                upper = current.tau_squared;
            }
            Real const step = current.newton_step();
            Real const change = step < 0 ? Real(-step) : step;
            Real next = current.tau_squared + step;
            if (is_last(change, last_change, current.unit) || exhausted()) {
                return next < lower.tau_squared ? lower.tau_squared : next < upper ? next : upper;
            }
            last_change = change;
            if (!(next > lower.tau_squared && next < upper)) {
                last_change = Real(0);
                Real const stretch =
                    upper < infinity<Real>()
                        ? Real(sqrt(Real((lower.unit + (upper - lower.tau_squared)) / lower.unit)))
                        : Real(2);
                next = lower.tau_squared + lower.unit * (stretch - 1);
                if (!(next > lower.tau_squared && next < upper)) {
                    return lower.tau_squared;
                }
            }
            current = evaluate(next);
        }
    }

    /// Whether the error after a Newton step is negligible. Near the root each step is about the square of
    /// the last one on the scale of v_min + tau², so that the next would be change³ / last_change² or less.
    [[nodiscard]] bool is_last(Real const& change, Real const& last_change, Real const& unit) const {
        Real const negligible = tolerance_ * unit;
        Real const next = change * square(Real(change / last_change));
        return change <= negligible || (change <= 1000 * negligible && next <= negligible / 10000);
    }

    /// Goes through the known points from 0 upwards, adds points until every interval between them is proved
    /// to hold no root or just one, and offers the maxima.
    void prove() {
        for (std::size_t i = 0; !nothing_above(known_[i]); ++i) {
            score const lower = known_[i];
            bool const is_top = i + 1 == count_;
            if (lower.tau_squared >= last_of_several_ || (is_top && exhausted())) {
                if (lower.rising()) {
                    offer(root_ >= lower.tau_squared ? root_ : solve(lower, infinity<Real>(), lower));
                }
                return;
            }
            if (is_top) {
                evaluate(extension(lower));
            }
            while (!is_settled(lower, known_[i + 1])) {
                evaluate(middle(lower, known_[i + 1]));
            }
            score const upper = known_[i + 1];
            if (lower.rising() && !upper.rising()) {
                bool const is_known = root_ >= lower.tau_squared && root_ <= upper.tau_squared;
                offer(is_known ? root_ : solve(lower, upper.tau_squared, lower));
                while (known_[i + 1].tau_squared < upper.tau_squared) {
                    ++i;
                }
            }
        }
    }

    /// A point above all known ones where the proof is likely to end.
    [[nodiscard]] Real extension(score const& top) const {
        Real const further = top.tau_squared + 2 * top.unit;
        return top.rising() && further < last_of_several_ ? further : last_of_several_;
    }

    [[nodiscard]] bool is_settled(score const& lower, score const& upper) const {
        return has_no_root(lower, upper) || is_monotone(lower, upper) || is_negligible(lower, upper) ||
               exhausted();
    }

    /// Two maxima within a share d of v_min + tau² differ by d³ or so in the log-likelihood: not at all, once
    /// d² is within the tolerance.
    [[nodiscard]] bool is_negligible(score const& lower, score const& upper) const {
        return square(Real((upper.tau_squared - lower.tau_squared) / lower.unit)) <= tolerance_;
    }

    Terms const& terms_;
    LogLikelihood const& log_likelihood_;
    Real tolerance_;
    int limit_;
    Real spread_ = Real(0);          ///< v_max - v_min
    Real last_of_several_ = Real(0); ///< t*
    std::array<score, 128> known_;   ///< in order of tau²
    std::size_t count_ = 0;
    int iterations_ = 0;
    Real root_ = Real(-1); ///< the one that the climb found; negative for none
    Real best_ = Real(0);
    bool found_ = false;
};

} // namespace accrue::detail
