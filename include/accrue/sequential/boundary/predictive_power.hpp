#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/conditional_power.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// What was believed about the drift before the trial: normal with this mean, and worth as much as a trial of
/// information fraction `information`. Zero information is the flat prior.
struct drift_prior {
    double mean = 0;
    double information = 0;
};

namespace detail {

/// The posterior mean of the drift, M_k = (i m + Z_k sqrt(t_k)) / (i + t_k), as the looks from `first` on see
/// it, when the score is `score` at information `now` and what was believed of the drift before is `prior`:
/// a random walk with independent normal steps and no drift, whose variance by look k is 1 / (i + now) - 1 /
/// (i + t_k). M_k less its start has its own information and, as Z values, its own boundaries.
class believed_walk {
  public:
    believed_walk(double const now, double const score, drift_prior const& prior)
        : now_(now), score_(score), prior_(prior),
          start_((prior.information * prior.mean + score) / (prior.information + now)) {}

    [[nodiscard]] double information(double const t) const {
        return (t - now_) / ((prior_.information + now_) * (prior_.information + t));
    }
    /// The walk's Z where that of the trial is `z`, from differences that are small against M when the prior
    /// is worth much.
    [[nodiscard]] double scaled(double const z, double const t) const {
        return (z * std::sqrt(t) - score_ - (t - now_) * start_) /
               ((prior_.information + t) * std::sqrt(information(t)));
    }
    /// The probability density of the trial's Z at information t.
    [[nodiscard]] double density(double const z, double const t) const {
        return normal::density(scaled(z, t)) * std::sqrt(t) /
               ((prior_.information + t) * std::sqrt(information(t)));
    }

  private:
    double now_;
    double score_;
    drift_prior prior_;
    double start_;
};

/// The probability of stopping at the upper boundary at a look from `first` on, averaged over the drift.
inline double averaged_exits(stopping_boundaries const& bounds, std::span<double const> const fractions,
                             std::size_t const first, double const now, double const score,
                             drift_prior const& prior) {
    auto const walk = believed_walk(now, score, prior);
    auto information = std::vector<double>{};
    auto seen = stopping_boundaries{.lower = {}, .upper = {}};
    for (auto k = first; k < fractions.size(); ++k) {
        auto const t = fractions[k];
        auto const stop = region_at(bounds, k);
        // A look whose information is that of the one before adds nothing that a number could hold.
        if (!can_stop(stop) ||
            (!information.empty() && !(walk.information(t) > information.back() * (1 + 1e-13)))) {
            continue;
        }
        bool const has_wedge = stop.inner.lower < stop.inner.upper;
        information.push_back(walk.information(t));
        seen.lower.push_back(walk.scaled(stop.lower, t));
        seen.upper.push_back(walk.scaled(stop.upper, t));
        seen.wedge.push_back(has_wedge ? walk.scaled(stop.inner.upper, t) : -infinity<double>());
        seen.wedge_below.push_back(has_wedge ? walk.scaled(stop.inner.lower, t) : infinity<double>());
    }
    return information.empty() ? 0.0 : exits_of(seen, 0, information, 0, 0, 0).total_upper();
}

/// The same where the next look tells nearly all that there is to know of the drift, as when nothing was
/// known before: the walk of the mean then hardly moves after it. What follows is averaged over the Z of that
/// look, each of which tells enough for the walk to move on from there.
inline double averaged_from_next(stopping_boundaries const& bounds, std::span<double const> const fractions,
                                 std::size_t const next, double const now, double const score,
                                 drift_prior const& prior) {
    auto const t = fractions[next];
    auto const walk = believed_walk(now, score, prior);
    auto const stop = region_at(bounds, next);
    double lowest = 0;
    double highest = 0;
    for (auto k = next + 1; k < fractions.size(); ++k) {
        lowest = (std::min)(lowest, bounds.upper[k]);
        highest = is_finite(bounds.upper[k]) ? (std::max)(highest, bounds.upper[k]) : highest;
    }
    // Nine standard deviations short of every boundary a later success is past hope, and so far beyond it is
    // certain.
    auto const floor = (std::max)(stop.lower, lowest - 9);
    auto const ceiling = (std::max)(stop.lower, (std::min)(stop.upper, highest + 9));
    double total = normal::survival(walk.scaled(ceiling, t));
    auto const goes_on =
        continuation({.lower = floor, .upper = ceiling, .inner = stop.inner}, 1, 0, infinity<double>());
    for (auto const& part : goes_on.span()) {
        for (double from = part.lower; from < part.upper; from += 1.5) {
            auto const half = 0.5 * (std::min)(1.5, part.upper - from);
            total += half * gauss_legendre<double, 20>().integral([&](double const u) {
                auto const z = from + half * (1 + u);
                return walk.density(z, t) *
                       averaged_exits(bounds, fractions, next + 1, t, z * std::sqrt(t), prior);
            });
        }
    }
    return total;
}

/// Averaged over the drift, and accurate to ten digits where nearly nothing was known before the next look.
inline double averaged_power(stopping_boundaries const& bounds, std::span<double const> const fractions,
                             std::size_t const first, double const now, double const score,
                             drift_prior const& prior) {
    auto next = first;
    while (next + 1 < fractions.size() && !can_stop(region_at(bounds, next))) {
        ++next;
    }
    // 1 / (i + now) is the walk's whole information, and 1 / (i + t) what it lacks at the next look.
    bool const is_vague = next + 1 < fractions.size() &&
                          prior.information + now < 1e-12 * (prior.information + fractions[next]);
    return is_vague ? averaged_from_next(bounds, fractions, next, now, score, prior)
                    : averaged_exits(bounds, fractions, next, now, score, prior);
}

inline void check(drift_prior const& prior) {
    require_finite("mean of the prior", prior.mean);
    require_not_negative("information of the prior", prior.information);
}

} // namespace detail

/// The predictive power: the probability of stopping at the upper boundary at a later look, given `z` at look
/// `look`, averaged over what is then believed about the drift.
///
/// With a prior N(m, 1/i) the mean of the drift's posterior is itself a random walk with independent normal
/// steps and no drift, whose variance by look j is 1 / (i + t_k) - 1 / (i + t_j), t_k being the fraction at
/// `look`. The same recursion as for any boundary therefore gives the average exactly; no integral over the
/// drift is needed.
///
/// Spiegelhalter DJ, Freedman LS, Blackburn PR (1986), Control Clin Trials 7:8-17,
/// doi:10.1016/0197-2456(86)90003-6.
///
/// \throws invalid_input as `conditional_exits` does, and when the prior's mean is not finite or its
///         information negative
[[nodiscard]] inline double predictive_power(stopping_boundaries const& bounds,
                                             std::span<double const> const fractions, std::size_t const look,
                                             double const z, drift_prior const& prior = {}) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("z", z);
    detail::check(prior);
    detail::require_look_before_last(look, fractions.size());
    return detail::averaged_power(bounds, fractions, look + 1, fractions[look],
                                  z * std::sqrt(fractions[look]), prior);
}

/// The assurance of a design: the probability that it stops at the upper boundary, averaged over what is
/// believed about the drift before it begins. Power says how likely success is if the planned effect is the
/// true one; assurance, how likely it is. As information grows it tends to the prior probability of a
/// positive drift, not to 1.
///
/// O'Hagan, Stevens & Campbell 2005, Pharm Stat 4:187-201, doi:10.1002/pst.175. Computed as
/// `predictive_power` before the first look, without an integral over the drift.
///
/// \throws invalid_input as `exits` does, and unless the prior's mean is finite and its information positive
[[nodiscard]] inline double assurance(stopping_boundaries const& bounds,
                                      std::span<double const> const fractions, drift_prior const& prior) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::check(prior);
    detail::require_positive("information of the prior", prior.information);
    return detail::averaged_power(bounds, fractions, 0, 0, 0, prior);
}

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    predictive_power(Z const&, Rest const&...));

} // namespace accrue
