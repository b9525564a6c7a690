#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The inverse gamma distribution: density scale^shape / Gamma(shape) x^(-shape - 1) exp(-scale / x).
///
/// It was long the usual prior of tau², `on_tau_squared{inverse_gamma{0.001, 0.001}}`, which is not as
/// uninformative as it looks: it shuns small tau. Gelman 2006, doi:10.1214/06-BA117A.
struct inverse_gamma {
    double shape; ///< positive
    double scale; ///< positive, in the unit of x

    /// The log density at x > 0.
    ///
    /// \throws invalid_input unless both options are positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("shape", shape);
        detail::require_positive("scale", scale);
        Real const a(shape);
        Real const b(scale);
        return a * log(b) - detail::log_gamma(a) - (a + 1) * log(x) - b / x;
    }
    [[nodiscard]] double typical() const { return scale / (shape + 1); }
};

} // namespace accrue
