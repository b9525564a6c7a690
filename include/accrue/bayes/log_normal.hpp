#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cmath>

namespace accrue {

/// The distribution of a number whose logarithm is N(mean, sd²).
///
/// Predictive distributions of tau² for binary outcomes, found in thousands of meta-analyses, have this form.
/// They are of tau², not of tau: `on_tau_squared{log_normal{-2.56, 1.74}}` is the general one for log odds
/// ratios (Turner, Jackson, Wei, Thompson & Higgins 2015, doi:10.1002/sim.6381, which has others by outcome
/// and comparison).
struct log_normal {
    double mean; ///< of the logarithm, finite
    double sd;   ///< of the logarithm, positive

    /// The log density at x > 0.
    ///
    /// \throws invalid_input unless mean is finite, and sd positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_finite("mean", mean);
        detail::require_positive("sd", sd);
        Real const two_pi = 8 * atan(Real(1));
        Real const logarithm = log(x);
        return -logarithm - log(Real(sd)) -
               (log(two_pi) + detail::square(Real((logarithm - Real(mean)) / Real(sd)))) / 2;
    }
    [[nodiscard]] double typical() const { return std::exp(mean); }
};

} // namespace accrue
