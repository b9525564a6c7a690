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
        // Each over its standard error and over V, so that no power of a variance leaves the type.
        Real const between =
            of.between_free ? Real(of.slope_between / of.variance / sqrt(of.between_between)) : Real(0);
        Real const within =
            of.within_free ? Real(of.slope_within / of.variance / sqrt(of.within_within)) : Real(0);
        Real const joint = of.between_free && of.within_free
                               ? Real(of.between_within / sqrt(of.between_between) / sqrt(of.within_within))
                               : Real(0);
        Real const relative =
            (between * between - 2 * between * within * joint + within * within) / (1 - joint * joint);
        return {of.variance,
                of.between_free || of.within_free ? Real(2 / relative) : detail::infinity<Real>()};
    }
};

} // namespace accrue
