#pragma once

#include <accrue/real.hpp>

#include <concepts>

namespace accrue::detail {

// What the library takes of Boost.Math's special functions. No other header names them, so that a unit of the
// compiled variant does not parse Boost, which takes a second.

/// Constants that `std::numbers` lacks, or has for the types of the processor only.
template <real Real>
[[nodiscard]] Real boost_pi();
template <real Real>
[[nodiscard]] Real boost_root_two();
template <real Real>
[[nodiscard]] Real boost_root_pi();
template <real Real>
[[nodiscard]] Real boost_root_two_pi();

template <real Real>
[[nodiscard]] Real root_two() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(1.41421356237309504880168872420969808L);
    } else {
        return boost_root_two<Real>();
    }
}
template <real Real>
[[nodiscard]] Real root_pi() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(1.77245385090551602729816748334114518L);
    } else {
        return boost_root_pi<Real>();
    }
}
template <real Real>
[[nodiscard]] Real root_two_pi() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(2.50662827463100050241576528481104525L);
    } else {
        return boost_root_two_pi<Real>();
    }
}

/// The error function, its complement, and the x at which the complement is p.
template <real Real>
[[nodiscard]] Real error_function(Real const& x);
template <real Real>
[[nodiscard]] Real error_function_complement(Real const& x);
template <real Real>
[[nodiscard]] Real error_function_complement_inverse(Real const& p);

/// log Gamma(a), and Gamma(a) / Gamma(a + step).
template <real Real>
[[nodiscard]] Real log_gamma(Real const& a);
template <real Real>
[[nodiscard]] Real gamma_ratio(Real const& a, Real const& step);

/// The regularised incomplete gamma functions: the lower, P(a, x), and the upper, Q(a, x); and the x at which
/// they are p.
template <real Real>
[[nodiscard]] Real lower_gamma(Real const& a, Real const& x);
template <real Real>
[[nodiscard]] Real upper_gamma(Real const& a, Real const& x);
template <real Real>
[[nodiscard]] Real lower_gamma_inverse(Real const& a, Real const& p);
template <real Real>
[[nodiscard]] Real upper_gamma_inverse(Real const& a, Real const& p);

/// The regularised incomplete beta function I_x(a, b), its complement, its derivative by x, and the x at
/// which the two are p.
template <real Real>
[[nodiscard]] Real incomplete_beta(Real const& a, Real const& b, Real const& x);
template <real Real>
[[nodiscard]] Real incomplete_beta_complement(Real const& a, Real const& b, Real const& x);
template <real Real>
[[nodiscard]] Real incomplete_beta_derivative(Real const& a, Real const& b, Real const& x);
template <real Real>
[[nodiscard]] Real incomplete_beta_inverse(Real const& a, Real const& b, Real const& p);
template <real Real>
[[nodiscard]] Real incomplete_beta_complement_inverse(Real const& a, Real const& b, Real const& p);

/// Student's t distribution with finite degrees of freedom above 0: P(T <= x), its density, and the x with
/// P(T <= x) = p.
template <real Real>
[[nodiscard]] Real student_t_cumulative(Real const& degrees_of_freedom, Real const& x);
template <real Real>
[[nodiscard]] Real student_t_density(Real const& degrees_of_freedom, Real const& x);
template <real Real>
[[nodiscard]] Real student_t_quantile(Real const& degrees_of_freedom, Real const& p);

/// The lower branch of Lambert's W: the w <= -1 with w exp(w) = x.
template <real Real>
[[nodiscard]] Real lower_lambert_w(Real const& x);

} // namespace accrue::detail

#if !defined(ACCRUE_COMPILED)
#include <accrue/distribution/detail/special_functions_by_boost.hpp>
#endif
