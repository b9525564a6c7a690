#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/paired_arms.hpp>

namespace accrue {

/// 2 (1-r)/n + g²/(2n), with the corrected effect (Becker 1988, eq. 13; metafor "LS" of SMCR). Only the first
/// term carries the correlation: formulas that multiply d² by 2 (1-r) too are not the delta method's.
struct becker_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_paired_arms<Real> const& study, Real const& d,
                                  Real const& correction) const {
        Real const g = correction * d;
        return (2 * (1 - study.correlation.value()) + g * g / 2) / study.n;
    }
};

/// J² (2 (1-r)/n + d²/(2n)), the variance of d carried over to g = J d (metafor "LS2" of SMCR).
struct scaled_becker_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_paired_arms<Real> const& study, Real const& d,
                                  Real const& correction) const {
        return correction * correction * (2 * (1 - study.correlation.value()) + d * d / 2) / study.n;
    }
};

/// sD²/(s2² (n-1)) + g²/(2 (n-1)), sD the SD of the change, which lets the SDs before and after treatment
/// differ (Bonett 2008, doi:10.1037/1082-989X.13.2.99; metafor "SMCRH" since version 4.6).
struct baseline_unequal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(basic_paired_arms<Real> const& study, Real const& d,
                                  Real const& correction) const {
        Real const g = correction * d;
        Real const change = sd_of_difference(study) / study.control.sd;
        return (change * change + g * g / 2) / (study.n - 1);
    }
};

/// Mean change of one group in units of the standard deviation before treatment (Becker 1988,
/// doi:10.1111/j.2044-8317.1988.tb00901.x; metafor "SMCR").
///
///     d = (x̄1 - x̄2)/s2,   effect g = J(n-1) d,   variance = 2 (1-r)/n + g²/(2n) by default,
///
/// with x̄1 after (`treatment`), x̄2 and s2 before (`control`) and r the correlation between the two. Positive
/// when the mean after treatment is the larger. The unit is that of a parallel trial's Glass's delta, so the
/// change in a treated and in an untreated group can be subtracted (`difference`). The SD after treatment is
/// used by `baseline_unequal_variances` alone, but a report is only valid with one. Throws `invalid_input`
/// for reports that are not valid.
template <class Correction = hedges_exact, class Variance = becker_variance>
struct baseline_standardized_mean_change {
    Correction correction{};
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        detail::check(study);
        Real const d = (study.treatment.mean - study.control.mean) / study.control.sd;
        Real const factor = correction(Real(study.n - 1));
        return {factor * d, variance(study, d, factor)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Correction, class Variance = becker_variance>
baseline_standardized_mean_change(Correction, Variance = {})
    -> baseline_standardized_mean_change<Correction, Variance>;

} // namespace accrue
