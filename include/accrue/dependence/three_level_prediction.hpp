#pragma once

#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// Prediction with two degrees of freedom less than there are clusters, the units that are independent.
struct clusters_minus_two {
    template <real Real>
    [[nodiscard]] Real operator()(basic_three_level_fit<Real> const& fit) const {
        return detail::from_count<Real>(fit.clusters) - 2;
    }
};

/// The prediction interval for a new true effect in a new cluster,
///
///     effect ± c sqrt(tau²_between + tau²_within + SE²).
///
/// \param rule callable value: fit -> degrees of freedom of t; any that a `pooled` takes, such as
/// `degrees_of_freedom_of_effect`, will do
/// \throws invalid_input unless 0 < level < 1, and when the rule leaves no degrees of freedom
template <real Real, class DegreesOfFreedom = clusters_minus_two>
[[nodiscard]] basic_interval<Real> prediction_interval(basic_three_level_fit<Real> const& fit,
                                                       double const level,
                                                       DegreesOfFreedom const& rule = {}) {
    auto const fixed = [&](basic_pooled<Real> const&) -> Real { return rule(fit); };
    return prediction_interval(static_cast<basic_pooled<Real> const&>(fit), level, fixed);
}

} // namespace accrue
