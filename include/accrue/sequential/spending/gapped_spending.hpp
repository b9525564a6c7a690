#pragma once

#include <accrue/detail/sequential/spent_between.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>

namespace accrue {

/// Follows a spending function up to the fraction `from`, spends nothing between there and `to`, and all that
/// is left at `to`.
template <spending_function Spending>
struct gapped_spending {
    Spending spending;
    double from = 0;
    double to = 1;

    [[nodiscard]] double operator()(double const t, double const error) const {
        return detail::spent(spending, reached(t), error);
    }
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        auto const a = reached(first);
        auto const b = reached(last);
        return b > a ? detail::spent_between(spending, a, b, error) : 0;
    }

  private:
    [[nodiscard]] double reached(double const t) const {
        detail::require(from >= 0 && from <= to && to <= 1, "fractions of gapped_spending",
                        "0 <= from <= to <= 1, and from", from);
        return t < to ? std::min(t, from) : 1;
    }
};

template <class Spending>
gapped_spending(Spending) -> gapped_spending<Spending>;
template <class Spending>
gapped_spending(Spending, double) -> gapped_spending<Spending>;
template <class Spending>
gapped_spending(Spending, double, double) -> gapped_spending<Spending>;

} // namespace accrue
