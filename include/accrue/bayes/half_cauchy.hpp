#pragma once

#include <accrue/bayes/detail/log_one_plus_square.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The absolute value of a Cauchy variable about 0: density 2 / (pi scale (1 + x² / scale²)).
///
/// Half of it lies below `scale`; its tail is so heavy that it has no mean. With two or three studies that
/// tail comes through to the posterior of tau. Gelman 2006, doi:10.1214/06-BA117A.
struct half_cauchy {
    double scale; ///< positive, in units of the effect

    /// The log density at x >= 0.
    ///
    /// \throws invalid_input unless scale is positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("scale", scale);
        Real const s(scale);
        Real const half_pi = 2 * atan(Real(1));
        return -log(Real(half_pi * s)) - detail::log_one_plus_square(Real(x / s));
    }
    [[nodiscard]] double typical() const { return scale; }
};

} // namespace accrue
