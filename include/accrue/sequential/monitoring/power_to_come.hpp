#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/conditional_power.hpp>
#include <accrue/sequential/boundary/predictive_power.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>

#include <cmath>
#include <cstddef>

namespace accrue {

namespace detail {

/// Looks so far and to come as the engine sees them: benefit is positive.
struct oriented_analysis {
    stopping_boundaries boundaries;
    std::size_t look;
    double z;
};

inline oriented_analysis oriented(sequential_analysis const& analysis) {
    auto const& look = analysis.last_look();
    auto const last = analysis.looks.size() - 1;
    if (!(look.information_fraction < 1 - 1e-9)) [[unlikely]] {
        throw invalid_input(
            "an analysis must be short of its required information for power to come, but has "
            "reached it");
    }
    if (analysis.design.information.effect < 0) {
        return {mirrored(analysis.boundaries), last, -look.z};
    }
    return {analysis.boundaries, last, look.z};
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
[[nodiscard]] inline double current_drift(sequential_analysis const& analysis) {
    auto const& look = analysis.last_look();
    double const z = analysis.design.information.effect < 0 ? -look.z : look.z;
    return z / std::sqrt(look.information_fraction);
}

/// The probability that the next look, a final one at the required information, shows the benefit, given the
/// evidence so far and a drift from here on: `planned_drift(design)` for the anticipated effect,
/// `current_drift(analysis)` for the trend, 0 for no effect. Lan, Simon & Halperin 1982, Commun Stat C
/// 1:207-219.
///
/// \throws invalid_input when the required information has been reached, or the drift isn't finite
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

} // namespace accrue
