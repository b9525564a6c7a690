#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <limits>

namespace accrue::detail {

/// The root of a smooth decreasing function that costs much, by secants from `guess` and a second point about
/// a `step` away, kept within what is known to enclose it. It ends with a call at the root. The function may
/// be infinite far from it.
template <class F>
root_result<double> secant_root(F const& f, double const guess, double const step) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto low = -infinity;
    auto high = infinity;
    auto reach = step;
    auto before = guess;
    auto f_before = f(before);
    auto at = f_before > 0 ? guess + step : guess - step;
    (f_before > 0 ? low : high) = guess;
    for (auto iteration = 0; iteration < 100; ++iteration) {
        auto const value = f(at);
        if (!(value > 0 || value <= 0)) {
            break;
        }
        (value > 0 ? low : high) = at;
        // After a secant step the error is about the product of the last two, after a bisection it is not.
        auto const moved = std::abs(at - before);
        if ((moved <= 1e-10 * std::abs(at) && std::abs(value) <= 1e-12) ||
            moved <= 4 * std::numeric_limits<double>::epsilon() * std::abs(at) || !(value < 0 || value > 0)) {
            return {at, accrue::status::ok};
        }
        auto next = at - value * (at - before) / (value - f_before);
        if (!(next > low && next < high)) {
            auto const is_enclosed = low > -infinity && high < infinity;
            reach *= 2;
            next = is_enclosed ? 0.5 * (low + high) : (value > 0 ? at + reach : at - reach);
        }
        before = at;
        f_before = value;
        at = next;
    }
    return {at, accrue::status::not_converged};
}

} // namespace accrue::detail
