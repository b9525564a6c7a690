#pragma once

#include <accrue/error.hpp>
#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <string>

namespace accrue {

/// Follows a spending function f up to the fraction `from`, spends nothing between there and `to`, and all
/// that is left at `to`:
///
///     f(t) for t <= from,   f(from) for from < t < to,   f(1) for t >= to.
///
/// For a trial that has its interim looks early and then waits for its end. The first look in the gap has
/// what is still due up to `from`; if a look at `from` has spent that, all looks in the gap have infinite
/// boundaries. With the default fractions everything is spent at t = 1. A look that is short of `to` by no
/// more than 1e-12 of it, which is rounding, is at it.
template <spending_function Spending>
struct gapped_spending {
    Spending spending; ///< f; any spending function, of this library or your own
    double from = 0;   ///< information fraction at which the gap begins
    double to = 1;     ///< and ends

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "gapped (" + detail::to_text(from) + " to " + detail::to_text(to) + ") " +
               name_of(spending, "user-defined");
    }

    /// \throws invalid_input unless 0 <= from <= to <= 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return detail::spent(spending, reached(t), error);
    }
    /// The error spent between two fractions, with the digits that f's own increment has.
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        auto const a = reached(first);
        auto const b = reached(last);
        return b > a ? detail::spent_between(spending, a, b, error) : 0;
    }

  private:
    /// The fraction whose f has been spent at t.
    [[nodiscard]] double reached(double const t) const {
        detail::require_order(from >= 0 && from <= to && to <= 1, "gapped_spending", "0 <= from <= to <= 1",
                              from, to);
        return detail::comes_before(t, to) ? (std::min)(t, from) : 1;
    }
};

template <class Spending>
gapped_spending(Spending, double = 0, double = 1) -> gapped_spending<Spending>;

} // namespace accrue
