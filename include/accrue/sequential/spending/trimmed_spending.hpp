#pragma once

#include <accrue/error.hpp>
#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <string>

namespace accrue {

/// Follows a spending function f between the fractions `from` and `to`; nothing is spent before `from`, and
/// all that is left at `to`:
///
///     0 for t < from,   f(t) for from <= t < to,   f(1) for t >= to.
///
/// What f would have spent before `from` is not lost: the first look from there on has it. In between the
/// totals are those of f, unlike with `truncated_spending`, which moves all of f into the interval. A look
/// that is short of `from` or `to` by no more than 1e-12 of it, which is rounding, is at it.
template <spending_function Spending>
struct trimmed_spending {
    Spending spending; ///< f; any spending function, of this library or your own
    double from = 0;   ///< information fraction before which nothing is spent
    double to = 1;     ///< and at which everything is

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "trimmed (" + detail::to_text(from) + " to " + detail::to_text(to) + ") " +
               name_of(spending, "user-defined");
    }

    /// \throws invalid_input unless 0 <= from <= to <= 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        require_order();
        return detail::comes_before(t, from) ? 0 : detail::spent(spending, reached(t), error);
    }
    /// The error spent between two fractions, with the digits that f's own increment has.
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        require_order();
        if (detail::comes_before(last, from) || !detail::comes_before(first, to)) {
            return 0;
        }
        return detail::spent_between(spending, detail::comes_before(first, from) ? 0.0 : first, reached(last),
                                     error);
    }

  private:
    /// The fraction whose f has been spent at t, from `from` on.
    [[nodiscard]] double reached(double const t) const { return detail::comes_before(t, to) ? t : 1; }
    void require_order() const {
        detail::require_order(from >= 0 && from <= to && to <= 1, "trimmed_spending", "0 <= from <= to <= 1",
                              from, to);
    }
};

template <class Spending>
trimmed_spending(Spending, double = 0, double = 1) -> trimmed_spending<Spending>;

} // namespace accrue
