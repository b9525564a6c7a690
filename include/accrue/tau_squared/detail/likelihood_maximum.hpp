#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/detail/negligible_variance.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace accrue::detail {

/// The score of a (restricted) log-likelihood at one tau², twice of which is `squares - trace`, and twice of
/// whose derivative is `squared_trace - 2 cubes`. All are in powers of `unit`, the smallest v + tau², to be
/// free of scale.
///
/// In the eigenbasis of the restricted covariance squares, trace, cubes, squared_trace and q are sums over j
/// of z_j² / (a_j + tau²)², 1 / (a_j + tau²), z_j² / (a_j + tau²)³, 1 / (a_j + tau²)² and z_j² / (a_j +
/// tau²), with every a_j between the smallest variance and the largest.
///
/// `Number` is a `real`, or a pack of them for several likelihoods side by side.
template <class Number>
struct score_terms {
    Number tau_squared;
    Number unit;
    Number squares;       ///< unit   * y'PPy
    Number trace;         ///< unit   * tr P  (restricted)  or tr W
    Number cubes;         ///< unit²  * y'PPPy
    Number squared_trace; ///< unit²  * tr PP (restricted)  or tr WW
    Number excess;        ///< unit   * (y'Py - (k - 1))
    Number q;             ///< y'Py, or a bound above it

    [[nodiscard, gnu::always_inline]] auto rising() const { return squares > trace; }

    /// What the moment estimator of tau² is if tau² is this and all variances are as much more: the excess of
    /// Q over its expectation, over what its expectation gains with tau². At 0 it is DerSimonian and Laird's.
    [[nodiscard, gnu::always_inline]] Number moment_step() const { return excess / trace; }

    /// unit * squares times the derivative of trace / squares by tau².
    [[nodiscard, gnu::always_inline]] Number slope() const {
        return 2 * trace * (cubes / squares) - squared_trace;
    }
};

// What scores prove, for one likelihood or for a pack of them; `likelihood_search` says why. The spread is
// that of the variances, v_max - v_min.

/// Whether (1 + a x)(1 + b x) is greater than share (1 + c x) for all x > 0, where share is at most 1; with a
/// margin for a root that is known but for its tolerance.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto outgrows(Number const& a, Number const& b, Number const& share,
                                                       Number const& c) {
    Number const loss = share * c;
    Number const linear = a + b - loss;
    auto const is_small = loss <= (1 - 1e-5) * (a + b);
    auto const has_no_root = linear * linear < 4 * (a * b) * (1 - share);
    return is_small | has_no_root;
}

/// Whether there is no root above a point whose score is negative, or which is a root.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto falls_for_good(score_terms<Number> const& point,
                                                             Number const& spread) {
    // Squares that are lost below the end of the type prove nothing.
    auto const has_squares = point.squares > 0;
    auto const outgrown =
        outgrows(Number(point.squares / point.q), Number(point.unit / (point.unit + spread)),
                 Number(point.squares / point.trace), Number(point.squared_trace / point.trace));
    auto const has_none = point.squares <= 0;
    auto const had_none = point.q <= 0;
    return (has_squares & outgrown) | (has_none & had_none);
}

/// Whether there is no root between two points whose scores are negative, or the lower of which is a root.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto stays_negative(score_terms<Number> const& lower,
                                                             score_terms<Number> const& upper) {
    Number const ratio = (upper.squares / lower.squares) * (lower.unit / upper.unit);
    Number const rise = (1 / sqrt(ratio) - 1) * (lower.unit / (upper.tau_squared - lower.tau_squared));
    auto const outgrown =
        outgrows(rise, rise, Number(lower.squares / lower.trace), Number(lower.squared_trace / lower.trace));
    auto const is_known = ratio > 1e-300; // it can underflow
    return outgrown & is_known;
}

/// Whether there is no root between two points whose scores are positive, or the upper of which is a root.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto stays_positive(score_terms<Number> const& lower,
                                                             score_terms<Number> const& upper) {
    Number const rest =
        1 - (upper.cubes / upper.squares) * ((upper.tau_squared - lower.tau_squared) / upper.unit);
    auto const rounded = Number(1e-24); // the square of an error in the difference, and more
    return (rest * rest + rounded) * (lower.trace / lower.unit) < upper.squares / upper.unit;
}

/// Whether squares / trace is monotone between two points.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto
is_monotone(score_terms<Number> const& lower, score_terms<Number> const& upper, Number const& spread) {
    Number const a = lower.unit / upper.unit;
    Number const ab = a * (upper.unit + spread) / (lower.unit + spread);
    auto const falls = lower.squared_trace * upper.squares < 2 * upper.cubes * lower.trace * ab;
    auto const rises = upper.squared_trace * lower.squares * ab > 2 * lower.cubes * upper.trace;
    return falls | rises;
}

/// The search for the global maximum over tau² >= 0 of a likelihood that is given by its score: it asks for
/// the score at one point after another, so that many searches can share passes over their studies.
///
/// The score can have several roots, so Newton's method finds one root, and the values of the score that were
/// computed on the way then have to prove that there is no other. With a = v_min + t and b = v_max + t:
///
/// - squares^-1/2 and trace^-1 are power means (up to a factor) of the a_j + tau², of orders -2 and -1. So
///   they are concave functions of tau²: within an interval they lie above their chords and below their
///   tangents at the ends. `stays_positive`: the square of the upper tangent of squares^-1/2, which is
///   convex, stays below the chord of trace^-1 if it does so at the ends. `stays_negative`: the square of the
///   chord of squares^-1/2 less the lower tangent of trace^-1 is quadratic.
/// - The logarithmic derivatives 2 cubes / squares and squared_trace / trace fall as t grows, and so they do
///   times b. So their values at the ends of an interval tell whether squares / trace is monotone within it,
///   and the root single.
/// - `falls_for_good`: at t + x the terms of squares are z_j² / y² at t, y = a_j + t, times the square of
///   y / (y + x), and those of trace are 1/y times 1 / (1 + x/y). y / (y + x) is at most b / (b + x) and
///   concave in y, the other convex in 1/y. So by Jensen's inequality squares at t + x is at most squares /
///   ((1 + x squares/q) (1 + x/b)), and trace at least trace / (1 + x squared_trace/trace): whether there is
///   no root above t is told by a quadratic function of x.
/// - Beyond t* = v_max - 2 v_min there is at most one root: there b < 2a, and at a root the slope is at most
///   (1/a - 2/b) trace < 0.
///
/// Intervals for which nothing is proved are halved until something is. The likelihood itself decides only
/// between several maxima.
///
///     while (!search.finished()) search.take(score at search.point());
///
/// `maxima()` then holds the only maximum, or all that the likelihood must decide between.
template <real Real>
class likelihood_search {
  public:
    /// \param start a guess of the maximum, such as that of nearly the same studies; 0 for none. It changes
    /// the time that is needed, not what is found.
    likelihood_search(Real const& smallest_variance, Real const& largest_variance, Real const& start,
                      Real const& tolerance, int const limit)
        : start_(start), tolerance_(tolerance), limit_(limit), spread_(largest_variance - smallest_variance),
          last_of_several_(spread_ - smallest_variance) {}

    [[nodiscard]] bool finished() const { return finished_; }
    /// Where the score is wanted next.
    [[nodiscard]] Real const& point() const { return point_; }
    [[nodiscard]] std::span<Real const> maxima() const { return {maxima_.data(), maximum_count_}; }
    [[nodiscard]] int iterations() const { return iterations_; }
    /// Whether the search was cut short, so that the maxima are not proved.
    [[nodiscard]] bool exhausted() const { return count_ == known_.size() || iterations_ >= limit_; }

    void take(score_terms<Real> const& at_point) {
        ++iterations_;
        file(at_point);
        if (iterations_ == 1) {
            take_zero(at_point);
        } else if (iterations_ == 2 && start_ > 0) {
            take_start(at_point);
        } else if (solving_) {
            approach(at_point);
        } else {
            prove();
        }
    }

  private:
    using score = score_terms<Real>;

    void take_zero(score const& zero) {
        if (!zero.rising()) {
            offer(Real(0));
        }
        if (!(start_ > 0) && zero.rising()) {
            start_ = zero.moment_step();
        }
        if (nothing_above(zero)) {
            finished_ = true;
        } else if (start_ > 0) {
            point_ = start_;
        } else if (zero.rising()) {
            solve(zero, infinity<Real>(), zero);
        } else {
            prove();
        }
    }

    void take_start(score const& first) {
        score const zero = known_[0];
        if (zero.rising() || first.rising()) {
            solve(zero, infinity<Real>(), first);
        } else {
            prove();
        }
    }

    /// Puts a score among those known, which are kept in order.
    void file(score const& at_point) {
        std::size_t place = count_++;
        for (; place > 0 && known_[place - 1].tau_squared > at_point.tau_squared; --place) {
            known_[place] = known_[place - 1];
        }
        known_[place] = at_point;
    }

    void offer(Real const& tau_squared) { maxima_[maximum_count_++] = tau_squared; }

    /// Looks for the root between a point where the score is positive and one where it is not, or infinity.
    void solve(score const& lower, Real const& upper, score const& current) {
        solving_ = true;
        lower_ = lower;
        upper_ = upper;
        last_change_ = Real(0);
        stretch_ = sqrt(Real(2));
        approach(current);
    }

    /// Newton's step. One that leaves the bracket is replaced by the bracket's middle. While there is no
    /// upper end, v_min + tau² is multiplied instead, by 2 and then by more and more.
    void approach(score const& current) {
        if (current.rising()) {
            lower_ = current;
        } else {
            upper_ = current.tau_squared;
        }
        Real const step = newton_step(current);
        Real const change = magnitude(step);
        Real const next = current.tau_squared + step;
        bool const inside = next > lower_.tau_squared && next < upper_;
        if (is_last(change, last_change_, current.unit) || exhausted()) {
            arrive(inside ? next : next < upper_ || is_unbounded() ? lower_.tau_squared : upper_);
            return;
        }
        last_change_ = inside ? change : Real(0); // 0: the last step was not Newton's
        if (inside) {
            point_ = next;
            return;
        }
        if (is_unbounded()) {
            // 2, 4, 16, 256, ... so that hundreds of orders of magnitude are crossed in a few steps
            stretch_ = stretch_ < square(Real(1e8)) ? square(stretch_) : stretch_;
        } else {
            stretch_ = sqrt(Real(1 + (upper_ - lower_.tau_squared) / lower_.unit));
        }
        point_ = lower_.tau_squared + lower_.unit * (stretch_ - 1);
        if (!(point_ > lower_.tau_squared && point_ < upper_)) {
            arrive(lower_.tau_squared); // the bracket holds no number between its ends
        }
    }

    /// The Newton step for the root of trace / squares - 1, which is linear in tau² when all variances are
    /// equal; infinite where that function does not rise.
    [[nodiscard]] static Real newton_step(score const& point) {
        Real const slope = point.slope();
        return slope > 0 ? Real(point.unit * (point.squares - point.trace) / slope) : infinity<Real>();
    }

    [[nodiscard]] bool is_unbounded() const { return !(upper_ < infinity<Real>()); }

    /// Whether the error after a Newton step is negligible. Near the root each step is about the square of
    /// the last one on the scale of v_min + tau², so that the next would be change³ / last_change² or less.
    [[nodiscard]] bool is_last(Real const& change, Real const& last_change, Real const& unit) const {
        Real const negligible = tolerance_ * unit;
        Real const next = change * square(Real(change / last_change));
        return change <= negligible || (change <= 1000 * negligible && next <= negligible / 10000);
    }

    void arrive(Real const& root) {
        solving_ = false;
        root_ = root;
        prove();
    }

    /// Goes through the known points from 0 upwards, asks for points until every interval between them is
    /// proved to hold no root or just one, and offers the maxima.
    void prove() {
        for (; !nothing_above(known_[proved_]); ++proved_) {
            score const lower = known_[proved_];
            bool const is_top = proved_ + 1 == count_;
            bool const is_last_interval = lower.tau_squared >= last_of_several_ || (is_top && exhausted());
            if (is_last_interval && !lower.rising()) {
                break;
            }
            if (is_last_interval) {
                if (!(root_ >= lower.tau_squared)) {
                    solve(lower, infinity<Real>(), lower);
                    return;
                }
                offer(root_);
                break;
            }
            if (is_top) {
                point_ = extension(lower);
                return;
            }
            score const upper = known_[proved_ + 1];
            if (!is_settled(lower, upper)) {
                point_ = middle(lower, upper);
                return;
            }
            if (lower.rising() && !upper.rising()) {
                if (!(root_ >= lower.tau_squared && root_ <= upper.tau_squared)) {
                    solve(lower, upper.tau_squared, lower);
                    return;
                }
                offer(root_);
            }
        }
        finished_ = true;
    }

    /// A point above all known ones where the proof is likely to end.
    [[nodiscard]] Real extension(score const& top) const {
        Real const further = top.tau_squared + 2 * top.unit;
        return top.rising() && further < last_of_several_ ? further : last_of_several_;
    }

    [[nodiscard]] bool is_settled(score const& lower, score const& upper) const {
        return is_monotone(lower, upper, spread_) || has_no_root(lower, upper) ||
               is_negligible(lower, upper) || exhausted();
    }

    [[nodiscard]] bool nothing_above(score const& point) const {
        return !point.rising() && falls_for_good(point, spread_);
    }

    [[nodiscard]] static bool has_no_root(score const& lower, score const& upper) {
        return lower.rising() == upper.rising() &&
               (lower.rising() ? stays_positive(lower, upper) : stays_negative(lower, upper));
    }

    /// The point that halves an interval on the scale of log(v_min + tau²).
    static Real middle(score const& lower, score const& upper) {
        return lower.tau_squared + lower.unit * (sqrt(Real(upper.unit / lower.unit)) - 1);
    }

    /// Two maxima within a share d of v_min + tau² differ by d³ or so in the log-likelihood: not at all, once
    /// d² is within the tolerance.
    [[nodiscard]] bool is_negligible(score const& lower, score const& upper) const {
        return square(Real((upper.tau_squared - lower.tau_squared) / lower.unit)) <= tolerance_;
    }

    Real start_;
    Real tolerance_;
    int limit_;
    Real spread_;                  ///< v_max - v_min
    Real last_of_several_;         ///< t*
    Real point_ = Real(0);         ///< the next to evaluate
    std::array<score, 128> known_; ///< in order of tau²
    std::size_t count_ = 0;        ///< known scores
    std::size_t proved_ = 0;       ///< known scores up to which all maxima have been offered
    int iterations_ = 0;           ///< scores taken
    Real root_ = Real(-1);         ///< the one that was found last; negative for none
    score lower_;                  ///< the lower end of the bracket of the root that is being solved for
    Real upper_;                   ///< the upper one, or infinity
    Real last_change_ = Real(0);   ///< the size of the last step, if it was Newton's; else 0
    Real stretch_ = Real(2);       ///< the last factor of v_min + tau² that was not Newton's
    std::array<Real, 65> maxima_;  ///< no more than there are pairs of known scores
    std::size_t maximum_count_ = 0;
    bool solving_ = false;
    bool finished_ = false;
};

/// The global maximum over tau² >= 0 of a likelihood with several studies.
///
/// \param method has the `log_likelihood` (up to a constant), `tolerance` and `max_iterations`
/// \param terms tau² -> score_terms
/// \param guess as `start` of `likelihood_search`
template <evidence Evidence, class Method, class Terms>
[[nodiscard]] auto likelihood_maximum(Evidence const& studies, Method const& method, Terms const& terms,
                                      real_t<Evidence> const& guess) -> tau_squared_estimate_of<Evidence> {
    using Real = real_t<Evidence>;
    Real const negligible = negligible_variance(studies);
    auto search = likelihood_search<Real>(studies.smallest_variance() + negligible,
                                          studies.largest_variance() + negligible, guess,
                                          Real(method.tolerance), method.max_iterations);
    while (!search.finished()) {
        auto score = terms(Real(search.point() + negligible));
        if (!(is_finite(score.squares) && is_finite(score.trace))) [[unlikely]] {
            return {not_a_number<Real>(), search.iterations(), status::undefined};
        }
        score.tau_squared = search.point();
        search.take(score);
    }
    Real best = search.maxima()[0];
    for (Real const& other : search.maxima().subspan(1)) {
        best = method.log_likelihood(studies, other) > method.log_likelihood(studies, best) ? other : best;
    }
    return {best, search.iterations(), search.exhausted() ? status::not_converged : status::ok};
}

} // namespace accrue::detail
