#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <limits>

namespace accrue::detail {

/// About where a root is, and the slope of the function there; 0 where that is not known.
struct root_guess {
    double value;
    double slope = 0;
};

/// The root of a smooth decreasing function that costs much, by secants, kept within what is known to enclose
/// it. It ends with a call where the next step would be below `tolerance` of the root. The function may be
/// infinite far from it.
template <class F>
root_result<double> secant_root(F const& f, root_guess const& guess, double const tolerance) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto low = -infinity;
    auto high = infinity;
    auto slope = guess.slope;
    auto reach = 0.02 * guess.value;
    auto const negligible = std::pow(tolerance, 0.8) * std::abs(guess.value);
    auto at = guess.value;
    auto before = at;
    auto value_before = infinity;
    for (auto iteration = 0; iteration < 100; ++iteration) {
        auto const value = f(at);
        if (!(value > 0 || value <= 0)) {
            break;
        }
        (value > 0 ? low : high) = at;
        if (std::abs(value_before) < infinity && std::abs(value) < infinity) {
            slope = (value - value_before) / (at - before);
        }
        auto const step = !(std::abs(value) > 0) ? 0 : slope < 0 ? -value / slope : infinity;
        // After so small a step the error is that of rounding, and the next step no smaller.
        bool const has_settled = std::abs(at - before) <= negligible && slope < 0 && iteration > 0;
        if (std::abs(step) <= tolerance * std::abs(at) || has_settled) {
            return {at, accrue::status::ok};
        }
        before = at;
        value_before = value;
        if (at + step > low && at + step < high && std::abs(step) < 0.1 * std::abs(at)) {
            at += step;
        } else if (low > -infinity && high < infinity) {
            at = 0.5 * (low + high);
        } else {
            at += value > 0 ? reach : -reach;
            reach *= 2;
        }
    }
    return {at, accrue::status::not_converged};
}

} // namespace accrue::detail
