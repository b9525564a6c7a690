#pragma once

#include <accrue/bayes/detail/log_one_plus_square.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

namespace detail {

/// The log density of Student's t at z.
template <real Real>
[[nodiscard]] Real log_student_t_density(Real const& z, Real const& degrees_of_freedom) {
    Real const half = degrees_of_freedom / 2;
    Real const pi = 4 * atan(Real(1));
    // Gamma(a + 1/2) / Gamma(a)
    Real const ratio = gamma_ratio(half, Real(0.5));
    return -log(ratio) - log(Real(degrees_of_freedom * pi)) / 2 -
           (half + Real(0.5)) * log_one_plus_square(Real(z / sqrt(degrees_of_freedom)));
}

} // namespace detail

/// The absolute value of a variable with Student's t distribution, times `scale`: between the half-normal
/// (infinite degrees of freedom) and the half-Cauchy (1). Gelman 2006, doi:10.1214/06-BA117A.
struct half_student_t {
    double degrees_of_freedom; ///< positive
    double scale;              ///< positive, in units of the effect

    /// The log density at x >= 0.
    ///
    /// \throws invalid_input unless both options are positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("degrees of freedom", degrees_of_freedom);
        detail::require_positive("scale", scale);
        Real const s(scale);
        return log(Real(2 / s)) + detail::log_student_t_density(Real(x / s), Real(degrees_of_freedom));
    }
    [[nodiscard]] double typical() const { return scale; }
};

} // namespace accrue
