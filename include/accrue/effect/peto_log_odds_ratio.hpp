#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Log odds ratio by Peto's one-step method, treatment over control (Yusuf et al. 1985,
/// doi:10.1016/S0033-0620(85)80003-7).
///
/// With a events of n1 under treatment, c of n2 under control and N in all,
///
///     E = (a+c) n1/N,   V = n1 n2 (a+c) (b+d) / (N² (N-1)),   effect = (a - E)/V,   variance = 1/V.
///
/// Negative when treatment makes the event rarer. It approximates the log odds ratio well when the event is
/// rare, the groups are of similar size and the effect is small; it is biased otherwise. Of matched pairs it
/// is 2 (b - c)/(b + c) with variance 4/(b + c).
///
/// Zero cells: it needs no correction as long as someone had the event and someone did not. Otherwise V = 0:
/// by default 0.5 is then added to the four cells, with `drop_double_zeros` the study is left out (RevMan),
/// and with `no_correction` it throws `invalid_input`, as does any report that is not valid. With
/// `studies_with_a_zero` 0.5 is added wherever one cell is 0 (metafor's `escalc`).
template <class ZeroCells = zero_cell_policy<constant_correction, double_zero_studies>>
struct peto_log_odds_ratio {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<two_arms<basic_events<Real>>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::check(trial);
        return formula(zero_cells(trial));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(two_arms<basic_events<Real>> const& trial) {
        auto const t = detail::table_cells<Real>(trial);
        detail::require_positive("events in both groups of a Peto log odds ratio", Real(t.a + t.c));
        detail::require_positive("non-events in both groups of a Peto log odds ratio", Real(t.b + t.d));
        detail::require(t.n > 1, "total of both groups", "above 1", t.n);
        Real const variance = t.excess_variance();
        return {t.excess() / variance, 1 / variance};
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_matched_pairs<Real> const& study) const {
        detail::check(study);
        Real const discordant = study.treatment_only + study.control_only;
        detail::require_positive("pairs whose members differ", discordant);
        return {2 * (study.treatment_only - study.control_only) / discordant, 4 / discordant};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells>
peto_log_odds_ratio(ZeroCells) -> peto_log_odds_ratio<ZeroCells>;

} // namespace accrue
