#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/exit_measure.hpp>
#include <accrue/sequential/boundary/result_ordering.hpp>
#include <accrue/sequential/boundary/sequential_inference.hpp>
#include <accrue/sequential/boundary/stagewise.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue {

namespace detail {

/// The trial with all looks at which it could have ended: those given where its last Z stops it, and none
/// after that look where it ended for another reason.
inline ended_trial with_possible_looks(ended_trial trial) {
    auto const stop = region_at(trial.bounds, trial.look);
    bool const stops = trial.z >= stop.upper || trial.z <= stop.lower ||
                       (trial.z >= stop.inner.lower && trial.z <= stop.inner.upper);
    if (!stops) {
        auto const looks = trial.look + 1;
        trial.fractions.resize(looks);
        for (auto* const values :
             {&trial.bounds.lower, &trial.bounds.upper, &trial.bounds.wedge, &trial.bounds.wedge_below}) {
            if (!values->empty()) {
                values->resize(looks);
            }
        }
    }
    return trial;
}

/// P(a result at least as large) of an ordering, under a drift.
template <statistic_ordering Ordering>
double tail_of(Ordering const& ordering, ended_trial const& trial, double const drift) {
    auto thresholds = std::vector<double>{};
    for (std::size_t k = 0; k < trial.fractions.size(); ++k) {
        thresholds.push_back(k == trial.look
                                 ? trial.z
                                 : ordering(trial.z, trial.fractions[trial.look], trial.fractions[k], drift));
    }
    double const distance = std::abs(trial.z - drift * std::sqrt(trial.fractions[trial.look]));
    auto const reach = reach_for(normal::survival((std::min)(distance, 37.0)));
    return exit_measure(trial.bounds, trial.fractions, thresholds, {drift, drift}, reach).at(drift).value;
}

/// The drift under which results at least as large have this probability, on the scale of normal quantiles,
/// on which that is nearly a straight line.
template <statistic_ordering Ordering>
root_result<double> drift_with_tail(Ordering const& ordering, ended_trial const& trial, double const goal) {
    double const root = std::sqrt(trial.fractions[trial.look]);
    return falling_root(
        [&](double const drift) {
            return normal::upper_quantile((std::clamp)(tail_of(ordering, trial, drift), 1e-300, 1.0)) - goal;
        },
        (trial.z - goal) / root, 0.25 / root, {1 / root});
}

/// The same ordering seen from below.
template <statistic_ordering Ordering>
struct mirrored_ordering {
    Ordering of;
    double operator()(double const z, double const t, double const u, double const drift) const {
        return -of(-z, t, u, -drift);
    }
};

} // namespace detail

/// Inference about an ended trial by an ordering of the possible results: with R the set of results at least
/// as large as the one seen and F(drift) = P(R), p-values are F and 1 - F under no effect, the limits are
/// where F is (1 - level) / 2 and (1 + level) / 2, the median-unbiased estimate where it is 1/2.
///
///     infer_by(maximum_likelihood_ordering{},
///              {.bounds = bounds, .fractions = fractions, .look = 1, .z = 2.9})
///
/// All orderings but `stagewise_ordering` depend on looks that did not take place: give the boundaries and
/// fractions of all that were planned. Where the Z lies between the boundaries the trial ended for another
/// reason, and its look counts as the last.
///
/// Jennison & Turnbull 2000, Group Sequential Methods, sections 8.4 and 8.5.
///
/// \param ordering `stagewise_ordering`, `likelihood_ratio_ordering`, `maximum_likelihood_ordering`, or a
///   callable of your own (`statistic_ordering`), for which F(drift) should grow with the drift
/// \throws invalid_input as `infer_stagewise` does
template <statistic_ordering Ordering>
[[nodiscard]] sequential_inference infer_by(Ordering const& ordering, ended_trial const& trial,
                                            double const level = 0.95) {
    detail::check(trial);
    detail::require_between_0_and_1("level", level);
    auto const all = detail::with_possible_looks(trial);
    double const quantile = normal::upper_quantile((1 - level) / 2);
    auto const low = detail::drift_with_tail(ordering, all, quantile);
    // The upper limit from below, where its probability is no difference from 1.
    auto const image = detail::mirrored(all);
    auto const from_below = detail::mirrored_ordering<Ordering>{ordering};
    auto high = detail::drift_with_tail(from_below, image, quantile);
    high.value = -high.value;
    auto const middle = detail::drift_with_tail(ordering, all, 0);
    auto found = sequential_inference{};
    found.p_value_upper = (std::min)(1.0, detail::tail_of(ordering, all, 0));
    found.p_value_lower = (std::min)(1.0, detail::tail_of(from_below, image, 0));
    found.p_value_two_sided = (std::min)(1.0, 2 * (std::min)(found.p_value_upper, found.p_value_lower));
    found.drift = {low.value, high.value};
    found.median_unbiased_drift = middle.value;
    found.status = status::ok;
    for (auto const& root : {low, high, middle}) {
        found.status = root.status == status::ok ? found.status : root.status;
    }
    return found;
}

/// By stages: `infer_stagewise`.
[[nodiscard]] inline sequential_inference infer_by(stagewise_ordering, ended_trial const& trial,
                                                   double const level = 0.95) {
    return infer_stagewise(trial, level);
}

} // namespace accrue
