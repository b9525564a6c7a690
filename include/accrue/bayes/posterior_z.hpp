#pragma once

#include <accrue/bayes/bayesian_random_effects.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/status.hpp>

#include <string>

namespace accrue {

/// The posterior probability of an effect beyond a threshold as a Z, so that everything which monitors a Z
/// monitors it too:
///
///     Z = Phi^-1 P(mean effect > threshold | studies),
///
/// 1.96 for a probability of 97.5 %, and -1.96 for one of 97.5 % that the effect lies below. So
/// `simulate_monitoring(series, posterior_z{prior}, symmetric_looks({2, 3, 4}, {1.96, 1.96, 1.96}))` says how
/// often the rule 'stop at 97.5 %' is met where there is no effect, and `trial_sequential_analysis` with
/// `simulated_monitoring` finds the probabilities that a rule must ask for to hold its error.
///
/// It is a model only in form: the result's effect is Z itself with the variance 1, no effect in the unit of
/// the studies; its tau² is the square of the posterior median. For the effect, and for intervals, ask the
/// posterior. A posterior costs some tenths of a millisecond, a thousand times as much as DerSimonian and
/// Laird's mean: simulate thousands, not millions.
struct posterior_z {
    bayesian_random_effects model;
    double threshold = 0; ///< on the analysis scale

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "a Bayesian random-effects model (Z of the posterior probability of an effect above " +
               detail::to_text(threshold) + ")";
    }

    /// \throws invalid_input as the model does, and unless the threshold is finite
    template <evidence_with_mean Evidence>
    [[nodiscard]] pooled operator()(Evidence const& studies) const {
        detail::require_finite("threshold", threshold);
        auto const after = model(studies);
        auto const mean = after.mean();
        double const below = mean.probability(threshold);
        double const above = mean.survival(threshold);
        double const tau = after.tau().quantile(0.5);
        // By the smaller tail, which has the digits.
        double const z = below < above ? normal::upper_quantile(below) : -normal::upper_quantile(above);
        auto const how =
            detail::is_finite(z + tau) || after.status != status::ok ? after.status : status::undefined;
        return {.effect = z,
                .variance = 1,
                .tau_squared = tau * tau,
                .degrees_of_freedom = detail::infinity<double>(),
                .k = studies.size(),
                .status = how};
    }
};

} // namespace accrue
