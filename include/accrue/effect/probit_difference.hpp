#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/probit_proportion.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Difference of two groups' probits, treatment minus control: the standardised mean difference of a normal
/// outcome of which only the events, its passing a threshold, were counted (Glass, McGaw & Smith 1981;
/// Sánchez-Meca, Marín-Martínez & Chacón-Moscoso 2003, doi:10.1037/1082-989X.8.4.448; metafor "PBIT").
///
///     effect = z1 - z2,   variance = p1 q1/(n1 φ(z1)²) + p2 q2/(n2 φ(z2)²),   Φ(z) = p.
///
/// Negative when treatment makes the event rarer. `d_from_log_odds_ratio` assumes a logistic outcome instead.
///
/// Zero cells: by default 0.5 is added to all four cells of a study with a zero (`zero_cell_policy`); with
/// `no_correction` such a study throws `invalid_input`, as does any report that is not valid.
template <class ZeroCells = zero_cell_policy<>>
struct probit_difference {
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
        basic_estimate<Real> const treatment = probit_proportion<>::formula(trial.treatment);
        basic_estimate<Real> const control = probit_proportion<>::formula(trial.control);
        return {treatment.effect - control.effect, treatment.variance + control.variance};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells>
probit_difference(ZeroCells) -> probit_difference<ZeroCells>;

} // namespace accrue
