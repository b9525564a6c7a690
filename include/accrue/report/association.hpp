#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/correlation.hpp>

namespace accrue {

/// What a study reports of the association between two measurements on the same participants.
///
/// `n` counts pairs of measurements, which missing values make fewer than participants. More than 3 are
/// needed because Fisher's z has variance 1/(n - 3).
template <real Real>
struct basic_association {
    Real n;                              ///< participants measured, more than 3
    basic_correlation<Real> correlation; ///< sample correlation, between -1 and 1
};

using association = basic_association<double>;

namespace detail {

template <real Real>
void check(basic_association<Real> const& study) {
    require(study.n > 3 && is_finite(study.n), "n", "above 3 and finite", study.n);
    require_correlation("correlation", study.correlation.value());
}

} // namespace detail
} // namespace accrue
