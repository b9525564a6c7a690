#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The absolute value of a normal variable with mean 0: density sqrt(2 / pi) / scale exp(-x² / (2 scale²)).
///
/// Its median is 0.67 scale, and 95 % lie below 1.96 scale. As a prior of tau for log odds ratios, a scale of
/// 0.5 or 1 is common. Friede, Röver, Wandel & Neuenschwander 2017, doi:10.1002/jrsm.1217.
struct half_normal {
    double scale; ///< positive, in units of the effect

    /// The log density at x >= 0.
    ///
    /// \throws invalid_input unless scale is positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("scale", scale);
        Real const s(scale);
        Real const half_pi = 2 * atan(Real(1));
        return -log(s) - (log(half_pi) + detail::square(Real(x / s))) / 2;
    }
    [[nodiscard]] double typical() const { return scale; }
};

} // namespace accrue
