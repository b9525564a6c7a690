#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a trial reports of one group with a binary outcome: how many had the event, of how many in total.
///
/// Counts are real numbers because corrections for zero cells make them fractional, and because products of
/// four counts, which several formulas need, overflow integers. Integers that are only known when the program
/// runs, such as those of a table, are converted where they go in, as C++ does not do that by itself within
/// braces:
///
///     events{.count = double(row.events), .total = double(row.patients)}
template <real Real>
struct basic_events {
    Real count; ///< participants with the event, from 0 to `total`
    Real total; ///< all participants of the group (not those without the event), positive
};

using events = basic_events<double>;

/// Participants without the event.
template <real Real>
[[nodiscard]] constexpr Real non_events(basic_events<Real> const& group) {
    return group.total - group.count;
}

namespace detail {

template <real Real>
void check(basic_events<Real> const& group) {
    require_positive("total", group.total);
    require(group.count >= 0 && group.count <= group.total, "count", "from 0 to the total", group.count);
}

} // namespace detail
} // namespace accrue
