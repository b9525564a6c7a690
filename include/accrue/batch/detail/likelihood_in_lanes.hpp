#pragma once

#include <accrue/batch/detail/lanes.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>
#include <accrue/tau_squared/detail/likelihood_maximum.hpp>

namespace accrue::detail {

/// The score of a restricted likelihood at tau², from the fit there.
template <class Pack, class Fit>
[[nodiscard, gnu::always_inline]] inline score_terms<Pack>
score_in_lanes(Pack const& tau_squared, Fit const& fit, Pack const& degrees_of_freedom) {
    return {tau_squared,
            fit.unit,
            fit.score_squares(),
            fit.trace(),
            fit.curvature_squares(),
            fit.squared_trace(),
            excess(fit, degrees_of_freedom),
            fit.q()};
}

/// One score or the other.
template <class Pack>
[[nodiscard, gnu::always_inline]] inline score_terms<Pack>
chosen(typename Pack::mask const& condition, score_terms<Pack> const& yes, score_terms<Pack> const& no) {
    return {select(condition, yes.tau_squared, no.tau_squared),
            select(condition, yes.unit, no.unit),
            select(condition, yes.squares, no.squares),
            select(condition, yes.trace, no.trace),
            select(condition, yes.cubes, no.cubes),
            select(condition, yes.squared_trace, no.squared_trace),
            select(condition, yes.excess, no.excess),
            select(condition, yes.q, no.q)};
}

/// The search for a root of the score in each lane where it is positive at 0; elsewhere the point stays 0.
///
/// The two last points and the slopes there give tau² as a cubic function of trace / squares - 1, which is 0
/// at the root. Where that leads out of the bracket Newton's step is taken, or the bracket halved.
template <class Pack>
class lane_roots {
  public:
    using mask = typename Pack::mask;

    [[gnu::always_inline]] lane_roots(score_terms<Pack> const& zero, mask const& rising,
                                      double const tolerance)
        : tolerance_(tolerance), done_(select(rising, 0, 1)), last_(zero) {
        Pack const newton = select(last_.rate > 0, last_.rate * (0 - last_.value), zero.unit);
        Pack const moments = zero.moment_step();
        point_ = select(rising, select(moments > 0, moments, newton), 0);
        last_change_ = point_ / zero.unit;
    }

    /// Where the score is wanted next.
    [[nodiscard, gnu::always_inline]] Pack const& point() const { return point_; }
    /// Where the point is the root, but for a negligible error.
    [[nodiscard, gnu::always_inline]] mask found() const { return done_ > 0; }

    [[gnu::always_inline]] void take(score_terms<Pack> const& at_point) {
        lower_ = select(at_point.rising(), point_, lower_);
        upper_ = select(at_point.rising(), upper_, point_);
        auto const current = curve_point(at_point);
        Pack const per_gain = 1 / (current.value - last_.value);
        Pack const secant = (point_ - last_.tau_squared) * per_gain;
        Pack const second = (current.rate - secant) * per_gain;
        Pack const third = ((current.rate - secant) - (secant - last_.rate)) * (per_gain * per_gain);
        Pack const newton = point_ - current.value * current.rate;
        Pack const cubic = newton + (current.value * current.value) * (second - last_.value * third);
        Pack const middle =
            select(upper_ < infinity<double>(), 0.5 * (lower_ + upper_), point_ + at_point.unit);
        Pack const next = select(is_inside(cubic), cubic, select(is_inside(newton), newton, middle));
        // The error that is left is about the square of the product of the last two steps.
        Pack const change = (next - point_) / at_point.unit;
        Pack const product = change * last_change_;
        auto const is_last = (change * change <= tolerance_ * tolerance_) |
                             ((change * change <= 1e-6) & (product * product <= 1e-4 * tolerance_));
        point_ = select(found(), point_, next);
        done_ = select(is_last, 1, done_);
        last_change_ = change;
        last_ = current;
    }

  private:
    /// trace / squares - 1 at a point, and the derivative of tau² by it.
    struct curve_point {
        Pack tau_squared;
        Pack value;
        Pack rate;

        [[gnu::always_inline]] explicit curve_point(score_terms<Pack> const& score)
            : tau_squared(score.tau_squared), value((score.trace - score.squares) / score.squares),
              rate(score.unit * score.squares / score.slope()) {}
    };

    [[nodiscard, gnu::always_inline]] mask is_inside(Pack const& point) const {
        return (lower_ <= point) & (point <= upper_);
    }

    double tolerance_;
    Pack point_;
    Pack done_; ///< 1 where the root is found
    Pack lower_ = 0;
    Pack upper_ = infinity<double>();
    Pack last_change_; ///< of the point, as a share of the unit
    curve_point last_;
};

/// Maxima, and the fits there; good where it is proved that there is no other.
template <class Pack, class Fit>
struct lane_maximum : lane_tau_squared<Pack> {
    Fit fit;
};

/// What `likelihood_maximum` finds, side by side, where the likelihood is of the ordinary kind: few passes
/// over the studies find the root, and few points prove that it is the only one.
template <class Pack, class Studies, class Fit>
class lane_likelihoods {
  public:
    using mask = typename Pack::mask;

    /// \param common the fit with tau² = 0
    [[gnu::always_inline]] lane_likelihoods(Studies const& studies, Fit const& common)
        : studies_(studies), common_(common), sizes_(studies.summary.sizes),
          free_(studies.degrees_of_freedom()), zero_(score_in_lanes(Pack(0), common, free_)),
          rising_(zero_.rising() & (free_ > 0)) {}

    [[nodiscard, gnu::always_inline]] lane_maximum<Pack, Fit> maximum(double const tolerance) const {
        auto roots = lane_roots<Pack>(zero_, rising_, tolerance);
        // Powers of weights that differ more than this could underflow.
        auto const ordinary = 1e-30 * studies_.summary.largest <= studies_.summary.smallest;
        auto result = lane_maximum<Pack, Fit>{{0, traces_hold(common_, sizes_) & ordinary}, common_};
        auto score = zero_;
        // What is found of one does not depend on how long others take.
        for (int step = 0;; ++step) {
            auto const found = roots.found();
            result.value = roots.point();
            result.fit = studies_.fit(result.value, common_);
            result.good = result.good & traces_hold(result.fit, sizes_);
            score = score_in_lanes(result.value, result.fit, free_);
            if (found.everywhere() || step == most_steps) {
                result.good = result.good & found;
                break;
            }
            roots.take(score);
        }
        // A bracket that was halved last may be narrow without the root in its middle.
        Pack const excess = select(rising_, score.trace - score.squares, 0);
        result.good = result.good & (excess * excess <= 1e-12 * (score.trace * score.trace));
        score.trace = select(rising_, score.squares, score.trace); // equal but for the tolerance
        result.good = result.good & is_only_maximum(score);
        return result;
    }

  private:
    static constexpr int most_steps = 8;
    static constexpr int most_probes = 4;

    /// Where it is proved that a maximum is the only one: from 0 up to it, and on from there.
    [[nodiscard, gnu::always_inline]] mask is_only_maximum(score_terms<Pack> const& maximum) const {
        Pack const spread = studies_.summary.largest - studies_.summary.smallest;
        auto good = sizes_ > 0;
        auto proved = zero_; // up to here
        Pack is_below = select(rising_, 1, 0);
        for (int probe = 0;; ++probe) {
            auto const arrives = (is_below > 0) & stays_positive(proved, maximum);
            is_below = select(arrives, 0, is_below);
            proved = chosen(arrives, maximum, proved);
            auto const done = ((is_below <= 0) & falls_for_good(proved, spread)) | (free_ <= 0);
            if (done.everywhere() || probe == most_probes) {
                return good & done;
            }
            Pack const halfway = proved.unit * (sqrt(maximum.unit / proved.unit) - 1);
            Pack const next = proved.tau_squared + select(is_below > 0, halfway, 2 * proved.unit);
            auto const fit = studies_.fit(next, common_);
            auto const upper = score_in_lanes(next, fit, free_);
            auto const is_positive = (is_below > 0) & upper.rising() & stays_positive(proved, upper);
            auto const is_negative = (is_below <= 0) & stays_negative(proved, upper);
            good = good & (done | (traces_hold(fit, sizes_) & (is_positive | is_negative)));
            proved = chosen(done, proved, upper);
        }
    }

    Studies const& studies_;
    Fit const& common_;
    Pack sizes_;
    Pack free_; ///< degrees of freedom
    score_terms<Pack> zero_;
    mask rising_;
};

} // namespace accrue::detail
