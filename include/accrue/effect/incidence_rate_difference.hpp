#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Incidence rate difference, treatment minus control, in events per unit of time (Rothman, Greenland & Lash
/// 2008, Modern Epidemiology, ch. 14).
///
///     effect = x1/t1 - x2/t2,   variance = x1/t1² + x2/t2².
///
/// Negative when treatment makes events rarer. Zero cells: the difference exists, but a group without events
/// adds nothing to the variance; by default 0.5 is added to both counts of a study with a zero, as metafor's
/// `escalc` does. Throws `invalid_input` for reports that are not valid.
template <class ZeroCells = zero_cell_policy<>>
struct incidence_rate_difference {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<two_arms<basic_rate<Real>>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_rate<Real>> const& trial) const {
        detail::check(trial);
        return formula(zero_cells(trial));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(two_arms<basic_rate<Real>> const& trial) {
        auto const& [treatment, control] = trial;
        return {
            detail::difference_of_products(treatment.events, control.time, control.events, treatment.time) /
                treatment.time / control.time,
            treatment.events / treatment.time / treatment.time +
                control.events / control.time / control.time};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells>
incidence_rate_difference(ZeroCells) -> incidence_rate_difference<ZeroCells>;

} // namespace accrue
