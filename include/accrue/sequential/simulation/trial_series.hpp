#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

/// \file
/// How simulated trials are drawn: callable values that a simulation composes. A series is drawn by any
/// callable that fills a `std::vector<estimate>` from a `random_stream`, in the order in which the trials
/// become known.

namespace accrue {

/// Sampling variances as stated, trial by trial, such as those of the trials at hand and of the trials
/// planned.
struct stated_variances {
    std::vector<double> variances;

    void operator()(random_stream&, std::vector<estimate>& trials) const {
        detail::require_not_empty("variances", variances.size());
        for (auto const variance : variances) {
            trials.push_back({0, variance});
        }
    }
};

/// Sampling variances that scatter log-normally: median exp(log_sd N(0, 1)).
struct log_normal_variances {
    std::size_t trials;
    double median = 1;
    double log_sd = 0.5; ///< standard deviation of the log variance; 0 for equal variances

    void operator()(random_stream& random, std::vector<estimate>& series) const {
        for (std::size_t i = 0; i < trials; ++i) {
            series.push_back({0, median * std::exp(log_sd * random.normal())});
        }
    }
};

/// A between-trial variance that is the same from the first trial to the last.
struct constant_heterogeneity {
    double tau_squared = 0;

    [[nodiscard]] double operator()(std::size_t, std::size_t) const { return tau_squared; }
};

/// A between-trial variance that changes linearly from the first trial to the last, as when early trials are
/// alike and later ones explore other populations.
struct changing_heterogeneity {
    double first;
    double last;

    [[nodiscard]] double operator()(std::size_t const trial, std::size_t const trials) const {
        double const share = trials > 1 ? static_cast<double>(trial) / static_cast<double>(trials - 1) : 1.0;
        return first + (last - first) * share;
    }
};

/// A series of trials under the random-effects model: y = effect + N(0, v + tau²), with v from `variances`
/// and tau² from `heterogeneity`.
///
///     trial_series{log_normal_variances{.trials = 20}, constant_heterogeneity{0.6}}
template <class Variances, class Heterogeneity = constant_heterogeneity>
struct trial_series {
    Variances variances; ///< (random_stream&, std::vector<estimate>&): appends the trials' variances
    Heterogeneity heterogeneity{}; ///< (trial, number of trials) -> tau²
    double effect = 0;             ///< the mean of the true effects

    void operator()(random_stream& random, std::vector<estimate>& trials) const {
        variances(random, trials);
        for (std::size_t i = 0; i < trials.size(); ++i) {
            double const tau_squared = heterogeneity(i, trials.size());
            trials[i].effect = effect + std::sqrt(trials[i].variance + tau_squared) * random.normal();
        }
    }
};

template <class Variances, class Heterogeneity = constant_heterogeneity>
trial_series(Variances, Heterogeneity = {}, double = 0) -> trial_series<Variances, Heterogeneity>;

} // namespace accrue
