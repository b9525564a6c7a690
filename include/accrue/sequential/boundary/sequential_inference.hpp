#pragma once

#include <accrue/interval.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace accrue {

/// A trial that ended at look `look` (counted from zero) with the statistic `z`, and the boundaries and
/// information fractions of its looks up to there at least. It may have crossed a boundary, come to its last
/// look, or been ended for another reason.
struct ended_trial {
    stopping_boundaries bounds;
    std::vector<double> fractions;
    std::size_t look;
    double z;
};

/// Inference about a trial that could have stopped early. The drift is the expected Z at information fraction
/// 1; `effect_of_drift` takes it to the scale of the effect.
struct sequential_inference {
    /// P(a result as large or larger) under no effect; small for benefit at large Z.
    double p_value_upper;
    /// P(a result as small or smaller) under no effect.
    double p_value_lower;
    /// Twice the smaller of the two, at most 1.
    double p_value_two_sided;
    /// The drifts at which the result would be just at the edge of what is compatible.
    interval drift;
    /// The drift under which a larger and a smaller result are equally probable.
    double median_unbiased_drift;
    accrue::status status;
};

/// The effect whose expected Z at information fraction `fraction` is drift sqrt(fraction), on the scale of
/// the estimate whose standard error at that look is `standard_error`.
[[nodiscard]] inline double effect_of_drift(double const drift, double const fraction,
                                            double const standard_error) {
    return drift * std::sqrt(fraction) * standard_error;
}

namespace detail {

/// The trial in the mirror.
inline ended_trial mirrored(ended_trial trial) {
    trial.bounds = mirrored(std::move(trial.bounds));
    trial.z = -trial.z;
    return trial;
}

} // namespace detail
} // namespace accrue
