#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/status.hpp>

#include <boost/math/tools/toms748_solve.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace accrue::detail {

/// A root and whether it was found.
struct root_result {
    double value;
    accrue::status status;
};

/// The root of a decreasing function, bracketed by steps of growing length from `guess` and refined until
/// neighbouring doubles enclose it (TOMS 748).
template <class F>
root_result decreasing_root(F const& f, double const guess, double step) {
    auto const not_found =
        root_result{std::numeric_limits<double>::quiet_NaN(), accrue::status::not_converged};
    auto low = guess;
    auto f_low = f(low);
    auto high = low;
    auto f_high = f_low;
    for (auto tries = 0; f_low < 0; ++tries, step *= 2) {
        if (tries == 60) {
            return not_found;
        }
        high = low;
        f_high = f_low;
        low -= step;
        f_low = f(low);
    }
    for (auto tries = 0; f_high > 0; ++tries, step *= 2) {
        if (tries == 60) {
            return not_found;
        }
        low = high;
        f_low = f_high;
        high += step;
        f_high = f(high);
    }
    if (!(f_low >= 0 && f_high <= 0)) {
        return not_found;
    }
    if (!(f_low > 0)) {
        return {low, accrue::status::ok};
    }
    if (!(f_high < 0)) {
        return {high, accrue::status::ok};
    }
    auto const close = [](double const a, double const b) {
        return std::abs(b - a) <= 2 * std::numeric_limits<double>::epsilon() * (std::abs(a) + std::abs(b));
    };
    auto iterations = std::uintmax_t{100};
    auto const bracket =
        boost::math::tools::toms748_solve(f, low, high, f_low, f_high, close, iterations, boost_policy{});
    return {0.5 * (bracket.first + bracket.second),
            iterations < 100 ? accrue::status::ok : accrue::status::not_converged};
}

/// The root of a smooth decreasing function that costs much, by secants from `guess` and a second point about
/// a `step` away, kept within what is known to enclose it. It ends with a call at the root. The function may
/// be infinite far from it.
template <class F>
root_result secant_root(F const& f, double const guess, double const step) {
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
