#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a trial reports of one group with a continuous outcome.
///
/// `sd` is the standard deviation of the participants (divisor n - 1), not the standard error of the mean:
/// entering one for the other is the commonest extraction error, and inflates a standardised difference by
/// sqrt(n).
template <real Real>
struct basic_arm {
    Real n;    ///< participants analysed, at least 2
    Real mean; ///< mean outcome, in the outcome's units
    Real sd;   ///< standard deviation between participants, in the same units, positive
};

using arm = basic_arm<double>;

namespace detail {

template <real Real>
void check(basic_arm<Real> const& group) {
    require(group.n >= 2 && is_finite(group.n), "n", "at least 2 and finite", group.n);
    require_finite("mean", group.mean);
    require_positive("sd", group.sd);
}

} // namespace detail
} // namespace accrue
