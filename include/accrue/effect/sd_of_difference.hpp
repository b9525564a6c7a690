#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/paired_arms.hpp>

#include <type_traits>

namespace accrue {

namespace detail {

// s1² + s2² - 2 r s1 s2 as (s1 - s2)² + 2 (1-r) s1 s2, which does not cancel for equal SDs and r near one.
template <real Real>
Real variance_of_difference(Real const& first, Real const& second, Real const& first_minus_second,
                            Real const& r) {
    return first_minus_second * first_minus_second + 2 * (1 - r) * first * second;
}

} // namespace detail

/// Standard deviation of the difference between two measurements, √(s1² + s2² - 2 r s1 s2), in the outcome's
/// units. Throws `invalid_input` for a report that is not valid.
template <real Real>
[[nodiscard]] Real sd_of_difference(basic_paired_arms<Real> const& study) {
    detail::check(study);
    Real const& first = study.treatment.sd;
    Real const& second = study.control.sd;
    Real const scale = first < second ? second : first;
    return scale * sqrt(detail::variance_of_difference<Real>(
                       first / scale, second / scale, (first - second) / scale, study.correlation.value()));
}

/// The correlation r = (s1² + s2² - sd²) / (2 s1 s2) that makes `sd` the standard deviation of the difference
/// between two measurements with the SDs s1 and s2; the way to it when a paper gives the paired test but not
/// r.
///
/// Throws `invalid_input` when an SD is not positive, or when no correlation inside (-1, 1) fits: the three
/// then contradict each other.
template <real Real = double>
[[nodiscard]] Real correlation_from_sd_of_difference(std::type_identity_t<Real> const& sd_treatment,
                                                     std::type_identity_t<Real> const& sd_control,
                                                     std::type_identity_t<Real> const& sd) {
    detail::require_positive<Real>("sd_treatment", sd_treatment);
    detail::require_positive<Real>("sd_control", sd_control);
    detail::require_positive<Real>("sd of the difference", sd);
    Real const a = sd_treatment / sd_control;
    Real const c = sd / sd_control;
    Real const r = (1 + (a - c) * (a + c)) / (2 * a);
    detail::require_correlation("correlation implied by the three SDs", r);
    return r;
}

} // namespace accrue
