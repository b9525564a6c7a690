#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/real.hpp>

#include <boost/math/tools/toms748_solve.hpp>

#include <cstdint>
#include <limits>

namespace accrue::detail {

/// The root of a function that rises or falls throughout, from a start around which the bracket doubles: the
/// limit of an exact interval, where a tail probability meets its share. Infinite where the function keeps
/// its sign up to 2^10 steps.
template <real Real, class Function>
[[nodiscard]] Real tail_root(Function const& function, Real const& start) {
    Real at = function(start);
    if (!(at > 0) && !(at < 0)) {
        return start;
    }
    for (Real const& direction : {Real(1), Real(-1)}) {
        Real inner = start;
        Real at_inner = at;
        for (Real step = direction / 4; step < 1024 && step > -1024; step *= 2) {
            Real const outer = start + step;
            Real const at_outer = function(outer);
            if ((at_outer > 0) != (at > 0)) {
                std::uintmax_t iterations = 200;
                auto const narrow = [](Real const& a, Real const& b) {
                    Real const size = a < 0 ? Real(-a) : a;
                    Real const width = a < b ? Real(b - a) : Real(a - b);
                    return width <= 4 * std::numeric_limits<Real>::epsilon() * (size + 1);
                };
                bool const upwards = inner < outer;
                auto const [low, high] = boost::math::tools::toms748_solve(
                    function, upwards ? inner : outer, upwards ? outer : inner, upwards ? at_inner : at_outer,
                    upwards ? at_outer : at_inner, narrow, iterations, boost_policy{});
                return low + (high - low) / 2;
            }
            inner = outer;
            at_inner = at_outer;
        }
    }
    return at > 0 ? infinity<Real>() : -infinity<Real>();
}

} // namespace accrue::detail
