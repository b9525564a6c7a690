#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/point_biserial_correlation.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/t_test.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Biserial correlation: the correlation between the outcome and the normal variable that was cut in two to
/// make the groups (Pearson 1909, doi:10.1093/biomet/7.1-2.96; metafor "RBIS").
///
/// With p = n1/N, q = n2/N, z the point above which a standard normal variable lies with probability p, f its
/// density there and r the `point_biserial_correlation`,
///
///     effect b = r √(pq)/f,
///     variance = [pq/f² - (3/2 + (1 - p z/f)(1 + q z/f)) b² + b⁴]/(N-1)
///
/// (Soper 1914, doi:10.1093/biomet/10.2-3.384; Jacobs & Viechtbauer 2017, doi:10.1002/jrsm.1218), with 1 in
/// place of b² above 1 in the variance, which could be negative else. Positive when treatment, here the group
/// above the cut, has the larger mean. Comparable with the correlations of studies that did not cut the
/// variable; it can exceed 1 by chance.
///
/// It takes the two arms, the t statistic of their comparison, or Cohen's d. Throws `invalid_input` for
/// reports that are not valid.
struct biserial_correlation {
    template <detail::report_of_two_means Report>
    [[nodiscard]] auto operator()(Report const& report) const {
        return of(detail::as_cohens_d(report));
    }

    static constexpr identity_back_transform back_transform{};

  private:
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> of(basic_cohens_d<Real> const& x) {
        Real const n = x.n_treatment + x.n_control;
        Real const p = x.n_treatment / n;
        Real const q = x.n_control / n;
        // From the smaller share: the larger one can round to 1.
        Real const z =
            p < q ? basic_normal<Real>::upper_quantile(p) : Real(-basic_normal<Real>::upper_quantile(q));
        Real const f = basic_normal<Real>::density(z);
        Real const ratio = sqrt(Real(p * q)) / f;
        Real const b = point_biserial_correlation{}(x).effect * ratio;
        Real const b2 = b * b > 1 ? Real(1) : Real(b * b);
        return {b,
                (ratio * ratio - (Real(1.5) + (1 - p * z / f) * (1 + q * z / f)) * b2 + b2 * b2) / (n - 1)};
    }
};

} // namespace accrue
