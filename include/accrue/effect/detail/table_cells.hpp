#pragma once

#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue::detail {

/// A two-by-two table: a and b participants with and without the event under treatment, c and d under
/// control.
template <real Real>
struct table_cells {
    Real a, b, c, d, n1, n2, n;

    explicit table_cells(two_arms<basic_events<Real>> const& trial)
        : a(trial.treatment.count), b(non_events(trial.treatment)), c(trial.control.count),
          d(non_events(trial.control)), n1(trial.treatment.total), n2(trial.control.total), n(n1 + n2) {}
};

} // namespace accrue::detail
