#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// The log odds, or log odds ratio, at which a function that falls is 0: the limit of an exact interval,
/// where a tail probability meets its share. Infinite where the function keeps its sign up to 600, near the
/// largest odds that a `double` holds with their square.
template <real Real, class Function>
[[nodiscard]] Real log_odds_root(Function const& falling) {
    return falling_root(falling, Real(0), Real(0.25), {.unit = Real(1), .farthest = Real(600)}).value;
}

} // namespace accrue::detail
