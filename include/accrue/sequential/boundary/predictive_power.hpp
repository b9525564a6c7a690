#pragma once

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

/// The posterior mean of the drift, M_k = (i m + Z_k sqrt(t_k)) / (i + t_k), when the score is `score` at
/// information `now` and what was believed of the drift before is `prior`: a random walk with independent
/// normal steps and no drift, whose variance from one look to the next is 1 / (i + t_k) - 1 / (i + t_{k+1}).
///
/// Means are measured from what they would be after the last look if its Z were 0, so that neither a prior
/// worth much nor one worth nothing takes their digits. So it is with information: counted from `now`, it
/// hardly grows once more is known than before; counted down to zero, as minus the posterior variance, it
/// hardly grows as long as the prior outweighs the trial. The one that loses less is taken.
class believed_walk {
  public:
    /// \param looks the information fractions after `now`
    /// \param prior taken for known where it is worth more than a number can tell
    believed_walk(double const now, double const score, drift_prior const& prior,
                  std::span<double const> const looks)
        : now_(now), score_(score), prior_{prior.mean, (std::min)(prior.information, 1e100)},
          last_(looks.back()) {
        double lost_from_now = 0;
        double lost_from_end = 0;
        auto before = now;
        for (auto const t : looks) {
            auto const steps = known(t) / (t - before);
            lost_from_now = (std::max)(lost_from_now, steps * (before - now) / known(now));
            lost_from_end = (std::max)(lost_from_end, steps);
            before = t;
        }
        from_now_ = lost_from_now <= lost_from_end;
    }

    [[nodiscard]] double information(double const t) const { return from_now_ ? variance(t) : -1 / known(t); }
    /// Of the mean at information t, as seen from `now`.
    [[nodiscard]] double variance(double const t) const { return (t - now_) / known(now_) / known(t); }
    /// Of all steps that follow information t, at most.
    [[nodiscard]] double remaining(double const t) const { return 1 / known(t); }
    [[nodiscard]] double start() const { return mean(score_, now_); }
    /// The mean where the trial's score is `score` at information t.
    [[nodiscard]] double mean(double const score, double const t) const {
        auto const pull = prior_.mean * (prior_.information / known(last_)) * (last_ - t);
        return (score + pull) / known(t);
    }

  private:
    /// No less than that whose inverse a number can hold.
    [[nodiscard]] double known(double const t) const { return (std::max)(prior_.information + t, 1e-300); }

    double now_;
    double score_;
    drift_prior prior_;
    double last_;
    bool from_now_ = true;
};

/// The looks from `first` on that can stop a trial, up to the last at which it can succeed.
inline std::vector<std::size_t> looks_to_success(stopping_boundaries const& bounds, std::size_t const first,
                                                 std::size_t const count) {
    auto looks = std::vector<std::size_t>{};
    std::size_t successes_end = 0;
    for (auto k = first; k < count; ++k) {
        auto const stop = region_at(bounds, k);
        if (can_stop(stop)) {
            looks.push_back(k);
            successes_end = stop.upper < infinity<double>() ? looks.size() : successes_end;
        }
    }
    looks.resize(successes_end);
    return looks;
}

/// The probability of stopping at the upper boundary at a look from `first` on, averaged over the drift.
inline double averaged_power(stopping_boundaries const& bounds, std::span<double const> const fractions,
                             std::size_t const first, double const now, double const score,
                             drift_prior const& prior) {
    auto const looks = looks_to_success(bounds, first, fractions.size());
    if (looks.empty()) {
        return 0;
    }
    auto times = std::vector<double>{};
    for (auto const k : looks) {
        times.push_back(fractions[k]);
    }
    auto const walk = believed_walk(now, score, prior, times);
    auto const start = walk.start();
    auto information = std::vector<double>{};
    auto stops = std::vector<stopping_region>{};
    double before = walk.information(now);
    double rarest = 1;
    double distance = 0;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        auto const t = times[i];
        auto const stop = region_at(bounds, looks[i]);
        auto const mean = [&](double const z) { return walk.mean(z * std::sqrt(t), t); };
        stops.push_back({.lower = mean(stop.lower), .upper = mean(stop.upper), .inner = stop.inner});
        if (clustered_walk::has_wedge(stop)) {
            stops.back().inner = {mean(stop.inner.lower), mean(stop.inner.upper)};
        }
        // Looks that are as close as numbers can be are still apart.
        information.push_back((std::max)(walk.information(t), std::nextafter(before, infinity<double>())));
        auto const step = std::sqrt(information[i] - before);
        before = information[i];
        auto const deviation = std::sqrt(walk.variance(t));
        for (auto const tail : {normal::survival((stops[i].upper - start) / deviation),
                                normal::survival((start - stops[i].lower) / deviation)}) {
            rarest = tail > 0 ? (std::min)(rarest, tail) : rarest;
        }
        if (i > 0) {
            for (auto const rise :
                 {stops[i].upper - stops[i - 1].upper, stops[i - 1].lower - stops[i].lower}) {
                distance = is_finite(rise) ? (std::max)(distance, rise / step) : distance;
            }
        }
    }
    auto const reach = reach_for(rarest);
    // From so far above every later boundary success is certain, and from so far below it is past hope. The
    // walk need not follow trials there, of which there may be any number when little was known before.
    double lowest = infinity<double>();
    double highest = -infinity<double>();
    for (auto i = looks.size(); i-- > 0;) {
        auto const original = stops[i];
        if (i + 1 < looks.size()) {
            auto const margin = reach * std::sqrt(walk.remaining(times[i]));
            auto& stop = stops[i];
            stop.lower = (std::min)((std::max)(stop.lower, lowest - margin), stop.upper);
            stop.upper = (std::max)(stop.lower, (std::min)(stop.upper, highest + margin));
        }
        lowest = (std::min)(lowest, original.upper);
        for (auto const end : {original.lower, original.upper, original.inner.upper}) {
            highest = is_finite(end) ? (std::max)(highest, end) : highest;
        }
    }
    auto regions = std::vector<continuation_region>{};
    for (std::size_t i = 0; i < looks.size(); ++i) {
        regions.push_back(continuation(stops[i], 1, start, reach * std::sqrt(walk.variance(times[i]))));
    }
    auto trials = bounded_walk(information, regions, std::vector<char>(looks.size(), 1), 0,
                               walk.information(now), start, refinement_for((std::min)(distance, 40.0)));
    double total = 0;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        total += trials.beyond(side::upper, stops[i].upper, information[i]);
        if (i + 1 < looks.size()) {
            trials.pass(reach);
        }
    }
    return total;
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
///   information negative
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
