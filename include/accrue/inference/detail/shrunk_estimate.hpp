#pragma once

#include <accrue/estimate.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// The best linear unbiased prediction of a true effect that differs from a mean by the variance tau²: its
/// own estimate y with the variance v, shrunk towards the mean's estimate m with the variance V,
///
///     l y + (1 - l) m,   variance = l v + (1 - l)² V,   l = tau² / (tau² + v).
template <real Real>
[[nodiscard]] basic_estimate<Real>
shrunk_estimate(basic_estimate<Real> const& own, basic_estimate<Real> const& mean, Real const& tau_squared) {
    Real const share = tau_squared / (tau_squared + own.variance);
    Real const rest = own.variance / (tau_squared + own.variance);
    return {share * own.effect + rest * mean.effect, share * own.variance + rest * rest * mean.variance};
}

} // namespace accrue::detail
