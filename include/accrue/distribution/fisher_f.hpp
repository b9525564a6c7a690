#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue {

/// Fisher's F distribution: of the ratio of two independent chi-squared quantities, each over its degrees of
/// freedom. Tests of several coefficients at once refer to it where a variance had to be estimated. With
/// infinite degrees of freedom of the denominator it is chi² over its degrees of freedom. Snedecor 1934,
/// Calculation and Interpretation of Analysis of Variance and Covariance.
template <real Real>
struct basic_fisher_f {
    Real degrees_of_freedom;             ///< of the numerator, positive
    Real denominator_degrees_of_freedom; ///< positive, may be infinite

    /// P(F >= x) for x >= 0, by the regularised incomplete beta function; small ones keep their relative
    /// precision.
    [[nodiscard]] Real survival(Real const& x) const {
        if (denominator_degrees_of_freedom > (std::numeric_limits<Real>::max)()) {
            return basic_chi_squared<Real>{degrees_of_freedom}.survival(Real(degrees_of_freedom * x));
        }
        Real const scaled = degrees_of_freedom * x;
        Real const a = denominator_degrees_of_freedom / 2;
        Real const b = degrees_of_freedom / 2;
        // Of d / (d + n x) and its complement the lesser is the one without cancellation.
        if (scaled > denominator_degrees_of_freedom) {
            return detail::incomplete_beta(
                a, b, Real(denominator_degrees_of_freedom / (denominator_degrees_of_freedom + scaled)));
        }
        return detail::incomplete_beta_complement(b, a,
                                                  Real(scaled / (denominator_degrees_of_freedom + scaled)));
    }
};

using fisher_f = basic_fisher_f<double>;

} // namespace accrue
