#pragma once

#include <accrue/bayes/half_student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cmath>

namespace accrue {

/// The distribution of a number whose logarithm is mean + scale t, with Student's t.
///
/// Predictive distributions of tau² for standardised mean differences have this form, with 5 degrees of
/// freedom: `on_tau_squared{log_student_t{-3.44, 2.59, 5}}` is the general one (Rhodes, Turner & Higgins
/// 2015, doi:10.1016/j.jclinepi.2014.08.012, which has others by outcome and comparison).
struct log_student_t {
    double mean;                   ///< of the logarithm, finite
    double scale;                  ///< of the logarithm, positive
    double degrees_of_freedom = 5; ///< positive

    /// The log density at x > 0.
    ///
    /// \throws invalid_input unless mean is finite, and the other options positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_finite("mean", mean);
        detail::require_positive("scale", scale);
        detail::require_positive("degrees of freedom", degrees_of_freedom);
        Real const logarithm = log(x);
        Real const z = (logarithm - Real(mean)) / Real(scale);
        return -logarithm - log(Real(scale)) + detail::log_student_t_density(z, Real(degrees_of_freedom));
    }
    [[nodiscard]] double typical() const { return std::exp(mean); }
};

} // namespace accrue
