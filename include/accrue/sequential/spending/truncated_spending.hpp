#pragma once

#include <accrue/detail/sequential/spent_between.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>

namespace accrue {

/// Squeezes a spending function into the fractions between `from` and `to`: nothing is spent before, all by
/// the end, and in between f((t - from) / (to - from)).
template <spending_function Spending>
struct truncated_spending {
    Spending spending;
    double from = 0;
    double to = 1;

    [[nodiscard]] double operator()(double const t, double const error) const {
        return detail::spent(spending, squeezed(t), error);
    }
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        auto const a = squeezed(first);
        auto const b = squeezed(last);
        return b > a ? detail::spent_between(spending, a, b, error) : 0;
    }

  private:
    [[nodiscard]] double squeezed(double const t) const {
        detail::require(from >= 0 && from < to && to <= 1, "fractions of truncated_spending",
                        "0 <= from < to <= 1, and from", from);
        return std::clamp((t - from) / (to - from), 0.0, 1.0);
    }
};

template <class Spending>
truncated_spending(Spending) -> truncated_spending<Spending>;
template <class Spending>
truncated_spending(Spending, double) -> truncated_spending<Spending>;
template <class Spending>
truncated_spending(Spending, double, double) -> truncated_spending<Spending>;

} // namespace accrue
