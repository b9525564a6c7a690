#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

/// \file
/// Yule's two coefficients of association (Yule 1912, doi:10.2307/2340126): the odds ratio ω brought between
/// -1 and 1, where it reads like a correlation.
///
///     yules_q  (ω - 1)/(ω + 1)    variance ¼ (1 - Q²)² (1/a + 1/b + 1/c + 1/d)
///     yules_y  (√ω - 1)/(√ω + 1)  variance 1/16 (1 - Y²)² (1/a + 1/b + 1/c + 1/d)
///
/// With a, b participants with and without the event under treatment and c, d under control. They are the
/// hyperbolic tangents of a half and of a quarter of the `log_odds_ratio`, and have its sign: negative when
/// treatment makes the event rarer. Y is the `phi_coefficient` of the table with the same odds ratio whose
/// margins are equal. Pool log odds ratios where you can: they are nearer to normal.
///
/// Zero cells: by default 0.5 is added to all four cells of a study with a zero (`zero_cell_policy`), because
/// the variance does not exist otherwise; with `no_correction` such a study throws `invalid_input`, as does
/// any report that is not valid.

namespace accrue {

namespace detail {

template <real Real>
table_cells<Real> positive_cells(two_arms<basic_events<Real>> const& trial) {
    auto const cells = table_cells<Real>(trial);
    require_positive("treatment events in a coefficient of Yule", cells.a);
    require_positive("treatment non-events in a coefficient of Yule", cells.b);
    require_positive("control events in a coefficient of Yule", cells.c);
    require_positive("control non-events in a coefficient of Yule", cells.d);
    return cells;
}

} // namespace detail

/// Yule's coefficient of association Q (metafor "YUQ").
template <class ZeroCells = zero_cell_policy<>>
struct yules_q {
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
        auto const t = detail::positive_cells(trial);
        Real const sum = t.a * t.d + t.b * t.c;
        Real const slope = 2 * (t.a / sum * t.d) * (t.b / sum * t.c); // (1 - Q²)/2
        return {detail::difference_of_products(t.a, t.d, t.b, t.c) / sum,
                slope * slope * (1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells>
yules_q(ZeroCells) -> yules_q<ZeroCells>;

/// Yule's coefficient of colligation Y (metafor "YUY").
template <class ZeroCells = zero_cell_policy<>>
struct yules_y {
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
        auto const t = detail::positive_cells(trial);
        Real const concordant = sqrt(Real(t.a * t.d));
        Real const discordant = sqrt(Real(t.b * t.c));
        Real const sum = concordant + discordant;
        Real const slope = concordant / sum * (discordant / sum); // (1 - Y²)/4
        return {detail::difference_of_products(t.a, t.d, t.b, t.c) / sum / sum,
                slope * slope * (1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells>
yules_y(ZeroCells) -> yules_y<ZeroCells>;

} // namespace accrue
