#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>

namespace accrue {

/// Trials that are to be added to a meta-analysis.
struct next_trials {
    double
        unit_variance; ///< variance of an estimate times the participants that yield it (`information_size`)
    double tau_squared = 0; ///< the between-trial variance that is taken for granted
    double trials = 1;      ///< how many, of equal size

    /// The information that they add: trials / (unit variance / participants + tau²). With any number of
    /// participants it stays below trials / tau².
    ///
    /// \param participants in each of them, 0 or more, or infinite
    [[nodiscard]] double information(double const participants) const {
        return participants > 0 ? trials / (unit_variance / participants + tau_squared) : 0;
    }
};

/// How large the next trials must be.
struct next_trial_size {
    double participants;      ///< in each trial, before rounding up; NaN where no size is enough
    double power;             ///< the conditional power with that size, or the largest possible
    double power_at_infinity; ///< what it tends to as the trials grow without bound
    accrue::status status;    ///< `undefined` where no size is enough
};

namespace detail {

inline void check(pooled const& current, next_trials const& next, double const effect) {
    require_finite("effect of the meta-analysis", current.effect);
    require_positive("variance of the meta-analysis", current.variance);
    require_positive("unit_variance", next.unit_variance);
    require_not_negative("tau_squared", next.tau_squared);
    require(next.trials >= 1 && is_finite(next.trials), "trials", "at least 1", next.trials);
    require((effect < 0 || effect > 0) && is_finite(effect), "effect", "finite and different from 0", effect);
}

/// Conditional power when the next trials add this information.
inline double power_with_information(pooled const& current, double const added, double const effect,
                                     double const critical) {
    double const sign = effect < 0 ? -1 : 1;
    double const known = 1 / current.variance;
    double const score = sign * current.effect * known;
    if (!(added > 0)) {
        return score >= critical * std::sqrt(known) ? 1 : 0;
    }
    if (!is_finite(added)) {
        return 1;
    }
    return normal::cumulative((score + added * std::abs(effect) - critical * std::sqrt(known + added)) /
                              std::sqrt(added));
}

} // namespace detail

/// The probability that the updated random-effects meta-analysis is significant in the direction of `effect`,
/// given the present one, if the next trials have this size and the mean effect is `effect`:
///
///     Phi((W m + V effect - z sqrt(W + V)) / sqrt V),   W = 1 / variance now, m the estimate now,
///     V = trials / (unit variance / participants + tau²).
///
/// Roloff, Higgins & Sutton 2013, Stat Med 32:11-24, doi:10.1002/sim.5524. tau² is taken as known and the
/// same as in the present analysis; to allow for its uncertainty, ask for several values.
///
/// \param current the present meta-analysis, pooled with that tau²
/// \param next unit variance, tau² and number of the trials
/// \param participants in each of them; may be infinite
/// \param effect the mean effect that is taken for true, on the analysis scale; its sign is the direction
/// \param error of the test of the updated meta-analysis
/// \throws invalid_input when an argument is unusable
[[nodiscard]] inline double conditional_power(pooled const& current, next_trials const& next,
                                              double const participants, double const effect,
                                              error_rate const& error) {
    detail::check(current, next, effect);
    detail::require(participants >= 0, "participants", "0 or more", participants);
    return detail::power_with_information(current, next.information(participants), effect,
                                          normal::upper_quantile(benefit_error(error, effect)));
}

/// The size of the next trials with which the updated random-effects meta-analysis reaches a power, given the
/// present one: the smallest from which on the conditional power is not below it.
///
///     auto const now = pool(random_effects{reml{}}, estimates);
///     next_trials_for_power(now, {.unit_variance = 4, .tau_squared = now.tau_squared, .trials = 2}, -0.2,
///                           two_sided{0.05}, 0.8)
///
/// With heterogeneity there may be none: each trial, however large, adds less than 1 / tau². Then the result
/// is `undefined`, and more trials are needed. Roloff, Higgins & Sutton 2013, doi:10.1002/sim.5524.
///
/// \throws invalid_input when an argument is unusable or the power is not between 0 and 1
[[nodiscard]] inline next_trial_size next_trials_for_power(pooled const& current, next_trials const& next,
                                                           double const effect, error_rate const& error,
                                                           double const power) {
    detail::check(current, next, effect);
    detail::require_between_0_and_1("power", power);
    double const critical = normal::upper_quantile(benefit_error(error, effect));
    auto const at = [&](double const participants) {
        return detail::power_with_information(current, next.information(participants), effect, critical);
    };
    double const limit = at(detail::infinity<double>());
    if (!(limit >= power)) {
        return {detail::not_a_number<double>(), limit, limit, status::undefined};
    }
    // Downwards from trials so large that the power is as good as its limit, in steps of a factor, to where
    // it falls below.
    double const unit = next.unit_variance * (1 / current.variance + 1 / (effect * effect)) / next.trials;
    double const enough_for_tau_squared = (std::min)(1e17 * next.unit_variance / next.tau_squared, 1e300);
    double high = next.tau_squared > 0 ? (std::max)(1e6 * unit, enough_for_tau_squared) : 1e6 * unit;
    // Evidence against the effect that is far beyond it takes more to outweigh.
    while (!(at(high) >= power) && high < 1e300) {
        high *= 1e6;
    }
    if (!(at(high) >= power)) {
        return {detail::not_a_number<double>(), detail::not_a_number<double>(), limit, status::undefined};
    }
    // The power may fall to a minimum, which steps could pass over; beyond it the power rises throughout.
    double const known = 1 / current.variance;
    double const score = (effect < 0 ? -1 : 1) * current.effect * known;
    auto const slope = [&](double const participants) {
        double const added = next.information(participants);
        return added * std::abs(effect) + critical * known / std::sqrt(known + added) - score;
    };
    double low = high;
    auto const step_while = [&](auto const& rises) {
        while (low > 1e-12 * unit && at(low) >= power && rises(low)) {
            high = low;
            low /= 1.25;
        }
    };
    step_while([&](double const participants) { return slope(participants) > 0; });
    if (at(low) >= power && low < high && slope(low) <= 0) {
        double const least = detail::bisection<double>(slope, low, high, 1e-15).upper;
        (at(least) >= power ? high : low) = least;
    }
    step_while([](double) { return true; });
    if (at(low) >= power) {
        return {0, at(0), limit, status::ok};
    }
    auto const excess = [&](double const participants) { return at(participants) / power - 1; };
    double const participants = detail::bisection<double>(excess, low, high, 1e-15).upper;
    return {participants, at(participants), limit, status::ok};
}

} // namespace accrue
