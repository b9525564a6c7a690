#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/information/information_size.hpp>

#include <cmath>

namespace accrue {

/// How many trials a random-effects meta-analysis needs, and how large each must be.
///
/// K equal trials of n participants give the pooled effect the variance (s/n + tau²) / K, with s the variance
/// that one participant contributes. It has to reach 1/I, the inverse of the required statistical
/// information, so
///
///     n = s / (K/I - tau²),   which needs K > tau² I.
///
/// However many participants they have, fewer trials than that can never be conclusive: more patients do not
/// average out the differences between trials. Kulinskaya & Wood 2014, Res Synth Methods 5:212-220.
struct trial_requirement {
    double information;   ///< I, statistical information still to be collected, on the analysis scale
    double tau_squared;   ///< on the analysis scale
    double unit_variance; ///< s

    /// The smallest number of trials that can reach the information: the first whole number above tau² I. A
    /// tau² I that is whole but for rounding counts as whole, as no trials of finite size do with that
    /// number.
    [[nodiscard]] double minimum() const {
        // Errors of information sizes are about 1e-14, those of their quantiles.
        return std::floor(tau_squared * information * (1 + 1e-14)) + 1;
    }

    /// Participants (for a hazard ratio: events) in each of `trials` equal trials, before rounding up.
    ///
    /// \throws invalid_input when there are fewer than `minimum()` trials
    [[nodiscard]] double participants_per_trial(double const trials) const {
        detail::require(trials >= minimum() && detail::is_finite(trials), "trials",
                        "at least the minimum number", trials);
        return unit_variance / (trials / information - tau_squared);
    }
};

/// The trials that reach a required information size if the between-trial variance is tau².
///
/// \param size the requirement without an adjustment for heterogeneity, which tau² stands for here
/// \param tau_squared on the analysis scale (log for ratios), 0 or more
/// \param current_variance variance of the random-effects estimate so far; infinite (nothing is known yet)
///   unless given. The trials so far then supply 1/current_variance, and the result is about additional ones.
/// \throws invalid_input unless tau² is finite and not negative, the variance is positive, the size has
///   statistical information and unit variance, and information is still lacking
[[nodiscard]] inline trial_requirement
required_trials(information_size const& size, double const tau_squared,
                double const current_variance = detail::infinity<double>()) {
    detail::require_not_negative("tau_squared", tau_squared);
    detail::require(current_variance > 0, "current_variance", "positive", current_variance);
    detail::require_positive("statistical_information", size.statistical_information);
    detail::require_positive("unit_variance", size.unit_variance);
    double const missing = size.statistical_information - 1 / current_variance;
    detail::require_positive("information still needed", missing);
    return {missing, tau_squared, size.unit_variance};
}

} // namespace accrue
