#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/detail/clustered_density.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// How a monitored trial ends: the probabilities of stopping at each look at the lower boundary, at the upper
/// one, or in the wedge, and of still going on after the last look. All of them add up to 1.
///
/// Under no effect the sum of `upper` is the upper type I error; under the effect that a trial is planned for
/// it is the power.
struct exit_probabilities {
    std::vector<double> fractions;
    std::vector<double> lower;
    std::vector<double> upper;
    std::vector<double> wedge; ///< a difference, to about 1e-16: narrow wedges have few digits
    double going_on;

    [[nodiscard]] double total_upper() const { return std::accumulate(upper.begin(), upper.end(), 0.0); }
    [[nodiscard]] double total_lower() const { return std::accumulate(lower.begin(), lower.end(), 0.0); }
    [[nodiscard]] double total_wedge() const { return std::accumulate(wedge.begin(), wedge.end(), 0.0); }

    /// The mean information fraction at which the trial ends; a trial that never stops ends at its last look.
    [[nodiscard]] double expected_fraction() const {
        auto sum = going_on * fractions.back();
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            sum += fractions[k] * (lower[k] + upper[k] + wedge[k]);
        }
        return sum;
    }
};

namespace detail {

/// The walk of a score through given regions, one at each look, at a cost that is bounded however close the
/// looks are.
class bounded_walk {
  public:
    /// \param regions where the walk goes on at each look
    /// \param lower_stops whether the lower end of each is a boundary, or just where what is negligible is
    /// cut
    bounded_walk(std::vector<double> information, std::vector<continuation_region> regions,
                 std::vector<char> lower_stops, double const drift, double const start, double const score,
                 double const refinement)
        : regions_(std::move(regions)), lower_stops_(std::move(lower_stops)),
          density_(std::move(information), drift, start, score, refinement) {
        for (std::size_t i = 1; i < regions_.size(); ++i) {
            if (regions_[i].count != regions_[i - 1].count) {
                density_.break_before(i);
            }
        }
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            for (auto j = i; j <= density_.last_of_cluster(i); ++j) {
                lower_stops_[i] = lower_stops_[i] != 0 || lower_stops_[j] != 0 ? 1 : 0;
                for (std::size_t part = 0; part < regions_[i].count; ++part) {
                    auto const& before = regions_[i].intervals[part];
                    auto const& after = regions_[j].intervals[part];
                    density_.make_room(i, before.upper - after.upper);
                    density_.make_room(i, after.lower - before.lower);
                }
            }
        }
    }

    [[nodiscard]] double mass() const { return density_.mass(); }
    /// The probability of a score at or beyond a boundary on that side at the next look.
    [[nodiscard]] double beyond(side const where, double const boundary, double const information) const {
        if (!is_finite(boundary)) {
            return (boundary > 0) == (where == side::upper) ? 0 : density_.mass();
        }
        return density_.crossing(where, boundary, information).probability;
    }
    /// Goes on within the region of the next look; `reach` standard deviations of a step matter.
    void pass(double const reach) {
        density_.advance(regions_[passed_].span(), reach, lower_stops_[passed_] != 0);
        ++passed_;
    }

  private:
    std::vector<continuation_region> regions_;
    std::vector<char> lower_stops_;
    clustered_density density_;
    std::size_t passed_ = 0;
};

/// A walk that is watched under given boundaries, as `monitored_walk` is, at a cost that is bounded however
/// close its looks are.
class clustered_walk {
  public:
    /// \param first the look among `bounds` at which `fractions` begin
    /// \param reach how many standard deviations a continuation region reaches where nothing limits it
    clustered_walk(stopping_boundaries const& bounds, std::size_t const first,
                   std::span<double const> const fractions, double const drift, double const start,
                   double const score, double const reach)
        : fractions_(fractions), drift_(drift), start_(start), score_(score),
          walk_(walk_within(bounds, first, reach)) {}

    [[nodiscard]] double mass() const { return walk_.mass(); }
    /// Z expected at a look, given where the walk started.
    [[nodiscard]] double mean_at(std::size_t const look) const {
        return (score_ + drift_ * (fractions_[look] - start_)) / std::sqrt(fractions_[look]);
    }
    [[nodiscard]] double beyond(side const where, double const z, std::size_t const look) const {
        auto const t = fractions_[look];
        return walk_.beyond(where, z * std::sqrt(t), t);
    }
    /// The probability of a Z between two at a look: a difference of tails on the side where they are small.
    [[nodiscard]] double between(double const low, double const high, std::size_t const look) const {
        double const below = beyond(side::lower, low, look);
        double const above = beyond(side::upper, high, look);
        double const within =
            below < above ? beyond(side::lower, high, look) - below : beyond(side::upper, low, look) - above;
        return within > 0 ? within : 0;
    }
    void pass(stopping_region const& stop, double const reach) {
        if (can_stop(stop)) {
            walk_.pass(reach);
        }
    }

    [[nodiscard]] static bool has_wedge(stopping_region const& stop) {
        return stop.inner.lower < stop.inner.upper;
    }

  private:
    [[nodiscard]] bounded_walk walk_within(stopping_boundaries const& bounds, std::size_t const first,
                                           double const reach) const {
        auto information = std::vector<double>{};
        auto regions = std::vector<continuation_region>{};
        auto lower_stops = std::vector<char>{};
        for (std::size_t k = 0; k < fractions_.size(); ++k) {
            auto const stop = region_at(bounds, first + k);
            if (can_stop(stop)) {
                information.push_back(fractions_[k]);
                regions.push_back(continuation(stop, fractions_[k], mean_at(k), reach));
                lower_stops.push_back(stop.lower > -infinity<double>() || has_wedge(stop) ? 1 : 0);
            }
        }
        return {std::move(information),
                std::move(regions),
                std::move(lower_stops),
                drift_,
                start_,
                score_,
                refinement_for_bounds(bounds, first, fractions_)};
    }

    std::span<double const> fractions_;
    double drift_;
    double start_;
    double score_;
    bounded_walk walk_; ///< through the looks that can stop
};

/// The exits of a walk that is at `score` at information `start`, and whose looks begin at `first` of
/// `bounds`; `fractions` are those looks' alone.
inline exit_probabilities exits_of(stopping_boundaries const& bounds, std::size_t const first,
                                   std::span<double const> const fractions, double const drift,
                                   double const start, double const score) {
    auto const count = fractions.size();
    auto result = exit_probabilities{.fractions = {fractions.begin(), fractions.end()},
                                     .lower = std::vector<double>(count, 0.0),
                                     .upper = std::vector<double>(count, 0.0),
                                     .wedge = std::vector<double>(count, 0.0),
                                     .going_on = 0};
    // The rarest exit decides how far out scores matter.
    auto rarest = 1.0;
    for (std::size_t k = 0; k < count; ++k) {
        double const mean = (score + drift * (fractions[k] - start)) / std::sqrt(fractions[k]);
        for (auto const tail : {normal::survival(bounds.upper[first + k] - mean),
                                normal::survival(mean - bounds.lower[first + k])}) {
            rarest = tail > 0 ? (std::min)(rarest, tail) : rarest;
        }
    }
    auto const reach = reach_for(rarest);
    auto walk = clustered_walk(bounds, first, fractions, drift, start, score, reach);
    for (std::size_t k = 0; k < count; ++k) {
        auto const stop = region_at(bounds, first + k);
        result.upper[k] = walk.beyond(side::upper, stop.upper, k);
        result.lower[k] = walk.beyond(side::lower, stop.lower, k);
        if (clustered_walk::has_wedge(stop)) {
            result.wedge[k] = walk.between((std::max)(stop.inner.lower, stop.lower),
                                           (std::min)(stop.inner.upper, stop.upper), k);
        }
        walk.pass(stop, reach);
    }
    result.going_on = walk.mass();
    return result;
}

} // namespace detail

/// The exit probabilities of a trial with the given boundaries (Z values) at information fractions t_k, when
/// the statistic has mean `drift` sqrt(t): `drift` is the expected Z at t = 1, effect x sqrt(information at
/// t = 1). Zero is no effect.
///
/// Armitage P, McPherson CK, Rowe BC (1969), J R Stat Soc A 132:235-244, doi:10.2307/2343787.
///
/// \throws invalid_input when the fractions do not rise, a boundary has a wrong size or is NaN, or the drift
///   is not finite
[[nodiscard]] inline exit_probabilities
exits(stopping_boundaries const& bounds, std::span<double const> const fractions, double const drift = 0) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("drift", drift);
    return detail::exits_of(bounds, 0, fractions, drift, 0, 0);
}

/// The probability of stopping at the upper boundary under a drift: the power of a trial that is planned for
/// a positive effect.
///
/// \throws invalid_input as `exits` does
[[nodiscard]] inline double power(stopping_boundaries const& bounds, std::span<double const> const fractions,
                                  double const drift) {
    return exits(bounds, fractions, drift).total_upper();
}

/// `exits` with the fractions written where they are used: `exits(bounds, {0.5, 1}, drift)`.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline exit_probabilities exits(stopping_boundaries const& bounds,
                                              std::initializer_list<double> const fractions,
                                              double const drift = 0) {
    return exits(bounds, std::span<double const>(fractions.begin(), fractions.size()), drift);
}

/// `power` with the fractions written where they are used.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline double power(stopping_boundaries const& bounds,
                                  std::initializer_list<double> const fractions, double const drift) {
    return exits(bounds, fractions, drift).total_upper();
}

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    exits(Z const&, Rest const&...));

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    power(Z const&, Rest const&...));

template <std::convertible_to<double> Looks, class... Rest>
ACCRUE_REFUSED("exits are at looks: pass their fractions, such as {0.5, 1}, and then the drift",
               exits(stopping_boundaries const&, Looks, Rest const&...));

template <std::convertible_to<double> Looks, class... Rest>
ACCRUE_REFUSED("exits are at looks: pass their fractions, such as {0.5, 1}, and then the drift",
               power(stopping_boundaries const&, Looks, Rest const&...));

} // namespace accrue
