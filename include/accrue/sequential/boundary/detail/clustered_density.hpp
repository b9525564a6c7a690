#pragma once

#include <accrue/sequential/boundary/detail/score_density.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// A `score_density` whose cost is bounded however close looks come to each other.
///
/// Panels must be as fine as the smallest step, and looks 1e-9 apart would need a hundred thousand of them
/// over the whole range of scores. But within a cluster of looks that adds no more than T to the information
/// only trials within some sqrt(T) of a boundary can reach it. The others rest: they are kept at the first
/// look of the cluster in coarse panels, and take one long step to the first look after it. Fine panels are
/// needed for a narrow strip along each boundary alone. How far a trial may move is bounded as in
/// `score_cut`: no crossing probability changes in its last digit.
///
/// Away from a boundary by d the density is smooth on a scale of d / reach, since all steps that could have
/// brought a trial there from the boundary were that long; so the resting part may be as coarse at the end of
/// one cluster and the beginning of the next.
class clustered_density {
  public:
    /// \param looks information at all looks that stop
    clustered_density(std::vector<double> looks, double const refinement)
        : clustered_density(std::move(looks), 0, 0, 0, refinement) {}
    /// With a drift, from a score at some information on.
    clustered_density(std::vector<double> looks, double const drift, double const start, double const score,
                      double const refinement)
        : looks_(std::move(looks)), extra_(looks_.size(), 0.0), near_(drift, start, score, refinement),
          drift_(drift), start_(start), score_(score), refinement_(refinement) {}

    /// Everything at the beginning again; what was learnt about clusters is kept.
    void restart() {
        look_ = 0;
        near_ = score_density(drift_, start_, score_, refinement_);
        resting_.reset();
    }

    /// The last look of the cluster that begins at a look: that itself where it is alone. A cluster adds
    /// little, and not very much more than its first step.
    [[nodiscard]] std::size_t last_of_cluster(std::size_t const look) const {
        auto const t = looks_[look];
        auto const longest = (std::min)(1e-4 * t, 1e4 * (information_at(look + 1) - t));
        auto last = look;
        while (last + 1 < looks_.size() && looks_[last + 1] - t <= longest) {
            ++last;
        }
        return last;
    }
    /// Tells beforehand how much farther inwards than at its first look the boundaries of a cluster come.
    void make_room(std::size_t const look, double const inwards) {
        extra_[look] = (std::max)(extra_[look], inwards);
    }

    [[nodiscard]] double mass() const { return near_.mass() + (resting_ ? resting_->density.mass() : 0); }

    [[nodiscard]] boundary_crossing crossing(side const where, double const boundary,
                                             double const information) const {
        auto result = near_.crossing(where, boundary, information);
        if (resting_ && information >= resting_->until) {
            auto const more = resting_->density.crossing(where, boundary, information);
            result.probability += more.probability;
            result.density += more.density;
            result.slope += more.slope;
        }
        return result;
    }

    /// Whether the boundaries at the next look leave the resting trials alone. Where they don't, as when the
    /// second of two close looks spends far more than the first, the cluster is remembered to need fine
    /// panels up to the scores `bounds`, within which no boundary of the cluster can lie, and all has to
    /// `restart`.
    [[nodiscard]] bool holds(score_interval const& region, score_interval const& bounds) {
        if (!resting_ || !(looks_[look_] < resting_->until) ||
            (region.lower <= resting_->lowest && region.upper >= resting_->highest)) {
            return true;
        }
        extra_[resting_->look] =
            (std::max)(bounds.lower - resting_->region.lower, resting_->region.upper - bounds.upper);
        return false;
    }

    /// Goes on within a region at the next look.
    ///
    /// \param reach how many standard deviations of a step matter
    /// \param lower_stops whether the lower end is a boundary, or just where what is negligible is cut off
    void advance(score_interval const& region, double const reach, bool const lower_stops) {
        auto const t = looks_[look_];
        auto const next = information_at(look_ + 1);
        if (resting_ && t < resting_->until) {
            auto const moved = farthest_move(reach, t - looks_[resting_->look]);
            auto const strips = std::array{score_interval{region.lower, resting_->strip.lower + moved},
                                           score_interval{resting_->strip.upper - moved, region.upper}};
            near_.advance(t, std::span(strips).subspan(resting_->lower_stops ? 0 : 1), next);
        } else {
            leave_cluster(region, reach, lower_stops);
        }
        ++look_;
    }

  private:
    /// The trials that rest, and where.
    struct resting_part {
        score_density density;
        std::size_t look;      ///< at which they rest
        double until;          ///< information at which they move
        score_interval region; ///< in which the trial went on at that look
        score_interval strip;  ///< in which they rest
        double lowest;         ///< as far in as boundaries may come without reaching them
        double highest;
        bool lower_stops;
    };

    [[nodiscard]] double information_at(std::size_t const look) const {
        return look < looks_.size() ? looks_[look] : std::numeric_limits<double>::infinity();
    }

    /// How far a trial may move while so much information comes in.
    [[nodiscard]] double farthest_move(double const reach, double const information) const {
        return reach * std::sqrt(information) + std::abs(drift_) * information;
    }

    void leave_cluster(score_interval const& region, double const reach, bool const lower_stops) {
        auto const t = looks_[look_];
        auto const next = information_at(look_ + 1);
        auto const last = last_of_cluster(look_);
        auto const* const rest = resting_ ? &resting_->density : nullptr;
        auto const moved = farthest_move(reach, looks_[last] - t);
        auto const margin = 2 * moved + extra_[look_];
        auto const strip = score_interval{region.lower + (lower_stops ? margin : 0), region.upper - margin};
        if (last == look_ || !(strip.upper - strip.lower > 2 * moved)) {
            near_.advance(t, std::array{region}, next, rest);
            resting_.reset();
            return;
        }
        auto distant = resting_part{.density = near_,
                                    .look = look_,
                                    .until = information_at(last + 1),
                                    .region = region,
                                    .strip = strip,
                                    .lowest = lower_stops ? strip.lower - moved : region.upper,
                                    .highest = strip.upper + moved,
                                    .lower_stops = lower_stops};
        distant.density.advance(t, std::array{strip}, distant.until, rest, looks_[last] - t);
        auto const strips =
            std::array{score_interval{region.lower, strip.lower}, score_interval{strip.upper, region.upper}};
        near_.advance(t, std::span(strips).subspan(lower_stops ? 0 : 1), next, rest);
        resting_ = std::move(distant);
    }

    std::vector<double> looks_;
    std::vector<double> extra_;
    std::size_t look_ = 0;
    score_density near_;
    double drift_;
    double start_;
    double score_;
    double refinement_;
    std::optional<resting_part> resting_;
};

} // namespace accrue::detail
