#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/paired_arms.hpp>

namespace accrue {

/// 2 (1-r)/n + g² (1+r²)/(4n), as if both measurements had one SD (metafor "SMCRP").
struct paired_equal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(basic_paired_arms<Real> const& study, Real const& g) const {
        Real const& r = study.correlation.value();
        return (2 * (1 - r) + g * g * (1 + r * r) / 4) / study.n;
    }
};

/// sD²/(sp² (n-1)) + g² (s1⁴ + s2⁴ + 2 r² s1² s2²)/(8 sp⁴ (n-1)), which lets the SDs differ (Bonett 2008,
/// doi:10.1037/1082-989X.13.2.99; metafor "SMCRPH").
struct paired_unequal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(basic_paired_arms<Real> const& study, Real const& g) const {
        Real const& r = study.correlation.value();
        Real const& first = study.treatment.sd;
        Real const& second = study.control.sd;
        Real const scale = first < second ? second : first;
        Real const v1 = detail::square(Real(first / scale));
        Real const v2 = detail::square(Real(second / scale));
        Real const shared = (v1 + v2) / 2;
        Real const change = detail::square(Real(sd_of_difference(study) / scale));
        Real const fourth = (v1 * v1 + v2 * v2 + 2 * r * r * v1 * v2) / (8 * shared * shared);
        return (change / shared + g * g * fourth) / (study.n - 1);
    }
};

/// Mean change of one group in units of the SD that its two measurements share (metafor "SMCRP").
///
///     sp² = (s1² + s2²)/2,   effect g = J(2 (n-1)/(1+r²)) (x̄1 - x̄2)/sp,
///     variance = 2 (1-r)/n + g² (1+r²)/(4n) by default,
///
/// with r the correlation between the measurements: the degrees of freedom of sp grow from n-1 to 2 (n-1) as
/// it falls (Cousineau 2020, doi:10.20982/tqmp.16.4.p418). Positive when the mean under (or after) treatment
/// is the larger. For crossover trials and repeated measures in which no measurement comes first; where one
/// is the baseline, `baseline_standardized_mean_change` keeps its unit free of treatment. Throws
/// `invalid_input` for reports that are not valid.
template <class Correction = hedges_exact, class Variance = paired_equal_variances>
struct pooled_standardized_mean_change {
    Correction correction{};
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        detail::check(study);
        Real const& r = study.correlation.value();
        Real const& first = study.treatment.sd;
        Real const& second = study.control.sd;
        Real const scale = first < second ? second : first;
        Real const shared =
            sqrt(Real((detail::square(Real(first / scale)) + detail::square(Real(second / scale))) / 2));
        Real const d = (study.treatment.mean - study.control.mean) / scale / shared;
        Real const g = correction(Real(2 * (study.n - 1) / (1 + r * r))) * d;
        return {g, variance(study, g)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Correction, class Variance = paired_equal_variances>
pooled_standardized_mean_change(Correction, Variance = {})
    -> pooled_standardized_mean_change<Correction, Variance>;

} // namespace accrue
