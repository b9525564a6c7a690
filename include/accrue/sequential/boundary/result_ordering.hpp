#pragma once

#include <accrue/platform.hpp>

#include <cmath>
#include <concepts>

/// \file
/// Which of two results of a monitored trial is the larger one? Trials that end at different looks can't be
/// compared by Z alone, and p-values, median-unbiased estimates and intervals follow from what one answers.
/// Orderings are callable values that `infer_by` and `infer_adjusted` take.

namespace accrue {

/// An ordering by a statistic: `ordering(z, t, u, drift)` is the Z at information fraction u that ranks with
/// z at t when results are judged under that drift.
template <class Ordering>
concept statistic_ordering = requires(Ordering const& ordering, double const x) {
    { ordering(x, x, x, x) } -> std::convertible_to<double>;
};

/// The earlier a trial crosses, the stronger its result. It needs nothing about looks that did not take
/// place, and always agrees with the boundaries: what `infer_stagewise` describes. The default.
struct stagewise_ordering {};

/// By the signed root of the likelihood ratio against the drift that is judged, Z - drift sqrt(t); for the
/// p-value that is Z itself, whenever it was seen.
///
/// It depends on looks that did not take place, and can disagree with the boundaries: a trial that stopped
/// early may have a p-value above the error. Chang 1989, Biometrics 45:247-254, doi:10.2307/2532048; Jennison
/// & Turnbull 2000, section 8.4.
struct likelihood_ratio_ordering {
    [[nodiscard]] double operator()(double const z, double const t, double const u,
                                    double const drift) const {
        return z + drift * (std::sqrt(u) - std::sqrt(t));
    }
};

/// By the maximum-likelihood estimate, Z / sqrt(t) in units of the drift. It depends on looks that did not
/// take place; its intervals tend to be the shortest. Emerson & Fleming 1990, Biometrika 77:875-892,
/// doi:10.1093/biomet/77.4.875.
struct maximum_likelihood_ordering {
    [[nodiscard]] double operator()(double const z, double const t, double const u, double) const {
        return z * std::sqrt(u / t);
    }
};

/// An ordering by a statistic, or by stages.
template <class Ordering>
concept result_ordering = statistic_ordering<Ordering> || std::same_as<Ordering, stagewise_ordering>;

} // namespace accrue
