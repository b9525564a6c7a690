#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/t_test.hpp>

namespace accrue {

/// Standardised mean difference of a crossover trial, in units of the participants' standard deviation, so
/// that it can be pooled with parallel trials (Elbourne et al. 2002, doi:10.1093/ije/31.1.140; Cochrane
/// Handbook 23.2.7).
///
///     d = (x̄1 - x̄2) / √((s1² + s2²)/2),   variance = (1/n + d²/(2n)) 2(1-r),
///
/// with r the correlation between a participant's two measurements: the higher it is, the more the crossover
/// gains over a parallel trial with 2n participants. Negative when treatment has the smaller mean.
///
/// From a paired t statistic, d = t √(2(1-r)/n), which takes both periods to have one SD. As Elbourne et al.
/// have it, d is not corrected for small samples; give `hedges_exact{}` (n - 1 degrees of freedom) to do so.
/// Their variance also scales d²/(2n) by 2(1-r), which the delta method does not: at |d| below 0.5 and r
/// about 0.5 this is no difference; `baseline_standardized_mean_change` has the other form.
///
/// Throws `invalid_input` for reports that are not valid; the correlation is mandatory.
template <class Correction = uncorrected>
struct crossover_standardized_mean_difference {
    Correction correction{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& trial) const {
        detail::check(trial);
        Real const a = trial.treatment.sd;
        Real const b = trial.control.sd;
        Real const larger = a < b ? b : a;
        Real const ratio = (a < b ? a : b) / larger;
        Real const sd = larger * sqrt(Real((1 + ratio * ratio) / 2));
        return corrected<Real>(trial.n, (trial.treatment.mean - trial.control.mean) / sd,
                               trial.correlation.value());
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_correlated_t<Real> const& report) const {
        detail::check(report);
        Real const& r = report.correlation.value();
        return corrected<Real>(report.n, report.t * sqrt(Real(2 * (1 - r) / report.n)), r);
    }

    static constexpr identity_back_transform back_transform{};

  private:
    template <real Real>
    [[nodiscard]] basic_estimate<Real> corrected(Real const& n, Real const& d, Real const& r) const {
        Real const g = correction(Real(n - 1)) * d;
        return {g, (1 + g * g / 2) / n * (2 * (1 - r))};
    }
};

template <class Correction>
crossover_standardized_mean_difference(Correction) -> crossover_standardized_mean_difference<Correction>;

} // namespace accrue
