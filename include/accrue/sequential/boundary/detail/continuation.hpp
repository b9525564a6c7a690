#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/boundary/detail/score_density.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace accrue::detail {

/// The scores on which a trial goes on: one interval, two around a wedge, or none.
struct continuation_region {
    std::array<score_interval, 2> intervals;
    std::size_t count;

    [[nodiscard]] std::span<score_interval const> span() const { return std::span(intervals).first(count); }
};

/// Where a trial stops at one look, on the Z scale: beyond `lower` or `upper`, or between `inner` (which is
/// empty when it ends before it begins).
struct stopping_region {
    double lower;
    double upper;
    score_interval inner = {0, -1};
};

/// Whether a look can stop a trial at all.
inline bool can_stop(stopping_region const& stop) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    return stop.lower > -infinity || stop.upper < infinity || stop.inner.lower < stop.inner.upper;
}

inline stopping_region region_at(stopping_boundaries const& bounds, std::size_t const look) {
    auto result = stopping_region{.lower = bounds.lower[look],
                                  .upper = (std::max)(bounds.lower[look], bounds.upper[look])};
    if (!bounds.wedge.empty()) {
        result.inner = {bounds.lower_edge(look), bounds.wedge[look]};
    }
    return result;
}

/// The continuation region at information t under a drift. Where no boundary limits it, it is cut `reach`
/// standard deviations beyond the mean or beyond the opposite boundary, whichever is further out.
inline continuation_region continuation(stopping_region const& stop, double const information,
                                        double const mean, double const reach) {
    auto const root = std::sqrt(information);
    auto const bottom = (std::max)(stop.lower, (std::min)(mean, stop.upper) - reach) * root;
    auto const top = (std::min)(stop.upper, (std::max)(mean, stop.lower) + reach) * root;
    if (!(stop.inner.lower < stop.inner.upper)) {
        return {.intervals = {score_interval{bottom, top}, {}}, .count = bottom < top ? 1U : 0U};
    }
    auto result = continuation_region{.intervals = {}, .count = 0};
    auto const add = [&](double const lower, double const upper) {
        if (lower < upper) {
            result.intervals[result.count++] = {lower, upper};
        }
    };
    add(bottom, (std::min)(top, stop.inner.lower * root));
    add((std::max)(bottom, stop.inner.upper * root), top);
    return result;
}

/// How many standard deviations a continuation region must reach so that nothing that matters to events of
/// this probability is cut off.
inline double reach_for(double const probability) {
    return normal::upper_quantile(std::clamp(1e-17 * probability, 1e-307, 1e-17));
}

/// The refinement that given boundaries need, those of `fractions` beginning at `first`.
inline double refinement_for_bounds(stopping_boundaries const& bounds, std::size_t const first,
                                    std::span<double const> const fractions) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto distance = 0.0;
    auto const rise = [&](double const before, double const after, std::size_t const k) {
        if (std::abs(before) < infinity && std::abs(after) < infinity) {
            distance = (std::max)(distance,
                                  (after * std::sqrt(fractions[k]) - before * std::sqrt(fractions[k - 1])) /
                                      std::sqrt(fractions[k] - fractions[k - 1]));
        }
    };
    for (std::size_t k = 1; k < fractions.size(); ++k) {
        rise(bounds.upper[first + k - 1], bounds.upper[first + k], k);
        rise(-bounds.lower[first + k - 1], -bounds.lower[first + k], k);
    }
    // Further out than this nothing that a double can hold crosses.
    return refinement_for((std::min)(distance, 40.0));
}

/// A random walk with a drift that is watched under given boundaries, look by look. A look at which nothing
/// can stop is passed over: the recursion goes in one step from one look that stops to the next.
class monitored_walk {
  public:
    /// A walk that is at `score` at information `start`; the looks are those that follow.
    monitored_walk(std::span<double const> const fractions, double const drift, double const start,
                   double const score, double const refinement = 1)
        : fractions_(fractions), drift_(drift), start_(start), score_(score),
          density_(drift, start, score, refinement) {}

    /// The density before the look that comes next, or after the last one.
    [[nodiscard]] score_density const& density() {
        settle();
        return density_;
    }
    /// Z expected at a look, given where the walk started.
    [[nodiscard]] double mean_at(std::size_t const look) const {
        return (score_ + drift_ * (fractions_[look] - start_)) / std::sqrt(fractions_[look]);
    }

    /// The probability of a Z value at or beyond `z` on that side at the next look.
    [[nodiscard]] double beyond(side const where, double const z) {
        if (!(std::abs(z) < std::numeric_limits<double>::infinity())) {
            auto const outwards = (z > 0) == (where == side::upper);
            return outwards ? 0 : density().mass();
        }
        auto const t = fractions_[look_];
        return density().crossing(where, z * std::sqrt(t), t).probability;
    }

    /// Goes on outside the stopping region of the next look, with the region's cut `reach`.
    void pass(stopping_region const& stop, double const reach) {
        if (can_stop(stop)) {
            settle();
            auto const t = fractions_[look_];
            pending_ = {.information = t, .region = continuation(stop, t, mean_at(look_), reach)};
        }
        ++look_;
    }

  private:
    /// A look that was passed, but not yet computed: how fine the panels must be depends on when the density
    /// is needed next.
    struct passed_look {
        double information;
        continuation_region region;
    };

    void settle() {
        if (pending_) {
            density_.advance(pending_->information, pending_->region.span(),
                             look_ < fractions_.size() ? fractions_[look_]
                                                       : std::numeric_limits<double>::infinity());
            pending_.reset();
        }
    }

    std::span<double const> fractions_;
    double drift_;
    double start_;
    double score_;
    std::size_t look_ = 0;
    score_density density_;
    std::optional<passed_look> pending_;
};

} // namespace accrue::detail
