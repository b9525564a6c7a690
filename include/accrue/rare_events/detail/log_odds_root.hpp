#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// The log odds, or log odds ratio, at which a function that falls is 0: the limit of an exact interval,
/// where a tail probability meets its share. Infinite where the function keeps its sign up to 600, near the
/// largest odds that a `double` holds with their square.
template <real Real, class Function>
[[nodiscard]] Real log_odds_root(Function const& falling) {
    return falling_root(falling, Real(0), Real(0.25), {.unit = Real(1), .farthest = Real(600)}).value;
}

/// The limits of an interval that is a point but for rounding, by which they may be the wrong way round: both
/// are their mean.
template <real Real>
[[nodiscard]] basic_interval<Real> in_order(basic_interval<Real> const& limits) {
    if (limits.upper < limits.lower) {
        Real const middle = limits.upper + (limits.lower - limits.upper) / 2;
        return {middle, middle};
    }
    return limits;
}

} // namespace accrue::detail
