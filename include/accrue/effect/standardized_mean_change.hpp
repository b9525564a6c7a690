#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/t_test.hpp>

namespace accrue {

/// 1/n + g²/(2n), with the corrected effect (metafor "LS" of SMCC).
struct paired_large_sample_variance {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& n, Real const& d, Real const& correction) const {
        Real const g = correction * d;
        return (1 + g * g / 2) / n;
    }
};

/// J² (1/n + d²/(2n)), the variance of d carried over to g = J d (metafor "LS2" of SMCC).
struct paired_scaled_variance {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& n, Real const& d, Real const& correction) const {
        return correction * correction * (1 + d * d / 2) / n;
    }
};

/// Mean change in units of the standard deviation of the change (metafor "SMCC").
///
///     d = (x̄1 - x̄2) / sD = t / √n,  effect = J(n-1) d,  variance 1/n + g²/(2n) by default
///
/// (Gibbons, Hedeker & Davis 1993, doi:10.3102/10769986018003271). Positive when the mean under (or after)
/// treatment is the larger. Its unit shrinks as the correlation grows, so it can't be pooled with differences
/// from parallel groups: use `baseline_standardized_mean_change` or `crossover_standardized_mean_difference`
/// there.
///
/// It takes both measurements with their correlation, or the paired t statistic alone. Throws `invalid_input`
/// for reports that are not valid; with n = 2 the exact J does not exist.
template <class Correction = hedges_exact, class Variance = paired_large_sample_variance>
struct standardized_mean_change {
    Correction correction{};
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        Real const sd = sd_of_difference(study);
        return corrected<Real>(study.n, (study.treatment.mean - study.control.mean) / sd);
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_t<Real> const& report) const {
        detail::check(report);
        return corrected<Real>(report.n, report.t / sqrt(report.n));
    }

    static constexpr identity_back_transform back_transform{};

  private:
    template <real Real>
    [[nodiscard]] basic_estimate<Real> corrected(Real const& n, Real const& d) const {
        Real const factor = correction(Real(n - 1));
        return {factor * d, variance(n, d, factor)};
    }
};

template <class Correction, class Variance = paired_large_sample_variance>
standardized_mean_change(Correction, Variance = {}) -> standardized_mean_change<Correction, Variance>;

} // namespace accrue
