#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/risks.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/two_arms.hpp>

#include <span>

namespace accrue {

/// Log risk ratio (relative risk), treatment over control (Katz et al. 1978, doi:10.2307/2530610).
///
/// With a events of n1 under treatment and c of n2 under control,
///
///     effect = ln((a/n1) / (c/n2)),   variance = 1/a - 1/n1 + 1/c - 1/n2.
///
/// Negative when treatment makes the event rarer. `back_transform` gives the risk ratio. Unlike an odds ratio
/// it depends on whether the event or its absence is counted. `VarianceAt` puts other risks into the
/// variance: `own_risks`, `common_risk` or `average_risks`.
///
/// Of matched pairs, with a both, b under treatment alone and c under control alone:
/// ln((a+b)/(a+c)), variance (b+c)/((a+b)(a+c)).
///
/// Zero cells: by default 0.5 is added to all four cells of a study with a zero, hence 1 to each total
/// (RevMan, Stata, metafor); R meta's default is `zero_cell_policy{event_correction{}}`. With `no_correction`
/// a group without events throws `invalid_input`, as does any report that is not valid. When everybody had
/// the event in both groups, and nothing is added, the variance is zero.
template <class ZeroCells = zero_cell_policy<>, class VarianceAt = own_risks>
struct log_risk_ratio {
    ZeroCells zero_cells{};
    VarianceAt variance_at{};

    template <real Real>
        requires detail::settled_for<two_arms<basic_events<Real>>, ZeroCells, VarianceAt>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::check(trial);
        return formula(zero_cells(trial));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] basic_estimate<Real> formula(two_arms<basic_events<Real>> const& trial) const {
        auto const& [treatment, control] = trial;
        detail::require_positive("treatment events in a log risk ratio", treatment.count);
        detail::require_positive("control events in a log risk ratio", control.count);
        auto const at = variance_at(trial);
        // 1/a - 1/n1 = (n1 - a) / (a n1), free of cancellation.
        return {detail::log_ratio_of_products(treatment.count, control.total, treatment.total, control.count),
                non_events(at.treatment) / (at.treatment.count * at.treatment.total) +
                    non_events(at.control) / (at.control.count * at.control.total)};
    }

    template <real Real>
        requires detail::settled_for<basic_matched_pairs<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_matched_pairs<Real> const& study) const {
        detail::check(study);
        return formula(zero_cells(study));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(basic_matched_pairs<Real> const& study) {
        Real const treatment = study.both + study.treatment_only;
        Real const control = study.both + study.control_only;
        detail::require_positive("pairs with treatment events in a log risk ratio", treatment);
        detail::require_positive("pairs with control events in a log risk ratio", control);
        return {detail::log_ratio(treatment, control),
                (study.treatment_only + study.control_only) / treatment / control};
    }

    /// The measure for this set of studies, whose `variance_at` no longer depends on any other.
    template <class Trial>
        requires detail::needs_all_studies<VarianceAt, Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const cells) const {
        auto at = variance_at.for_studies(cells);
        return log_risk_ratio<ZeroCells, decltype(at)>{zero_cells, at};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells, class VarianceAt = own_risks>
log_risk_ratio(ZeroCells, VarianceAt = {}) -> log_risk_ratio<ZeroCells, VarianceAt>;

} // namespace accrue
