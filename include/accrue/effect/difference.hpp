#pragma once

#include <accrue/estimate.hpp>

namespace accrue {

/// The difference of two independent estimates, first minus second; variances add.
///
/// For trials that report each group's change but not their comparison, and for comparing two subgroups.
/// Estimates that share participants are not independent. Throws `invalid_input` for estimates that are not
/// valid.
template <real Real>
[[nodiscard]] basic_estimate<Real> difference(basic_estimate<Real> const& first,
                                              basic_estimate<Real> const& second) {
    detail::check(first);
    detail::check(second);
    return {first.effect - second.effect, first.variance + second.variance};
}

} // namespace accrue
