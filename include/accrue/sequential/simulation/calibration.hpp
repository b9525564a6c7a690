#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/simulation/simulation.hpp>
#include <accrue/sequential/simulation/trial_series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace accrue {

/// The error of monitoring at one value of tau², before and after calibration.
struct error_at_tau_squared {
    double tau_squared;               ///< on the scale of the trials' variances
    simulated_probability as_planned; ///< of crossing either planned boundary under no effect
    simulated_probability calibrated; ///< of crossing either calibrated one, by the same simulation
};

/// Boundaries that hold their error for a range of tau².
struct calibrated_boundaries {
    double factor;         ///< what the planned boundaries were multiplied by
    monitored_looks looks; ///< with the calibrated boundaries
    std::vector<error_at_tau_squared> errors;

    /// The largest simulated error with the calibrated boundaries.
    [[nodiscard]] simulated_probability worst() const {
        auto const largest = std::max_element(errors.begin(), errors.end(), [](auto const& a, auto const& b) {
            return a.calibrated.value < b.calibrated.value;
        });
        return largest->calibrated;
    }
};

namespace detail {

/// By what factor the boundaries would have to move out so that a review just fails to cross them.
template <class Model>
double crossing_factor(Model const& model, std::span<estimate const> const trials,
                       monitored_looks const& looks) {
    double largest = 0;
    for (std::size_t look = 0; look < looks.trials.size(); ++look) {
        double const lower = looks.boundaries.lower[look];
        double const upper = looks.boundaries.upper[look];
        double const z =
            crossing_z(pool(model, trials.first(looks.trials[look])), largest * lower, largest * upper);
        largest = (std::max)({largest, z / upper, z / lower});
    }
    return largest;
}

inline simulated_probability share_above(std::vector<double> const& factors, double const limit) {
    auto const n = static_cast<double>(factors.size());
    double const share = static_cast<double>(std::count_if(factors.begin(), factors.end(),
                                                           [&](double const f) { return f >= limit; })) /
                         n;
    return {share, std::sqrt(share * (1 - share) / n)};
}

} // namespace detail

/// Multiplies planned boundaries by the smallest factor that keeps the probability of crossing any of them
/// within `error`, whatever tau² is among the values given.
///
/// It keeps the shape of the planned boundaries, of looks and trials that are all known beforehand; for
/// trials as they come `simulated_monitoring` spends the error look by look.
///
/// Boundaries of group sequential theory are exact for an estimate of known variance with independent
/// increments. With an estimated tau² neither is true, and the actual error differs from the nominal one; the
/// table in docs/actual-error.md says by how much. Here reviews without an effect are simulated by the model
/// that will be used, and each tells by what factor its most extreme look exceeds the planned boundary; the
/// upper quantile of these factors is the calibration. The factor is below 1 where the planned boundaries are
/// too strict for every tau². To allow for the simulation's own error, the quantile is taken
/// `standard_errors` Monte Carlo standard errors on the safe side.
///
/// \param model any model that `pool` takes
/// \param looks the plan, whose boundaries must lie on either side of 0
/// \param variances of the trials, done and to come: `stated_variances`, `log_normal_variances`, ...
/// \param tau_squared the values to hold the error at, such as 0 to twice the median variance
/// \param error the total error over both boundaries
/// \param options how many replicates, from which seed, and how they are carried out
/// \param standard_errors Monte Carlo standard errors to stay on the safe side by; 0 for the plain quantile
/// \throws invalid_input when an argument is unusable, or too few replicates are asked for to find the
///   quantile
template <class Model, class Variances>
[[nodiscard]] calibrated_boundaries
calibrate_boundaries(Model const& model, monitored_looks const& looks, Variances const& variances,
                     std::span<double const> const tau_squared, double const error,
                     simulation_options const& options = {}, double const standard_errors = 2) {
    detail::check(looks);
    detail::check(options);
    detail::require_not_empty("tau_squared", tau_squared.size());
    detail::require_between_0_and_1("error", error);
    detail::require_not_negative("standard_errors", standard_errors);
    for (std::size_t look = 0; look < looks.trials.size(); ++look) {
        detail::require(looks.boundaries.lower[look] < 0, "lower boundary", "negative",
                        looks.boundaries.lower[look]);
        detail::require(looks.boundaries.upper[look] > 0, "upper boundary", "positive",
                        looks.boundaries.upper[look]);
    }
    auto const replicates = static_cast<double>(options.replicates);
    double const allowed =
        std::floor(replicates * error - standard_errors * std::sqrt(replicates * error * (1 - error)));
    detail::require(allowed >= 1, "replicates", "enough for the quantile", replicates);

    auto factors = std::vector<std::vector<double>>{};
    double factor = 0;
    for (std::size_t i = 0; i < tau_squared.size(); ++i) {
        detail::require_not_negative("tau_squared", tau_squared[i]);
        auto const series = trial_series{variances, constant_heterogeneity{tau_squared[i]}};
        auto part = options;
        if (options.progress) {
            part.progress = [&](double const share) {
                options.progress((static_cast<double>(i) + share) / static_cast<double>(tau_squared.size()));
            };
        }
        auto& values = factors.emplace_back(options.replicates);
        detail::for_each_block(part, [&](std::size_t, std::uint64_t const from, std::uint64_t const to) {
            auto trials = std::vector<estimate>{};
            for (auto replicate = from; replicate < to; ++replicate) {
                auto random = random_stream(options.seed, replicate);
                trials.clear();
                series(random, trials);
                detail::require_trials(trials, looks.trials.back());
                values[replicate] = detail::crossing_factor(model, trials, looks);
            }
        });
        auto sorted = values;
        auto const quantile = sorted.end() - static_cast<std::ptrdiff_t>(allowed) - 1;
        std::nth_element(sorted.begin(), quantile, sorted.end());
        factor = (std::max)(factor, *quantile);
    }
    // A review whose factor is the quantile itself must not cross.
    factor = std::nextafter(factor, std::numeric_limits<double>::infinity());

    auto result = calibrated_boundaries{factor, looks, {}};
    for (auto& boundary : result.looks.boundaries.lower) {
        boundary *= factor;
    }
    for (auto& boundary : result.looks.boundaries.upper) {
        boundary *= factor;
    }
    for (std::size_t i = 0; i < tau_squared.size(); ++i) {
        result.errors.push_back(
            {tau_squared[i], detail::share_above(factors[i], 1), detail::share_above(factors[i], factor)});
    }
    return result;
}

} // namespace accrue
