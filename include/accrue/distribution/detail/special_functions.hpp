#pragma once

#include <accrue/compiled.hpp>
#include <accrue/real.hpp>

#include <concepts>

namespace accrue::detail {

// What the library takes of Boost.Math's special functions. No other header names them, so that a unit of the
// compiled variant does not parse Boost, which takes a second.

/// Pi, which `std::numbers` has for the types of the processor only.
template <real Real>
[[nodiscard]] Real boost_pi();

template <real Real>
[[nodiscard]] Real root_two() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(1.41421356237309504880168872420969808L);
    } else {
        return sqrt(Real(2));
    }
}
template <real Real>
[[nodiscard]] Real root_pi() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(1.77245385090551602729816748334114518L);
    } else {
        return sqrt(boost_pi<Real>());
    }
}
template <real Real>
[[nodiscard]] Real root_two_pi() {
    if constexpr (std::floating_point<Real>) {
        return static_cast<Real>(2.50662827463100050241576528481104525L);
    } else {
        return sqrt(Real(2 * boost_pi<Real>()));
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

#include <accrue/distribution/detail/boost_policy.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/lambert_w.hpp>

namespace accrue::detail {

template <real Real>
Real boost_pi() {
    return boost::math::constants::pi<Real>();
}

template <real Real>
Real error_function(Real const& x) {
    return boost::math::erf(x, boost_policy{});
}
template <real Real>
Real error_function_complement(Real const& x) {
    return boost::math::erfc(x, boost_policy{});
}
template <real Real>
Real error_function_complement_inverse(Real const& p) {
    return boost::math::erfc_inv(p, boost_policy{});
}

template <real Real>
Real log_gamma(Real const& a) {
    return boost::math::lgamma(a, boost_policy{});
}
template <real Real>
Real gamma_ratio(Real const& a, Real const& step) {
    return boost::math::tgamma_delta_ratio(a, step, boost_policy{});
}

template <real Real>
Real lower_gamma(Real const& a, Real const& x) {
    return boost::math::gamma_p(a, x, boost_policy{});
}
template <real Real>
Real upper_gamma(Real const& a, Real const& x) {
    return boost::math::gamma_q(a, x, boost_policy{});
}
template <real Real>
Real lower_gamma_inverse(Real const& a, Real const& p) {
    return boost::math::gamma_p_inv(a, p, boost_policy{});
}
template <real Real>
Real upper_gamma_inverse(Real const& a, Real const& p) {
    return boost::math::gamma_q_inv(a, p, boost_policy{});
}

template <real Real>
Real incomplete_beta(Real const& a, Real const& b, Real const& x) {
    return boost::math::ibeta(a, b, x, boost_policy{});
}
template <real Real>
Real incomplete_beta_complement(Real const& a, Real const& b, Real const& x) {
    return boost::math::ibetac(a, b, x, boost_policy{});
}
template <real Real>
Real incomplete_beta_derivative(Real const& a, Real const& b, Real const& x) {
    return boost::math::ibeta_derivative(a, b, x, boost_policy{});
}
template <real Real>
Real incomplete_beta_inverse(Real const& a, Real const& b, Real const& p) {
    return boost::math::ibeta_inv(a, b, p, boost_policy{});
}
template <real Real>
Real incomplete_beta_complement_inverse(Real const& a, Real const& b, Real const& p) {
    return boost::math::ibetac_inv(a, b, p, boost_policy{});
}

template <real Real>
Real student_t_cumulative(Real const& degrees_of_freedom, Real const& x) {
    using distribution = boost::math::students_t_distribution<Real, boost_policy>;
    return boost::math::cdf(distribution(degrees_of_freedom), x);
}
template <real Real>
Real student_t_density(Real const& degrees_of_freedom, Real const& x) {
    using distribution = boost::math::students_t_distribution<Real, boost_policy>;
    return boost::math::pdf(distribution(degrees_of_freedom), x);
}
template <real Real>
Real student_t_quantile(Real const& degrees_of_freedom, Real const& p) {
    using distribution = boost::math::students_t_distribution<Real, boost_policy>;
    return boost::math::quantile(distribution(degrees_of_freedom), p);
}

template <real Real>
Real lower_lambert_w(Real const& x) {
    return boost::math::lambert_wm1(x, boost_policy{});
}

ACCRUE_HELD_BY_THE_LIBRARY(double boost_pi<double>());
ACCRUE_HELD_BY_THE_LIBRARY(double error_function(double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double error_function_complement(double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double error_function_complement_inverse(double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double log_gamma(double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double gamma_ratio(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double lower_gamma(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double upper_gamma(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double lower_gamma_inverse(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double upper_gamma_inverse(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double incomplete_beta(double const&, double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double incomplete_beta_complement(double const&, double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double incomplete_beta_derivative(double const&, double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double incomplete_beta_inverse(double const&, double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double incomplete_beta_complement_inverse(double const&, double const&,
                                                                     double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double student_t_cumulative(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double student_t_density(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double student_t_quantile(double const&, double const&));
ACCRUE_HELD_BY_THE_LIBRARY(double lower_lambert_w(double const&));

} // namespace accrue::detail

#endif
