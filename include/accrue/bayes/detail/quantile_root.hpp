#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/real.hpp>

#include <boost/math/tools/toms748_solve.hpp>

#include <cstdint>
#include <limits>

namespace accrue::detail {

/// The root between two points of a function that rises, to so many binary digits.
template <real Real, class Function>
[[nodiscard]] Real root_between(Function const& rising, Real const& lower, Real const& upper,
                                int const digits = std::numeric_limits<Real>::digits - 2) {
    Real const at_lower = rising(lower);
    Real const at_upper = rising(upper);
    if (!(at_lower < 0)) {
        return lower;
    }
    if (!(at_upper > 0)) {
        return upper;
    }
    std::uintmax_t iterations = 200;
    auto const close = boost::math::tools::eps_tolerance<Real>(static_cast<unsigned>(digits));
    auto const bracket = boost::math::tools::toms748_solve(rising, lower, upper, at_lower, at_upper, close,
                                                           iterations, boost_policy{});
    return bracket.first + (bracket.second - bracket.first) / 2;
}

/// The root of a function that rises, sought from `start` outwards in steps that double, from `scale` on.
template <real Real, class Function>
[[nodiscard]] Real quantile_root(Function const& rising, Real const& start, Real const& scale) {
    if (!(scale > 0)) {
        return start; // everything lies there
    }
    Real const at_start = rising(start);
    Real step = scale;
    Real near = start;
    Real const direction = at_start < 0 ? Real(1) : Real(-1);
    for (int i = 0; i < 2000; ++i) {
        Real const next = start + direction * step;
        if (!is_finite(next)) {
            return next;
        }
        if (direction * rising(next) >= 0) {
            return direction > 0 ? root_between(rising, near, next) : root_between(rising, next, near);
        }
        near = next;
        step = 2 * step;
    }
    return near;
}

} // namespace accrue::detail
