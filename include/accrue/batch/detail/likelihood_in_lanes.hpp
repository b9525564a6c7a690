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

/// The search for a root of the score in each lane where it is positive at 0; elsewhere the point stays 0.
///
/// By the two last points and the slopes there tau² is a cubic function of trace / squares - 1, whose value
/// at 0 is the next point. Where that leaves the bracket, Newton's step is taken, or the bracket halved.
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
        Pack const gain = current.value - last_.value;
        Pack const secant = (point_ - last_.tau_squared) / gain;
        Pack const newton = point_ - current.value * current.rate;
        Pack const cubic =
            newton + (current.value * current.value) *
                         ((current.rate - secant) / gain -
                          (last_.value / gain) * ((current.rate - 2 * secant + last_.rate) / gain));
        Pack const middle =
            select(upper_ < infinity<double>(), 0.5 * (lower_ + upper_), point_ + at_point.unit);
        Pack const next = select(is_inside(cubic), cubic, select(is_inside(newton), newton, middle));
        // The error of the cubic is about the square of the product of the last two steps.
        Pack const change = (next - point_) / at_point.unit;
        Pack const error = (change * last_change_) * (change * last_change_);
        auto const is_last = (change * change <= tolerance_ * tolerance_) |
                             ((change * change <= 1e-6) & (error <= 1e-4 * tolerance_));
        point_ = select(found(), point_, next);
        done_ = select(is_last, 1, done_);
        last_change_ = change;
        last_ = current;
    }

  private:
    /// trace / squares - 1 at a point, and by how much tau² grows with it.
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
    Pack last_change_;
    curve_point last_;
};

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

/// Where it is proved that there is no other maximum than the one given: from 0 up to it, and on from there.
///
/// \param rising where the score is positive at 0; the maximum is a root then, and 0 elsewhere
template <class Pack, class Studies>
[[nodiscard, gnu::always_inline]] inline typename Pack::mask
is_only_maximum(Studies const& studies, score_terms<Pack> const& zero, score_terms<Pack> const& maximum,
                typename Pack::mask const& rising) {
    constexpr int most_probes = 4;
    Pack const sizes = studies.summary.sizes;
    Pack const free = studies.degrees_of_freedom();
    Pack const spread = studies.summary.largest - studies.summary.smallest;
    auto good = sizes > 0;
    auto proved = zero; // up to here
    Pack is_below = select(rising, 1, 0);
    for (int probe = 0;; ++probe) {
        auto const reached = (is_below > 0) & stays_positive(proved, maximum);
        is_below = select(reached, 0, is_below);
        proved = chosen(reached, maximum, proved);
        auto const done = ((is_below <= 0) & falls_for_good(proved, spread)) | (free <= 0);
        if (done.everywhere() || probe == most_probes) {
            return good & done;
        }
        Pack const halfway = proved.unit * (sqrt(maximum.unit / proved.unit) - 1);
        Pack const next = proved.tau_squared + select(is_below > 0, halfway, 2 * proved.unit);
        auto const fit = studies.fit(next);
        auto const upper = score_in_lanes(next, fit, free);
        auto const is_positive = (is_below > 0) & upper.rising() & stays_positive(proved, upper);
        auto const is_negative = (is_below <= 0) & stays_negative(proved, upper);
        good = good & (done | (traces_hold(fit, sizes) & (is_positive | is_negative)));
        proved = chosen(done, proved, upper);
    }
}

/// Maxima, and the fits there; good where it is proved to be the only one.
template <class Pack, class Fit>
struct lane_maximum : lane_tau_squared<Pack> {
    Fit fit;
};

/// What `likelihood_maximum` finds, side by side, where the likelihood is of the ordinary kind: where few
/// passes find the root and few points prove that it is the only one.
template <class Pack, class Studies, class Fit>
[[gnu::always_inline]] inline lane_maximum<Pack, Fit>
maximum_in_lanes(Studies const& studies, Fit const& common, double const tolerance) {
    constexpr int most_steps = 8;
    Pack const sizes = studies.summary.sizes;
    Pack const free = studies.degrees_of_freedom();
    auto const zero = score_in_lanes(Pack(0), common, free);
    auto const rising = zero.rising() & (free > 0);
    auto roots = lane_roots<Pack>(zero, rising, tolerance);
    auto good = traces_hold(common, sizes);
    auto fit = common;
    auto maximum = zero;
    for (int step = 0; step <= most_steps; ++step) {
        auto const found = roots.found();
        if (found.everywhere() && step == 0) {
            break;
        }
        fit = studies.fit(roots.point());
        good = good & traces_hold(fit, sizes);
        maximum = score_in_lanes(roots.point(), fit, free);
        if (found.everywhere()) {
            break;
        }
        roots.take(maximum);
    }
    maximum.trace = select(rising, maximum.squares, maximum.trace); // equal but for the tolerance
    return {{roots.point(), good & roots.found() & is_only_maximum(studies, zero, maximum, rising)}, fit};
}

} // namespace accrue::detail
