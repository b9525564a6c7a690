#pragma once

#include <accrue/dependence/nested_information.hpp>
#include <accrue/real.hpp>
#include <accrue/uncertainty/precision.hpp>

namespace accrue {

/// The model's variance of a three-level mean, referred to t with Satterthwaite's degrees of freedom:
///
///     2 V² / (g' I⁻¹ g),   V = 1 / 1'M⁻¹1,
///
/// g the derivatives of V by the two variances, I their expected information. Few clusters, or variances that
/// the data hardly tell, leave few degrees of freedom. A variance that is estimated as 0 counts as known;
/// when both are, the degrees of freedom are infinite. Satterthwaite 1946, Biometrics Bull 2:110-114,
/// doi:10.2307/3002019; Giesbrecht & Burns 1985, Biometrics 41:477-486, doi:10.2307/2530872.
struct satterthwaite {
    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(nested_information<Real> const& of) const {
        Real variance_of_variance(0);
        if (of.between_free && of.within_free) {
            Real const determinant =
                of.between_between * of.within_within - of.between_within * of.between_within;
            variance_of_variance = (of.slope_between * of.slope_between * of.within_within -
                                    2 * of.slope_between * of.slope_within * of.between_within +
                                    of.slope_within * of.slope_within * of.between_between) /
                                   determinant;
        } else if (of.between_free) {
            variance_of_variance = of.slope_between * of.slope_between / of.between_between;
        } else if (of.within_free) {
            variance_of_variance = of.slope_within * of.slope_within / of.within_within;
        }
        return {of.variance, variance_of_variance > 0
                                 ? Real(2 * of.variance * of.variance / variance_of_variance)
                                 : detail::infinity<Real>()};
    }
};

} // namespace accrue
