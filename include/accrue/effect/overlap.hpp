#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/estimate.hpp>

/// \file
/// What a standardised mean difference says about two normal distributions of participants: how they overlap.
/// For explaining a pooled d to readers; pool the d itself.

namespace accrue {

/// Common-language effect size, Φ(d/√2): the probability that a participant under treatment has the larger
/// outcome of two drawn at random, one from each group (McGraw & Wong 1992,
/// doi:10.1037/0033-2909.111.2.361). Also the area under the ROC curve. 1/2 is no difference. Variance by the
/// delta method, φ(d/√2)² v/2. Throws `invalid_input` for an estimate that is not valid.
template <real Real>
[[nodiscard]] basic_estimate<Real> common_language_from_d(basic_estimate<Real> const& d) {
    detail::check(d);
    Real const z = d.effect / sqrt(Real(2));
    return {basic_normal<Real>::cumulative(z),
            detail::square(basic_normal<Real>::density(z)) * d.variance / 2};
}

/// Cohen's U3, Φ(d): the share of the control group below the mean of the treatment group (Cohen 1988,
/// doi:10.4324/9780203771587). 1/2 is no difference. Variance by the delta method, φ(d)² v. Throws
/// `invalid_input` for an estimate that is not valid.
template <real Real>
[[nodiscard]] basic_estimate<Real> u3_from_d(basic_estimate<Real> const& d) {
    detail::check(d);
    return {basic_normal<Real>::cumulative(d.effect),
            detail::square(basic_normal<Real>::density(d.effect)) * d.variance};
}

} // namespace accrue
