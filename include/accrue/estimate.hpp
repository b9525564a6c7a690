#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cmath>

namespace accrue {

/// What one study says: an effect and its sampling variance, both on the analysis scale (the log scale for
/// ratios).
///
/// This is the common currency of the library: effect measures produce estimates, models pool them. The
/// variance is the square of the standard error, not of a standard deviation of participants.
template <real Real>
struct basic_estimate {
    Real effect;
    Real variance;
};

using estimate = basic_estimate<double>;

/// The square root of an estimate's variance, on the scale of its effect.
template <real Real>
[[nodiscard]] Real standard_error(basic_estimate<Real> const& study) {
    using std::sqrt;
    return sqrt(study.variance);
}

namespace detail {

template <real Real>
void check(basic_estimate<Real> const& study) {
    require_finite("effect", study.effect);
    require_positive("variance", study.variance);
}

} // namespace detail
} // namespace accrue
