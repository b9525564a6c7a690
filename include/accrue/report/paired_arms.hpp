#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/correlation.hpp>

namespace accrue {

/// Mean and standard deviation of one measurement.
template <real Real>
struct basic_measurement {
    Real mean; ///< mean outcome, in the outcome's units
    Real sd;   ///< standard deviation between participants, in the same units, positive
};

using measurement = basic_measurement<double>;

/// What a study reports that measured every participant twice: a crossover trial (under treatment and under
/// control), matched pairs, or one group after and before treatment (`treatment` is after, `control` before).
///
/// The correlation between the two measurements has no default. When the report lacks it, derive it from the
/// standard deviation of the difference (`correlation_from_sd_of_difference`), or impute one, say so, and
/// vary it in a sensitivity analysis.
template <real Real>
struct basic_paired_arms {
    Real n;                              ///< participants (or pairs) measured twice, at least 2
    basic_measurement<Real> treatment;   ///< under treatment, or after it
    basic_measurement<Real> control;     ///< under control, or before treatment
    basic_correlation<Real> correlation; ///< between the two measurements, in (-1, 1)
};

using paired_arms = basic_paired_arms<double>;

namespace detail {

template <real Real>
void check(basic_measurement<Real> const& group) {
    require_finite("mean", group.mean);
    require_positive("sd", group.sd);
}

} // namespace detail
} // namespace accrue
