#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Log incidence rate ratio, treatment over control (Rothman, Greenland & Lash 2008, Modern Epidemiology, ch.
/// 14).
///
/// With x1 events in time t1 under treatment and x2 in t2 under control,
///
///     effect = ln((x1/t1) / (x2/t2)),   variance = 1/x1 + 1/x2.
///
/// Negative when treatment makes events rarer. Time may be in any unit, the same in both groups. The variance
/// takes events as independent (Poisson); repeated events of the same participants make it too small.
///
/// Zero cells: by default 0.5 is added to both counts of a study with a zero, nothing to the times; with
/// `no_correction` such a study throws `invalid_input`, as does any report that is not valid.
template <class ZeroCells = zero_cell_policy<>>
struct log_incidence_rate_ratio {
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
        detail::require_positive("treatment events in a log incidence rate ratio", treatment.events);
        detail::require_positive("control events in a log incidence rate ratio", control.events);
        return {detail::log_ratio_of_products(treatment.events, control.time, treatment.time, control.events),
                1 / treatment.events + 1 / control.events};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells>
log_incidence_rate_ratio(ZeroCells) -> log_incidence_rate_ratio<ZeroCells>;

} // namespace accrue
