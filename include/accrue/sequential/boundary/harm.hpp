#pragma once

#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <span>

namespace accrue {

/// A lower boundary of harm that a trial may ignore: the error that it may spend under no effect, and how.
///
///     boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, harm{0.10, lan_demets_pocock{}}, fractions)
template <spending_function Spending>
struct harm {
    double error = 0.1;     ///< the probability, under no effect, of stopping for harm
    Spending spending = {}; ///< called with an information fraction and `error`
};

template <class Spending>
harm(double, Spending) -> harm<Spending>;

/// Boundaries of a trial that stops above for benefit and below for harm, where the lower boundary does not
/// bind: the upper one is that of a trial without it, so that the error of claiming a benefit holds whether
/// or not the trial stops for harm. The lower one spends its own error under no effect, among the trials that
/// have crossed neither boundary before.
///
/// Where both bind (a trial that has crossed one can't cross the other later) they are those of an
/// `asymmetric` error.
///
/// \param error of the upper boundary
/// \param spending how it is spent
/// \param stop the error of the lower boundary, and how that is spent
/// \param fractions information fractions of the looks, rising
/// \param spending_times the fractions at which both errors are spent, where that is another clock
/// \throws invalid_input as `boundaries` does, for either error and spending function
template <spending_function Spending, spending_function Harm>
[[nodiscard]] stopping_boundaries boundaries(one_sided const& error, Spending const& spending,
                                             harm<Harm> const& stop, std::span<double const> const fractions,
                                             std::span<double const> const spending_times = {}) {
    detail::require_between_0_and_1("error of the boundary of harm", stop.error);
    auto const plan = detail::schedule(spending, error.per_side(), fractions, spending_times);
    auto const plan_of_harm = detail::schedule(stop.spending, stop.error, fractions, spending_times);
    auto const upper = detail::one_boundary(plan, fractions, false);
    return detail::spending_boundaries(&plan_of_harm, plan, fractions, false, 1, upper);
}

} // namespace accrue
