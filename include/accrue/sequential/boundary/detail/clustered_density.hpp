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
/// one cluster and the beginning of the next. Only where a boundary has just vanished, or the trial just
/// begun, is it finer within: as fine as the steps since then.
///
/// A trial may go on in two intervals, around a wedge, each of which has its resting trials. All looks of a
/// cluster stop on the same sides: one that has another kind of boundary than the look before begins a
/// cluster (`break_before`).
class clustered_density {
  public:
    /// No cluster adds more than this share to the information.
    static constexpr double widest = 1e-4;

    /// \param looks information at all looks that stop, which may count down to zero as a variance does
    clustered_density(std::vector<double> looks, double const refinement)
        : clustered_density(std::move(looks), 0, 0, 0, refinement) {}
    /// With a drift, from a score at some information on.
    clustered_density(std::vector<double> looks, double const drift, double const start, double const score,
                      double const refinement)
        : looks_(std::move(looks)), extra_(looks_.size(), 0.0), begins_(looks_.size(), 0),
          near_(drift, start, score, refinement), drift_(drift), start_(start), score_(score),
          refinement_(refinement) {}

    /// Everything at the beginning again; what was learnt about clusters is kept.
    void restart() {
        look_ = 0;
        edges_.clear();
        near_ = score_density(drift_, start_, score_, refinement_);
        resting_.reset();
    }

    /// The last look of the cluster that begins at a look: that itself where it is alone. A cluster adds
    /// little, and not very much more than its first step.
    [[nodiscard]] std::size_t last_of_cluster(std::size_t const look) const {
        auto const t = looks_[look];
        auto const longest = (std::min)(widest * std::abs(t), 1e4 * (information_at(look + 1) - t));
        auto last = look;
        while (last + 1 < looks_.size() && begins_[last + 1] == 0 && looks_[last + 1] - t <= longest) {
            ++last;
        }
        return last;
    }
    /// Tells beforehand that a look stops at other sides than the one before.
    void break_before(std::size_t const look) { begins_[look] = 1; }
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
        } else if (resting_) {
            // Trials that rest are all on one side of a boundary.
            for (auto const& part : resting_->parts) {
                bool const above = part.rests && 0.5 * (part.strip.lower + part.strip.upper) > boundary;
                result.probability += above == (where == side::upper) ? part.mass : 0;
            }
        }
        return result;
    }

    /// Whether the boundaries at the next look leave the resting trials alone. Where they don't, as when the
    /// second of two close looks spends far more than the first, the cluster is remembered to need more room,
    /// and all has to `restart`.
    [[nodiscard]] bool holds(std::span<score_interval const> const region) {
        if (!resting_ || !(looks_[look_] < resting_->until)) {
            return true;
        }
        double missing = region.size() == resting_->count ? 0 : std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < region.size() && i < resting_->count; ++i) {
            auto const& part = resting_->parts[i];
            if (part.rests && (region[i].lower > part.lowest || region[i].upper < part.highest)) {
                missing = (std::max)(
                    {missing, region[i].lower - part.region.lower, part.region.upper - region[i].upper});
            }
        }
        extra_[resting_->look] = (std::max)(extra_[resting_->look], 2 * missing);
        return !(missing > 0);
    }
    [[nodiscard]] bool holds(score_interval const& region) { return holds(std::span(&region, 1)); }

    /// Goes on within a region, of one interval or two, at the next look.
    ///
    /// \param reach how many standard deviations of a step matter
    /// \param lower_stops whether the lower end is a boundary, or just where what is negligible is cut off
    void advance(std::span<score_interval const> const region, double const reach, bool const lower_stops) {
        auto const t = looks_[look_];
        auto const next = information_at(look_ + 1);
        if (resting_ && t < resting_->until) {
            auto const moved = farthest_move(reach, t - looks_[resting_->look]);
            auto strips = strip_list{};
            for (std::size_t i = 0; i < region.size(); ++i) {
                strips.add_beside(region[i], resting_->parts[i], moved, i > 0 || resting_->lower_stops);
            }
            near_.advance(t, strips.span(), next);
        } else {
            leave_cluster(region, reach, lower_stops);
        }
        for (std::size_t i = 0; i < region.size(); ++i) {
            if (i > 0 || lower_stops) {
                edges_.push_back({t, region[i].lower});
            }
            edges_.push_back({t, region[i].upper});
        }
        ++look_;
    }
    void advance(score_interval const& region, double const reach, bool const lower_stops) {
        advance(std::span(&region, 1), reach, lower_stops);
    }

  private:
    /// The trials of one interval that rest, and where.
    struct resting_interval {
        score_interval region = {}; ///< in which trials went on at the look at which they rest
        score_interval strip = {};  ///< in which they rest
        double lowest = 0;          ///< as far in as boundaries may come without reaching them
        double highest = 0;
        double mass = 0;
        bool rests = false;
    };
    struct resting_part {
        score_density density;
        std::size_t look;  ///< at which they rest
        double until;      ///< information at which they move
        std::size_t count; ///< of intervals
        std::array<resting_interval, 2> parts;
        bool lower_stops;
    };
    /// Where the density broke off at a look.
    struct edge {
        double information;
        double score;
    };
    /// The intervals that are followed closely.
    struct strip_list {
        std::array<score_interval, 4> strips = {};
        std::size_t count = 0;

        /// What of a region is not at rest, when trials have moved so far.
        void add_beside(score_interval const& region, resting_interval const& part, double const moved,
                        bool const lower_stops) {
            if (!part.rests) {
                strips[count++] = region;
                return;
            }
            if (lower_stops) {
                strips[count++] = {region.lower, part.strip.lower + moved};
            }
            strips[count++] = {part.strip.upper - moved, region.upper};
        }
        [[nodiscard]] std::span<score_interval const> span() const { return std::span(strips).first(count); }
    };

    [[nodiscard]] double information_at(std::size_t const look) const {
        return look < looks_.size() ? looks_[look] : std::numeric_limits<double>::infinity();
    }

    /// How far a trial may move while so much information comes in.
    [[nodiscard]] double farthest_move(double const reach, double const information) const {
        return reach * std::sqrt(information) + std::abs(drift_) * information;
    }

    /// The variance of all steps since the youngest edge within strips, or that trials reach from there: on
    /// its scale the density is smooth there. `enough` will do.
    [[nodiscard]] double smoothness(strip_list const& strips, double const moved, double const enough) const {
        auto const t = looks_[look_];
        for (auto i = edges_.size(); i > 0 && t - edges_[i - 1].information < enough; --i) {
            auto const& [information, score] = edges_[i - 1];
            for (auto const& strip : strips.span()) {
                if (score > strip.lower - moved && score < strip.upper + moved) {
                    return t - information;
                }
            }
        }
        return (std::min)(enough, t - start_);
    }

    void leave_cluster(std::span<score_interval const> const region, double const reach,
                       bool const lower_stops) {
        auto const t = looks_[look_];
        auto const next = information_at(look_ + 1);
        auto const last = last_of_cluster(look_);
        auto const* const rest = resting_ ? &resting_->density : nullptr;
        if (last == look_) {
            near_.advance(t, region, next, rest);
            resting_.reset();
            return;
        }
        auto const moved = farthest_move(reach, looks_[last] - t);
        auto const margin = 2 * moved + extra_[look_];
        auto distant = resting_part{.density = near_,
                                    .look = look_,
                                    .until = information_at(last + 1),
                                    .count = region.size(),
                                    .parts = {},
                                    .lower_stops = lower_stops};
        auto followed = strip_list{};
        auto resting = strip_list{};
        for (std::size_t i = 0; i < region.size(); ++i) {
            bool const stops_below = i > 0 || lower_stops;
            auto const strip =
                score_interval{region[i].lower + (stops_below ? margin : 0), region[i].upper - margin};
            auto& part = distant.parts[i];
            part = {.region = region[i],
                    .strip = strip,
                    .lowest = stops_below ? strip.lower - moved : region[i].upper,
                    .highest = strip.upper + moved,
                    .mass = 0,
                    .rests = strip.upper - strip.lower > 2 * moved};
            followed.add_beside(region[i], part, 0, stops_below);
            if (part.rests) {
                resting.strips[resting.count++] = strip;
            }
        }
        if (resting.count == 0) {
            near_.advance(t, region, next, rest);
            resting_.reset();
            return;
        }
        distant.density.advance(t, resting.span(), distant.until, rest,
                                smoothness(resting, moved, looks_[last] - t));
        distant.density.for_each_node([&](double const score, double const mass) {
            for (auto& part : distant.parts) {
                part.mass += part.rests && score > part.strip.lower && score < part.strip.upper ? mass : 0;
            }
        });
        near_.advance(t, followed.span(), next, rest);
        resting_ = std::move(distant);
    }

    std::vector<double> looks_;
    std::vector<double> extra_;
    std::vector<char> begins_;
    std::vector<edge> edges_ = {}; ///< of all looks so far
    std::size_t look_ = 0;
    score_density near_;
    double drift_;
    double start_;
    double score_;
    double refinement_;
    std::optional<resting_part> resting_;
};

} // namespace accrue::detail
