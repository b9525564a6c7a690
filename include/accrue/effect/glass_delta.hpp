#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// 1/n1 + 1/n2 + g²/(2 n2), as if both groups had the control group's SD (Hedges & Olkin 1985; metafor
/// "SMD1").
struct glass_equal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(two_arms<basic_arm<Real>> const& trial, Real const& g) const {
        return 1 / trial.treatment.n + 1 / trial.control.n + g * g / (2 * trial.control.n);
    }
};

/// (s1²/s2²)/(n1-1) + 1/(n2-1) + g²/(2 (n2-1)), which lets the groups' SDs differ (Bonett 2009,
/// doi:10.1037/a0016619; metafor "SMD1H").
struct glass_unequal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(two_arms<basic_arm<Real>> const& trial, Real const& g) const {
        Real const ratio = trial.treatment.sd / trial.control.sd;
        return ratio * ratio / (trial.treatment.n - 1) + (1 + g * g / 2) / (trial.control.n - 1);
    }
};

/// Glass's delta: the mean difference, treatment minus control, in units of the control group's standard
/// deviation (Glass 1976, doi:10.3102/0013189X005010003).
///
///     effect = J(n2-1) (x̄1 - x̄2)/s2,   variance = 1/n1 + 1/n2 + g²/(2 n2) by default.
///
/// For treatments that change the spread as well as the mean: the control group's SD is then the one of the
/// population before treatment. Positive when treatment has the larger mean. Throws `invalid_input` for arms
/// that are not valid; the exact J needs n2 above 2.
template <class Correction = hedges_exact, class Variance = glass_equal_variances>
struct glass_delta {
    Correction correction{};
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        Real const d = (trial.treatment.mean - trial.control.mean) / trial.control.sd;
        Real const g = correction(Real(trial.control.n - 1)) * d;
        return {g, variance(trial, g)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Correction, class Variance = glass_equal_variances>
glass_delta(Correction, Variance = {}) -> glass_delta<Correction, Variance>;

} // namespace accrue
