#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/binomial_variance.hpp>
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

/// Risk difference, treatment minus control, between -1 and 1 (an absolute effect: 0.05 is 5 more events in
/// 100 participants).
///
/// With p1 = a/n1 and p2 = c/n2,
///
///     effect = p1 - p2,   variance = p1 q1/n1 + p2 q2/n2   (binomial_variance).
///
/// Negative when treatment makes the event rarer. `VarianceAt` puts other risks into the variance:
/// `own_risks`, `common_risk` or `average_risks`.
///
/// Of n matched pairs, b with the event under treatment alone and c under control alone: (b - c)/n, variance
/// (b + c - (b - c)²/n)/n², whatever `Variance` and `VarianceAt` are.
///
/// Zero cells: the difference exists without a correction, but a group with p = 0 or 1 adds nothing to the
/// variance. By default 0.5 is added to all four cells of a study with a zero, as metafor's `escalc` does,
/// which moves the effect too. R meta corrects the variance alone:
/// `risk_difference{zero_cell_policy{no_correction{}}, binomial_variance{}, zero_cell_policy{}}`. Throws
/// `invalid_input` for reports that are not valid.
template <class ZeroCells = zero_cell_policy<>, class Variance = binomial_variance,
          class VarianceAt = own_risks>
struct risk_difference {
    ZeroCells zero_cells{};
    Variance variance{};
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
        auto const at = variance_at(trial);
        return {
            detail::difference_of_products(treatment.count, control.total, control.count, treatment.total) /
                treatment.total / control.total,
            variance(at.treatment) + variance(at.control)};
    }

    template <real Real>
        requires detail::settled_for<basic_matched_pairs<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_matched_pairs<Real> const& study) const {
        detail::check(study);
        return formula(zero_cells(study));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] basic_estimate<Real> formula(basic_matched_pairs<Real> const& study) const {
        Real const& b = study.treatment_only;
        Real const& c = study.control_only;
        Real const concordant = study.both + study.neither;
        Real const n = concordant + b + c;
        // b + c - (b-c)²/n = ((b+c) concordant + 4 b c)/n, a sum of positive terms.
        return {(b - c) / n, ((b + c) * concordant + 4 * b * c) / n / n / n};
    }

    /// The measure for this set of studies, whose `variance_at` no longer depends on any other.
    template <class Trial>
        requires detail::needs_all_studies<VarianceAt, Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const cells) const {
        auto at = variance_at.for_studies(cells);
        return risk_difference<ZeroCells, Variance, decltype(at)>{zero_cells, variance, at};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells, class Variance = binomial_variance, class VarianceAt = own_risks>
risk_difference(ZeroCells, Variance = {}, VarianceAt = {})
    -> risk_difference<ZeroCells, Variance, VarianceAt>;

} // namespace accrue
