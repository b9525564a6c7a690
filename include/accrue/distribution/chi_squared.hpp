#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The chi-squared distribution: that of a sum of squares of independent standard normal variables, and so of
/// Cochran's Q when studies share one effect. With zero degrees of freedom all its mass is at zero. Tails
/// keep their relative precision: a small p-value is not 1 - (nearly 1).
template <real Real>
struct basic_chi_squared {
    Real degrees_of_freedom; ///< zero or positive; all is NaN where it is neither

    /// P(X >= x) = Q(df / 2, x / 2), the regularised upper incomplete gamma function; 1 below 0.
    [[nodiscard]] Real survival(Real const& x) const {
        if (!(degrees_of_freedom >= 0) || !(x > 0 || x <= 0)) {
            return detail::not_a_number<Real>();
        }
        if (!(degrees_of_freedom > 0 && x > 0)) {
            return x > 0 ? Real(0) : Real(1);
        }
        return detail::upper_gamma(Real(degrees_of_freedom / 2), Real(x / 2));
    }
    /// The x with P(X <= x) = p; NaN unless 0 <= p <= 1.
    [[nodiscard]] Real quantile(Real const& p) const {
        return has_quantile(p) ? Real(2 * detail::lower_gamma_inverse(Real(degrees_of_freedom / 2), p))
                               : without_quantile(p);
    }
    /// The x with P(X > x) = p; NaN unless 0 <= p <= 1.
    [[nodiscard]] Real upper_quantile(Real const& p) const {
        return has_quantile(p) ? Real(2 * detail::upper_gamma_inverse(Real(degrees_of_freedom / 2), p))
                               : without_quantile(p);
    }

  private:
    [[nodiscard]] bool has_quantile(Real const& p) const {
        return degrees_of_freedom > 0 && p >= 0 && p <= 1;
    }
    [[nodiscard]] Real without_quantile(Real const& p) const {
        return degrees_of_freedom >= 0 && p >= 0 && p <= 1 ? Real(0) : detail::not_a_number<Real>();
    }
};

using chi_squared = basic_chi_squared<double>;

} // namespace accrue
