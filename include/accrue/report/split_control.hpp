#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// One comparison of a trial whose control group serves several: the control with its share of participants
/// (and events), so that nobody is counted twice where comparisons are pooled as independent.
///
///     split_control(trial, 2)   // two treatments, one control: each gets a half of it
///
/// It is an approximation: the halves are the same people, whose luck is shared. `shared_control` keeps the
/// whole group and gives the covariance that this leaves out; combining the treatment groups (`combine`) is
/// the other way without an error. Cochrane Handbook 23.3.4.
///
/// \param comparisons in how many the control serves, 1 or more
/// \throws invalid_input for fewer comparisons than 1, an impossible control, or one of means of which under
/// 2 participants are left
template <real Real>
[[nodiscard]] two_arms<basic_events<Real>> split_control(two_arms<basic_events<Real>> const& trial,
                                                         double const comparisons) {
    detail::require(comparisons >= 1 && detail::is_finite(comparisons), "comparisons", "1 or more",
                    comparisons);
    detail::check(trial.control);
    Real const parts(comparisons);
    return {trial.treatment, {trial.control.count / parts, trial.control.total / parts}};
}

/// The same for means: the number of participants is split, mean and SD stay.
template <real Real>
[[nodiscard]] two_arms<basic_arm<Real>> split_control(two_arms<basic_arm<Real>> const& trial,
                                                      double const comparisons) {
    detail::require(comparisons >= 1 && detail::is_finite(comparisons), "comparisons", "1 or more",
                    comparisons);
    detail::check(trial.control);
    auto const share =
        basic_arm<Real>{trial.control.n / Real(comparisons), trial.control.mean, trial.control.sd};
    detail::require(share.n >= 2, "n of the split control", "2 or more", share.n);
    return {trial.treatment, share};
}

} // namespace accrue
