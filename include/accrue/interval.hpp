#pragma once

#include <accrue/real.hpp>

namespace accrue {

/// A closed interval on the scale of whatever it is an interval for; either end may be infinite.
///
/// A confidence interval at level 0.95 covers the true value in 95 of 100 repetitions of everything that led
/// to it. It is invariant under increasing transformations: both ends of an interval for a log ratio,
/// exponentiated, are one for the ratio.
template <real Real>
struct basic_interval {
    Real lower;
    Real upper;

    [[nodiscard]] constexpr bool contains(Real const& value) const {
        return lower <= value && value <= upper;
    }
    [[nodiscard]] constexpr Real width() const { return upper - lower; }
};

using interval = basic_interval<double>;

} // namespace accrue
