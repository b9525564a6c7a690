#pragma once

#include <accrue/error.hpp>
#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <string>

namespace accrue {

/// Squeezes a spending function f into the fractions between `from` and `to`:
///
///     0 for t <= from,   f((t - from) / (to - from)) in between,   f(1) for t >= to.
///
/// For looks that begin late, or a trial that means to have spent everything before its end: the shape of f
/// is kept, on a shorter axis. Looks up to `from` have infinite boundaries. The first look at or after `to`
/// has all that is left, and those after it have infinite boundaries. A look that is off `from` or `to` by no
/// more than 1e-12 of it, which is rounding, is at it.
template <spending_function Spending>
struct truncated_spending {
    Spending spending; ///< f; any spending function, of this library or your own
    double from = 0;   ///< information fraction at which spending begins
    double to = 1;     ///< and is complete

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "truncated (" + detail::to_text(from) + " to " + detail::to_text(to) + ") " +
               name_of(spending, "user-defined");
    }

    /// \throws invalid_input unless 0 <= from < to <= 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return detail::spent(spending, squeezed(t), error);
    }
    /// The error spent between two fractions, with the digits that f's own increment has.
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        auto const a = squeezed(first);
        auto const b = squeezed(last);
        return b > a ? detail::spent_between(spending, a, b, error) : 0;
    }

  private:
    /// The place of t on the axis of f.
    [[nodiscard]] double squeezed(double const t) const {
        detail::require_order(from >= 0 && from < to && to <= 1, "truncated_spending", "0 <= from < to <= 1",
                              from, to);
        if (!detail::comes_before(from, t)) {
            return 0;
        }
        return detail::comes_before(t, to) ? (t - from) / (to - from) : 1;
    }
};

template <class Spending>
truncated_spending(Spending, double = 0, double = 1) -> truncated_spending<Spending>;

} // namespace accrue
