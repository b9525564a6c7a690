#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/effect/risks.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/two_arms.hpp>

#include <span>

namespace accrue {

/// Log odds ratio, treatment over control (Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x).
///
/// With a, b participants with and without the event under treatment and c, d under control,
///
///     effect = ln(a d / (b c)),   variance = 1/a + 1/b + 1/c + 1/d.
///
/// Negative when treatment makes the event rarer. `back_transform` gives the odds ratio, which is further
/// from 1 than the risk ratio unless the event is rare. `VarianceAt` puts other risks into the variance:
/// `own_risks`, `common_risk` or `average_risks`.
///
/// Of matched pairs it is the marginal (population-averaged) log odds ratio: that of the margins, its
/// variance reduced for their dependence (Becker & Balagtas 1993, doi:10.2307/2532242).
/// `conditional_log_odds_ratio` is the other one.
///
/// Zero cells: by default 0.5 is added to all four cells of a study with a zero (`zero_cell_policy`); with
/// `no_correction` such a study throws `invalid_input`, as does any report that is not valid.
template <class ZeroCells = zero_cell_policy<>, class VarianceAt = own_risks>
struct log_odds_ratio {
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
        auto const t = detail::table_cells<Real>(trial);
        detail::require_positive("treatment events in a log odds ratio", t.a);
        detail::require_positive("treatment non-events in a log odds ratio", t.b);
        detail::require_positive("control events in a log odds ratio", t.c);
        detail::require_positive("control non-events in a log odds ratio", t.d);
        auto const at = variance_at(trial);
        return {detail::log_ratio_of_products(t.a, t.d, t.b, t.c),
                1 / at.treatment.count + 1 / non_events(at.treatment) + 1 / at.control.count +
                    1 / non_events(at.control)};
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
        Real const a = study.both + study.treatment_only;
        Real const b = study.control_only + study.neither;
        Real const c = study.both + study.control_only;
        Real const d = study.treatment_only + study.neither;
        detail::require_positive("pairs with treatment events in a log odds ratio", a);
        detail::require_positive("pairs without treatment events in a log odds ratio", b);
        detail::require_positive("pairs with control events in a log odds ratio", c);
        detail::require_positive("pairs without control events in a log odds ratio", d);
        // The sum of the margins' variances less twice their covariance, as a sum of positive terms.
        Real const sum = (study.both + study.neither) * (study.treatment_only + study.control_only) +
                         4 * study.treatment_only * study.control_only;
        return {detail::log_ratio_of_products(a, d, b, c), sum / a / b / c / d * (a + b)};
    }

    /// The measure for this set of studies, whose `variance_at` no longer depends on any other.
    template <class Trial>
        requires detail::needs_all_studies<VarianceAt, Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const cells) const {
        auto at = variance_at.for_studies(cells);
        return log_odds_ratio<ZeroCells, decltype(at)>{zero_cells, at};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells, class VarianceAt = own_risks>
log_odds_ratio(ZeroCells, VarianceAt = {}) -> log_odds_ratio<ZeroCells, VarianceAt>;

} // namespace accrue
