#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/interval.hpp>
#include <accrue/report/reported.hpp>

#include <type_traits>

/// \file
/// Standard deviations that a paper does not print, from what it does (Cochrane Handbook, ch. 6.5.2).

namespace accrue {

/// SD of one group from the standard error of its mean: SE √n. The same takes the SE of a mean difference
/// within n pairs to the SD of the difference. Throws `invalid_input` for n below 2 or an SE that is not
/// positive.
template <real Real>
[[nodiscard]] Real standard_deviation_from_standard_error(std::type_identity_t<Real> const& n,
                                                          reported::basic_standard_error<Real> const& error) {
    detail::require_sample<Real>("n", n);
    detail::require_positive("standard error", error.value);
    return error.value * sqrt(n);
}

/// SD of one group from the confidence interval of its mean: √n width / (2 q), q the critical value of t with
/// n - 1 degrees of freedom. Throws `invalid_input` for n below 2, limits out of order or a level outside (0,
/// 1).
template <real Real = double>
[[nodiscard]] Real standard_deviation_from_interval(
    std::type_identity_t<Real> const& n, basic_interval<Real> const& limits,
    std::type_identity_t<reported::basic_confidence_level<Real>> const& level = {}) {
    detail::require_sample<Real>("n", n);
    return sqrt(Real(from_interval(limits, level, Real(n - 1)).variance * n));
}

/// The SD common to both groups from the standard error of their mean difference: SE / √(1/n1 + 1/n2). When
/// only a t or p-value of the difference is known, `from_t` and `from_p_value` (with n1 + n2 - 2 degrees of
/// freedom) give that standard error. Throws `invalid_input` for a group below 2 or an SE that is not
/// positive.
template <real Real>
[[nodiscard]] Real standard_deviation_from_difference(std::type_identity_t<Real> const& n_treatment,
                                                      std::type_identity_t<Real> const& n_control,
                                                      reported::basic_standard_error<Real> const& error) {
    detail::require_sample<Real>("n_treatment", n_treatment);
    detail::require_sample<Real>("n_control", n_control);
    detail::require_positive("standard error", error.value);
    return error.value / sqrt(Real(1 / n_treatment + 1 / n_control));
}

template <detail::number First, detail::number Second>
ACCRUE_REFUSED(
    "say which number is which: standard_deviation_from_standard_error(n, reported::standard_error{1.2})",
    standard_deviation_from_standard_error(First const&, Second const&));

} // namespace accrue
