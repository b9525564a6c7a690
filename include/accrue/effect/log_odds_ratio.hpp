#pragma once

#include <accrue/detail/effect/check_report.hpp>
#include <accrue/detail/effect/log_ratio.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/events.hpp>
#include <accrue/two_arms.hpp>

namespace accrue {

/// Log odds ratio, treatment over control (Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x).
///
/// With a, b participants with and without the event under treatment and c, d under control,
///     effect = ln(a d / (b c)),   variance = 1/a + 1/b + 1/c + 1/d.
/// Negative when treatment makes the event rarer. `back_transform` gives the odds ratio, which is further
/// from 1 than the risk ratio unless the event is rare.
///
/// Zero cells: by default 0.5 is added to all four cells of a study with a zero (`zero_cell_policy`); with
/// `no_correction` such a study throws `invalid_input`, as does any report that is not valid.
template <class ZeroCells = zero_cell_policy<>>
struct log_odds_ratio {
    ZeroCells zero_cells{};

    template <real Real>
    requires ZeroCells::is_settled [[nodiscard]] basic_estimate<Real>
    operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::check(trial);
        return formula(zero_cells(trial));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(two_arms<basic_events<Real>> const& trial) {
        auto const& [treatment, control] = trial;
        Real const b = non_events(treatment);
        Real const d = non_events(control);
        detail::require_positive("treatment events in a log odds ratio", treatment.count);
        detail::require_positive("treatment non-events in a log odds ratio", b);
        detail::require_positive("control events in a log odds ratio", control.count);
        detail::require_positive("control non-events in a log odds ratio", d);
        return {detail::log_ratio_of_products(treatment.count, d, b, control.count),
                1 / treatment.count + 1 / b + 1 / control.count + 1 / d};
    }

    static constexpr exponential_back_transform back_transform{};
};

log_odds_ratio()->log_odds_ratio<>;
template <class ZeroCells>
log_odds_ratio(ZeroCells) -> log_odds_ratio<ZeroCells>;

} // namespace accrue
