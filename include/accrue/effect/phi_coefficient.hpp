#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Variance of phi when the group sizes are fixed by design and the events are not, as in a trial: the delta
/// method with two binomial variances (metafor "ST"). With P, Q the share of all participants with and
/// without the event,
///
///     n1 n2/(4 N² P³ Q³) [(P q2 + Q p2)² p1 q1/n1 + (P q1 + Q p1)² p2 q2/n2].
struct stratified_phi_variance {
    template <real Real>
    [[nodiscard]] Real operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const t = detail::table_cells<Real>(trial);
        Real const with = (t.a + t.c) / t.n;
        Real const without = (t.b + t.d) / t.n;
        Real const p1 = t.a / t.n1;
        Real const q1 = t.b / t.n1;
        Real const p2 = t.c / t.n2;
        Real const q2 = t.d / t.n2;
        Real const slope1 = q2 / without + p2 / with;
        Real const slope2 = q1 / without + p1 / with;
        return (t.n1 / t.n) * (t.n2 / t.n) / (4 * with * without) *
               (slope1 * slope1 * p1 * q1 / t.n1 + slope2 * slope2 * p2 * q2 / t.n2);
    }
};

/// Variance of phi when participants are sampled at random and then fall into groups, as in a survey: the
/// delta method with the multinomial variances of the four cells (Yule 1912, doi:10.2307/2340126; metafor
/// "CS").
struct cross_sectional_phi_variance {
    template <real Real>
    [[nodiscard]] Real operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const t = detail::table_cells<Real>(trial);
        Real const a = t.a / t.n;
        Real const b = t.b / t.n;
        Real const c = t.c / t.n;
        Real const d = t.d / t.n;
        // Σ cell (∂φ/∂cell)², in which the terms of each derivative have been joined to sums of positive
        // ones.
        Real const same = a * d * (b + c) + b * c * (2 * (a + d) + b + c);
        Real const other = b * c * (a + d) + a * d * (2 * (b + c) + a + d);
        Real const row1 = a + b;
        Real const row2 = c + d;
        Real const column1 = a + c;
        Real const column2 = b + d;
        using detail::square;
        Real const sum = a * square(Real(same / row1 / column1)) + d * square(Real(same / row2 / column2)) +
                         b * square(Real(other / row1 / column2)) + c * square(Real(other / row2 / column1));
        return sum / row1 / row2 / column1 / column2 / (4 * t.n);
    }
};

/// Phi coefficient: the correlation between group and event, both counted as 0 and 1 (Pearson 1900; Yule
/// 1912).
///
/// With a, b participants with and without the event under treatment and c, d under control,
///
///     effect = (a d - b c) / √((a+b)(c+d)(a+c)(b+d)),
///
/// the square root of χ²/N with a sign: negative when treatment makes the event rarer. It reaches ±1 only
/// when the margins allow it, so that studies with differing event rates are hard to compare: the
/// `log_odds_ratio` is free of that. `Variance` says how participants were sampled: `stratified_phi_variance`
/// or `cross_sectional_phi_variance`.
///
/// Zero cells: it needs no correction as long as someone had the event and someone did not, and gets none; it
/// throws `invalid_input` otherwise, and for reports that are not valid. When one group had all events and
/// the other none, the variance is zero.
template <class Variance = stratified_phi_variance>
struct phi_coefficient {
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::check(trial);
        auto const t = detail::table_cells<Real>(trial);
        Real const with = t.a + t.c;
        Real const without = t.b + t.d;
        detail::require_positive("events in both groups of a phi coefficient", with);
        detail::require_positive("non-events in both groups of a phi coefficient", without);
        Real const excess = detail::difference_of_products(t.a, t.n2, t.c, t.n1);
        return {excess / sqrt(Real(t.n1 * t.n2)) / sqrt(Real(with * without)), variance(trial)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Variance>
phi_coefficient(Variance) -> phi_coefficient<Variance>;

} // namespace accrue
