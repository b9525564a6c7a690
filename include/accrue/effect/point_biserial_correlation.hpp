#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/as_cohens_d.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/t_test.hpp>

namespace accrue {

/// (h/(d² + h))² (1/n1 + 1/n2 + d²/(2N))/(d² + h), h = (N-2) N/(n1 n2): the delta method for group sizes that
/// are fixed by design, as in a trial (metafor "ST").
struct stratified_point_biserial_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_cohens_d<Real> const& x) const {
        Real const n = x.n_treatment + x.n_control;
        Real const h = (n - 2) / x.n_treatment + (n - 2) / x.n_control;
        Real const sum = x.d * x.d + h;
        return detail::square(Real(h / sum)) * (1 / x.n_treatment + 1 / x.n_control + x.d * x.d / (2 * n)) /
               sum;
    }
};

/// (1 - r²)² (N r²/(4 n1 n2) + (2 - 3r²)/(2N)): for participants sampled at random who then fall into groups,
/// as in a survey (Tate 1954, doi:10.1214/aoms/1177728730; metafor "CS").
struct cross_sectional_point_biserial_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_cohens_d<Real> const& x) const {
        Real const n = x.n_treatment + x.n_control;
        Real const h = (n - 2) / x.n_treatment + (n - 2) / x.n_control;
        Real const d2 = x.d * x.d;
        Real const sum = d2 + h;
        Real const r2 = d2 / sum;
        return detail::square(Real(h / sum)) *
               (r2 * (n / x.n_treatment / x.n_control / 4) + (2 * h - d2) / sum / (2 * n));
    }
};

/// Point-biserial correlation: the product-moment correlation between group (0 or 1) and outcome.
///
///     d = (x̄1 - x̄2)/sp,   effect r = d/√(d² + h) = t/√(t² + N - 2),   h = (N-2) N/(n1 n2).
///
/// Positive when treatment has the larger mean. For groups that exist by themselves (men and women). Where
/// they are the halves of a variable that was cut in two, `biserial_correlation` estimates the correlation
/// with that variable. It depends on how evenly the groups are sized; `standardized_mean_difference` doesn't.
///
/// It takes the two arms, the t statistic of their comparison, or Cohen's d. `Variance` says how participants
/// were sampled: `stratified_point_biserial_variance` or `cross_sectional_point_biserial_variance`. Throws
/// `invalid_input` for reports that are not valid.
template <class Variance = stratified_point_biserial_variance>
struct point_biserial_correlation {
    Variance variance{};

    template <detail::report_of_two_means Report>
    [[nodiscard]] auto operator()(Report const& report) const {
        return of(detail::as_cohens_d(report));
    }

    static constexpr identity_back_transform back_transform{};

  private:
    template <real Real>
    [[nodiscard]] basic_estimate<Real> of(basic_cohens_d<Real> const& x) const {
        detail::check(x);
        Real const m = x.n_treatment + x.n_control - 2;
        Real const h = m / x.n_treatment + m / x.n_control;
        return {x.d / sqrt(Real(x.d * x.d + h)), variance(x)};
    }
};

template <class Variance>
point_biserial_correlation(Variance) -> point_biserial_correlation<Variance>;

} // namespace accrue
