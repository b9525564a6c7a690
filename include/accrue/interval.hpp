#pragma once

#include <accrue/real.hpp>

namespace accrue {

/// A closed interval on the scale of whatever it is an interval for; either end may be infinite.
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
