#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// Every value from 0 to `upper` is equally likely, and none above is possible.
struct uniform {
    double upper; ///< positive, in units of the effect

    /// The log density at x >= 0; minus infinity above `upper`.
    ///
    /// \throws invalid_input unless upper is positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("upper", upper);
        return x <= Real(upper) ? Real(-log(Real(upper))) : Real(-detail::infinity<Real>());
    }
    [[nodiscard]] double typical() const { return upper / 2; }
    [[nodiscard]] double largest() const { return upper; }
};

} // namespace accrue
