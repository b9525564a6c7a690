#pragma once

#include <accrue/detail/sequential/score_density.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/stopping_boundaries.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace accrue::detail {

/// The scores on which a trial goes on: one interval, two around a wedge, or none.
struct continuation_region {
    std::array<score_interval, 2> intervals;
    std::size_t count;

    [[nodiscard]] std::span<score_interval const> span() const { return std::span(intervals).first(count); }
};

/// The continuation region at information t under a drift, for boundaries on the Z scale. Where no boundary
/// limits it, it is cut `reach` standard deviations beyond the mean or beyond the opposite boundary,
/// whichever is further out.
inline continuation_region continuation(double const lower, double const upper, double const wedge,
                                        double const information, double const drift, double const reach) {
    auto const root = std::sqrt(information);
    auto const mean = drift * root;
    auto const bottom = std::max(lower, std::min(mean, upper) - reach) * root;
    auto const top = std::min(upper, std::max(mean, lower) + reach) * root;
    if (!(wedge > 0)) {
        return {.intervals = {score_interval{bottom, top}, {}}, .count = bottom < top ? 1U : 0U};
    }
    auto result = continuation_region{.intervals = {}, .count = 0};
    if (bottom < -wedge * root) {
        result.intervals[result.count++] = {bottom, std::min(top, -wedge * root)};
    }
    if (wedge * root < top) {
        result.intervals[result.count++] = {std::max(bottom, wedge * root), top};
    }
    return result;
}

/// How many standard deviations a continuation region must reach so that nothing that matters to events of
/// this probability is cut off.
inline double reach_for(double const probability) {
    return normal::upper_quantile(std::clamp(1e-17 * probability, 1e-307, 1e-17));
}

/// A random walk with a drift that is watched under given boundaries, look by look.
class monitored_walk {
  public:
    monitored_walk(std::span<double const> const fractions, double const drift)
        : fractions_(fractions), drift_(drift), density_(drift) {}

    [[nodiscard]] score_density const& density() const { return density_; }
    /// The look that comes next, counted from zero.
    [[nodiscard]] std::size_t look() const { return look_; }

    /// The probability of a Z value at or beyond `z` on that side at the next look.
    [[nodiscard]] double beyond(side const where, double const z) const {
        if (!(std::abs(z) < std::numeric_limits<double>::infinity())) {
            auto const outwards = (z > 0) == (where == side::upper);
            return outwards ? 0 : density_.mass();
        }
        auto const t = fractions_[look_];
        return density_.crossing(where, z * std::sqrt(t), t).probability;
    }

    /// Goes on within the boundaries at the next look, with the region's cut `reach`.
    void pass(double const lower, double const upper, double const wedge, double const reach) {
        auto const t = fractions_[look_];
        auto const next =
            look_ + 1 < fractions_.size() ? fractions_[look_ + 1] : std::numeric_limits<double>::infinity();
        density_.advance(t, continuation(lower, upper, wedge, t, drift_, reach).span(), next);
        ++look_;
    }

  private:
    std::span<double const> fractions_;
    double drift_;
    std::size_t look_ = 0;
    score_density density_;
};

} // namespace accrue::detail
