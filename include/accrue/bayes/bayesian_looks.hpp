#pragma once

#include <accrue/bayes/bayesian_random_effects.hpp>
#include <accrue/bayes/credible_interval.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// What is believed of the mean effect after the first trials of a series, on the analysis scale.
struct bayesian_look {
    std::size_t trials;                 ///< that the look comprises
    double mean;                        ///< posterior mean of the mean effect; NaN where it has none
    accrue::interval interval;          ///< its equal-tailed interval
    double probability_below;           ///< P(mean effect < threshold)
    double probability_above;           ///< P(mean effect > threshold)
    double new_study_probability_below; ///< P(effect in a new study < threshold)
    double new_study_probability_above; ///< P(effect in a new study > threshold)
    accrue::status status;              ///< of the posterior
};

/// The posterior after every trial of a series, in the order in which they became known: the probability that
/// the mean effect lies below a threshold of benefit (for a ratio of bad events, say log 0.9), and above it.
///
/// Looking does not change what is believed, so nothing is corrected for the number of looks. It does change
/// how often a rule such as 'stop at 97.5 %' is met where there is no effect: by no prior is that 2.5 %.
/// Whoever needs that error known can simulate it (`posterior_z`), or use an e-process.
///
/// \param model a `bayesian_random_effects`
/// \param threshold on the analysis scale
/// \param level of the intervals
/// \throws invalid_input as the model does, and unless the threshold is finite and 0 < level < 1
template <estimates Range>
[[nodiscard]] auto bayesian_looks(bayesian_random_effects const& model, Range const& estimates,
                                  double const threshold = 0, double const level = 0.95) {
    detail::require_finite("threshold", threshold);
    auto const all = std::span<estimate const>(std::data(estimates), std::size(estimates));
    detail::require_not_empty("estimates", all.size());
    auto looks = std::vector<bayesian_look>{};
    for (std::size_t count = 1; count <= all.size(); ++count) {
        auto const after = model(all.first(count));
        auto const mean = after.mean();
        auto const next = after.new_study();
        looks.push_back({count, mean.mean(), equal_tailed_interval(mean, level), mean.probability(threshold),
                         mean.survival(threshold), next.probability(threshold), next.survival(threshold),
                         after.status});
    }
    return looks;
}

} // namespace accrue
