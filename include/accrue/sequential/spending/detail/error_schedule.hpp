#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace accrue::detail {

/// Throws unless the fractions are positive, finite and rise from look to look. Steps smaller than 1e-10 of
/// the fraction are refused: two looks that share their data are one look.
inline void require_fractions(std::span<double const> const fractions) {
    require_not_empty("information fractions", fractions.size());
    auto previous = 0.0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        auto const t = fractions[k];
        if (!(t >= 1e-100 && t <= 1e100)) [[unlikely]] {
            throw invalid_input("information fraction at look " + std::to_string(k + 1) +
                                " must be positive and finite (1e-100 to 1e100), but is " + to_text(t));
        }
        if (!(t - previous > 1e-10 * t)) [[unlikely]] {
            throw invalid_input("information fraction at look " + std::to_string(k + 1) +
                                " must exceed the one before, " + to_text(previous) + ", but is " +
                                to_text(t));
        }
        previous = t;
    }
}

/// Less counts as no error.
inline constexpr double least_error = (std::numeric_limits<double>::min)();

/// The error that one boundary spends at each look, and by each look.
struct error_schedule {
    std::vector<double> increment;
    std::vector<double> cumulative;
};

/// What a spending function spends at the given looks. Fractions above 1 spend like 1: the first look at or
/// past the planned information spends all that is left. Increments below `least_error` count as nothing.
/// `spending_times`, where there are any, take the place of the fractions.
template <spending_function Spending>
error_schedule schedule(Spending const& spending, double const error, std::span<double const> const fractions,
                        std::span<double const> const spending_times = {}) {
    require_fractions(fractions);
    if (!spending_times.empty()) {
        require_one_each("spending times", spending_times.size(), "looks", fractions.size());
    }
    auto const at_start = spent(spending, 0.0, error);
    require(at_start >= 0 && at_start <= 1e-12 * error, "spending function at 0", "0", at_start);
    auto const at_end = spent(spending, 1.0, error);
    require(at_end >= 0 && at_end <= error * (1 + 1e-12), "spending function at 1",
            "at most the error " + to_text(error), at_end);
    auto result = error_schedule{};
    result.increment.reserve(fractions.size());
    result.cumulative.reserve(fractions.size());
    auto previous = 0.0;
    auto total = 0.0;
    for (auto const time : spending_times.empty() ? fractions : spending_times) {
        require(time >= previous || time >= 1, "spending time", "zero or positive, and never falling", time);
        auto const t = (std::min)(time, 1.0);
        auto const value = t > previous ? spent_between(spending, previous, t, error) : 0.0;
        result.increment.push_back(value < least_error ? 0.0 : value);
        total += result.increment.back();
        result.cumulative.push_back(total);
        previous = t;
    }
    require(total <= error * (1 + 1e-12), "spending function over all looks",
            "at most the error " + to_text(error), total);
    return result;
}

} // namespace accrue::detail
