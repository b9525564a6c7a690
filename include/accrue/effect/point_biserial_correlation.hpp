#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/as_cohens_d.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/report/t_test.hpp>

namespace accrue {

namespace detail {

/// A point-biserial correlation r = d/√(d² + h), with h = (N-2) N/(n1 n2), in three parts of which none
/// cancels.
template <real Real>
struct point_biserial {
    Real correlation; ///< r
    Real explained;   ///< r²
    Real left;        ///< 1 - r²

    explicit point_biserial(basic_cohens_d<Real> const& x) {
        Real const m = x.n_treatment + x.n_control - 2;
        Real const h = m / x.n_treatment + m / x.n_control;
        Real const size = magnitude(x.d);
        Real const scale = size < 1 ? Real(1) : size; // taken out of the sum, so that no square overflows
        Real const scaled = x.d / scale;
        Real const rest = h / scale / scale;
        Real const sum = scaled * scaled + rest;
        correlation = scaled / sqrt(sum);
        explained = scaled * scaled / sum;
        left = rest / sum;
    }
};

} // namespace detail

/// (1 - r²)² ((1 - r²)/(N-2) + r²/(2N)): the delta method for group sizes that are fixed by design, as in a
/// trial (metafor "ST").
struct stratified_point_biserial_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_cohens_d<Real> const& x) const {
        Real const n = x.n_treatment + x.n_control;
        auto const r = detail::point_biserial<Real>(x);
        return detail::square(r.left) * (r.left / (n - 2) + r.explained / (2 * n));
    }
};

/// (1 - r²)² (N r²/(4 n1 n2) + (2 - 3r²)/(2N)): for participants sampled at random who then fall into groups,
/// as in a survey (Tate 1954, doi:10.1214/aoms/1177728730; metafor "CS").
struct cross_sectional_point_biserial_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_cohens_d<Real> const& x) const {
        Real const n = x.n_treatment + x.n_control;
        auto const r = detail::point_biserial<Real>(x);
        return detail::square(r.left) *
               (r.explained * (n / x.n_treatment / x.n_control / 4) + (2 * r.left - r.explained) / (2 * n));
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
        return {detail::point_biserial<Real>(x).correlation, variance(x)};
    }
};

template <class Variance>
point_biserial_correlation(Variance) -> point_biserial_correlation<Variance>;

} // namespace accrue
