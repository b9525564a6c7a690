#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/boundary/conditional_power.hpp>
#include <accrue/sequential/boundary/predictive_power.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace accrue {

namespace detail {

/// Looks so far and to come as the engine sees them: benefit is positive.
struct oriented_analysis {
    stopping_boundaries boundaries;
    std::size_t look;
    double z;
};

/// Z at the last look, positive towards the benefit; throws where the trials could not be pooled.
inline double oriented_z(sequential_analysis const& analysis) {
    auto const& look = analysis.last_look();
    if (!is_finite(look.z)) [[unlikely]] {
        throw invalid_input("an analysis must have a Z at its last look, but its " +
                            number_of_trials(look.trials) + " could not be pooled");
    }
    return analysis.design.information.effect < 0 ? -look.z : look.z;
}

inline oriented_analysis oriented(sequential_analysis const& analysis) {
    auto const& look = analysis.last_look();
    auto const last = analysis.looks.size() - 1;
    require_that(
        look.information_fraction < 1 - 1e-9 && analysis.fractions.size() > analysis.looks.size(),
        "an analysis must be short of its required information for power to come, but has reached it");
    double const z = oriented_z(analysis);
    return {analysis.design.information.effect < 0 ? mirrored(analysis.boundaries) : analysis.boundaries,
            last, z};
}

} // namespace detail

/// The drift of a design: the expected Z at the required information under the anticipated effect, z_alpha +
/// z_power times the root of the inflation for looks; positive.
///
/// \throws invalid_input when error or power are unusable
[[nodiscard]] inline double planned_drift(sequential_design const& design) {
    detail::require_between_0_and_1("power", design.power);
    double const alpha = benefit_error(design.error, design.information.effect);
    return (normal::upper_quantile(alpha) + normal::quantile(design.power)) *
           std::sqrt(design.information.looks_factor);
}

/// The drift of the current trend, Z / sqrt(information fraction) at the last look, positive towards the
/// benefit.
///
/// \throws invalid_input when the trials of the last look could not be pooled
[[nodiscard]] inline double current_drift(sequential_analysis const& analysis) {
    return detail::oriented_z(analysis) / std::sqrt(analysis.last_look().information_fraction);
}

/// The probability that the next look, a final one at the required information, shows the benefit, given the
/// evidence so far and a drift from here on: `planned_drift(design)` for the anticipated effect,
/// `current_drift(analysis)` for the trend, 0 for no effect. Lan, Simon & Halperin 1982, Commun Stat C
/// 1:207-219.
///
/// \throws invalid_input when the required information has been reached, the trials of the last look could
///   not be pooled, or the drift isn't finite
[[nodiscard]] inline double conditional_power(sequential_analysis const& analysis, double const drift) {
    auto const now = detail::oriented(analysis);
    return conditional_power(now.boundaries, analysis.fractions, now.look, now.z, drift);
}

/// The same probability averaged over what the evidence says of the drift, from a flat prior unless given.
/// Spiegelhalter, Freedman & Blackburn 1986, Control Clin Trials 7:8-17, doi:10.1016/0197-2456(86)90003-6.
///
/// \throws invalid_input when the required information has been reached, or the prior is unusable
[[nodiscard]] inline double predictive_power(sequential_analysis const& analysis,
                                             drift_prior const& prior = {}) {
    auto const now = detail::oriented(analysis);
    return predictive_power(now.boundaries, analysis.fractions, now.look, now.z, prior);
}

namespace detail {

/// The boundaries of a design at fractions without trials.
inline stopping_boundaries boundaries_of(sequential_design const& design,
                                         std::span<double const> const fractions) {
    return design.boundaries ? design.boundaries(design, fractions) : exact_monitoring{}(design, fractions);
}

} // namespace detail

/// The assurance of a design: the probability that it will show the benefit, averaged over what is believed
/// of the effect before it begins. O'Hagan, Stevens & Campbell 2005, Pharm Stat 4:187-201,
/// doi:10.1002/pst.175.
///
/// \param fractions information fractions of the planned looks, rising
/// \param mean of the normal prior of the effect, on the analysis scale; of another meta-analysis its effect,
///   or the mean of its predictive distribution
/// \param sd of that prior; of another meta-analysis the standard error, or the sd of its predictive
///   distribution
/// \throws invalid_input as the design's monitoring rule does, and unless the mean is finite and the sd
///   positive
[[nodiscard]] inline double assurance(sequential_design const& design,
                                      std::span<double const> const fractions, double const mean,
                                      double const sd) {
    detail::require_finite("mean of the prior", mean);
    detail::require_positive("sd of the prior", sd);
    // Drifts per effect; positive towards the benefit.
    double const effect = design.information.effect;
    double const unit = planned_drift(design) / effect;
    auto bounds = detail::boundaries_of(design, fractions);
    if (effect < 0) {
        bounds = detail::mirrored(std::move(bounds));
    }
    return assurance(bounds, fractions,
                     drift_prior{.mean = mean * unit, .information = 1 / (unit * unit * sd * sd)});
}

/// What the pooled effect will be at the required information.
struct predicted_result {
    double effect;                 ///< expected, on the analysis scale
    accrue::interval interval;     ///< that holds it with the probability asked for
    accrue::interval from_trend;   ///< the same if the true effect is the present estimate
    double probability_of_benefit; ///< of a final effect on the side of the anticipated one
};

/// The prediction interval of the final result given what has been seen: with S = Z sqrt(t) at the last look
/// and N(M, 1 / (i + t)) what is then believed of the drift,
///
///     S at t = 1   ~   N(S + M (1 - t), (1 - t) + (1 - t)² / (i + t)),
///
/// in units of the standard error there, SE sqrt(t), which supposes that information accrues as it did. From
/// a flat prior that is the present estimate ± z SE sqrt(1 - t). Looks in between are not allowed to stop it.
///
/// Evans, Li & Wei 2007, Drug Inf J 41:733-742, doi:10.1177/009286150704100605; the interval by what is
/// believed: Spiegelhalter, Freedman & Blackburn 1986, doi:10.1016/0197-2456(86)90003-6.
///
/// \param prior as for `predictive_power`: of the drift, positive towards the benefit; flat unless given
/// \throws invalid_input when the required information has been reached, the trials of the last look could
///   not be pooled, the prior is unusable, or the level not between 0 and 1
[[nodiscard]] inline predicted_result predicted_final_result(sequential_analysis const& analysis,
                                                             double const level = 0.95,
                                                             drift_prior const& prior = {}) {
    detail::require_between_0_and_1("level", level);
    detail::check(prior);
    (void)detail::oriented(analysis); // refuses what is complete or has no Z
    auto const& look = analysis.last_look();
    double const t = look.information_fraction;
    double const sign = analysis.design.information.effect < 0 ? -1 : 1;
    double const unit = standard_error(look.cumulative) * std::sqrt(t);
    double const drift = look.cumulative.effect / unit;
    double const believed = (prior.information * sign * prior.mean + drift * t) / (prior.information + t);
    double const mean = drift * t + believed * (1 - t);
    double const path = 1 - t;
    double const variance = path + path * path / (prior.information + t);
    double const quantile = normal::upper_quantile((1 - level) / 2);
    auto const around = [&](double const centre, double const sd) {
        return interval{unit * (centre - quantile * sd), unit * (centre + quantile * sd)};
    };
    return {.effect = unit * mean,
            .interval = around(mean, std::sqrt(variance)),
            .from_trend = around(drift, std::sqrt(path)),
            .probability_of_benefit = normal::cumulative(sign * mean / std::sqrt(variance))};
}

} // namespace accrue
