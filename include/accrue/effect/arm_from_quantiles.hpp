#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/quantiles.hpp>

/// \file
/// Mean and SD of a group that a paper describes by its median, quartiles or range.
///
/// The formulas hold for normal outcomes. A paper that gives a median often does so because the outcome is
/// skewed: ask `is_skewed` first, and consider a log scale, or leaving the study's mean out, when it is.

namespace accrue {

namespace detail {

// Expected distance between maximum and minimum of n standard normal values (Blom's approximation).
template <real Real>
Real expected_range(Real const& n) {
    return 2 * basic_normal<Real>::upper_quantile(Real(Real(0.625) / (n + Real(0.25))));
}

// Expected distance between the quartiles of n standard normal values.
template <real Real>
Real expected_interquartile_range(Real const& n) {
    return 2 * basic_normal<Real>::upper_quantile(Real((n / 4 + Real(0.375)) / (n + Real(0.25))));
}

template <real Real>
Real power(Real const& n, Real const& exponent) {
    return exp(Real(exponent * log(n)));
}

/// The distances of two quantiles from the median: how they differ, as a share of their sum.
template <real Real>
Real asymmetry(Real const& low, Real const& median, Real const& high) {
    Real const up = high - median;
    Real const down = median - low;
    return magnitude(Real(up - down)) / (up + down);
}

template <real Real>
Real decimal(int const numerator, int const denominator) {
    return Real(numerator) / denominator;
}

} // namespace detail

/// From the range: mean w (min+max)/2 + (1-w) median, w = 4/(4 + n^0.75) (Luo et al. 2018,
/// doi:10.1177/0962280216669183), SD (max - min)/(2 Φ⁻¹((n-0.375)/(n+0.25))) (Wan et al. 2014,
/// doi:10.1186/1471-2288-14-135). Throws `invalid_input` for quantiles out of order or without spread.
template <real Real>
[[nodiscard]] basic_arm<Real> arm_from_quantiles(basic_range_summary<Real> const& group) {
    detail::check(group);
    Real const w = 4 / (4 + detail::power<Real>(group.n, Real(0.75)));
    return {group.n, w * ((group.minimum + group.maximum) / 2) + (1 - w) * group.median,
            (group.maximum - group.minimum) / detail::expected_range(group.n)};
}

/// From the quartiles: mean w (q1+q3)/2 + (1-w) median, w = 0.7 + 0.39/n (Luo et al. 2018), SD
/// (q3 - q1)/(2 Φ⁻¹((0.75n-0.125)/(n+0.25))) (Wan et al. 2014). Throws `invalid_input` for quantiles out of
/// order or without spread.
template <real Real>
[[nodiscard]] basic_arm<Real> arm_from_quantiles(basic_quartile_summary<Real> const& group) {
    detail::check(group);
    Real const w = detail::decimal<Real>(7, 10) + detail::decimal<Real>(39, 100) / group.n;
    return {group.n, w * ((group.first_quartile + group.third_quartile) / 2) + (1 - w) * group.median,
            (group.third_quartile - group.first_quartile) / detail::expected_interquartile_range(group.n)};
}

/// From all five numbers: mean w1 (min+max)/2 + w2 (q1+q3)/2 + (1-w1-w2) median, w1 = 2.2/(2.2 + n^0.75),
/// w2 = 0.7 - 0.72/n^0.55 (Luo et al. 2018); SD the mean, weighted w and 1-w, w = 1/(1 + 0.07 n^0.6), of the
/// SDs from the range and from the quartiles (Shi et al. 2020, doi:10.1002/jrsm.1429). Throws `invalid_input`
/// for quantiles out of order or without spread.
template <real Real>
[[nodiscard]] basic_arm<Real> arm_from_quantiles(basic_five_number_summary<Real> const& group) {
    detail::check(group);
    Real const& n = group.n;
    Real const w1 =
        detail::decimal<Real>(22, 10) / (detail::decimal<Real>(22, 10) + detail::power<Real>(n, Real(0.75)));
    Real const w2 = detail::decimal<Real>(7, 10) -
                    detail::decimal<Real>(72, 100) / detail::power<Real>(n, detail::decimal<Real>(55, 100));
    Real const mean = w1 * ((group.minimum + group.maximum) / 2) +
                      w2 * ((group.first_quartile + group.third_quartile) / 2) + (1 - w1 - w2) * group.median;
    Real const w =
        1 / (1 + detail::decimal<Real>(7, 100) * detail::power<Real>(n, detail::decimal<Real>(6, 10)));
    Real const sd =
        w * ((group.maximum - group.minimum) / detail::expected_range(n)) +
        (1 - w) * ((group.third_quartile - group.first_quartile) / detail::expected_interquartile_range(n));
    return {n, mean, sd};
}

/// Whether the quantiles are less symmetric than those of a normal sample of this size would be in 95 of 100
/// cases (Shi et al. 2023, doi:10.1177/09622802231172043): |min + max - 2 median|/(max - min) above
/// 1.01/ln(n+9) + 2.43/(n+1).
template <real Real>
[[nodiscard]] bool is_skewed(basic_range_summary<Real> const& group) {
    detail::check(group);
    return detail::asymmetry(group.minimum, group.median, group.maximum) >
           Real(1.01) / log(Real(group.n + 9)) + Real(2.43) / (group.n + 1);
}

/// The same for quartiles: |q1 + q3 - 2 median|/(q3 - q1) above 2.65/√n - 6/n².
template <real Real>
[[nodiscard]] bool is_skewed(basic_quartile_summary<Real> const& group) {
    detail::check(group);
    return detail::asymmetry(group.first_quartile, group.median, group.third_quartile) >
           Real(2.65) / sqrt(group.n) - 6 / (group.n * group.n);
}

/// The same for all five numbers: the larger of the quartiles' asymmetry and 2.65 ln(0.6 n)/√n times the
/// range's above 2.97/√n - 39.1/n³, which is below 0 for n = 2, whose numbers are then always skewed.
template <real Real>
[[nodiscard]] bool is_skewed(basic_five_number_summary<Real> const& group) {
    detail::check(group);
    Real const root = sqrt(group.n);
    Real const range = Real(2.65) * log(Real(Real(0.6) * group.n)) / root *
                       detail::asymmetry(group.minimum, group.median, group.maximum);
    Real const quartiles = detail::asymmetry(group.first_quartile, group.median, group.third_quartile);
    return (range < quartiles ? quartiles : range) >
           Real(2.97) / root - Real(39.1) / (group.n * group.n * group.n);
}

} // namespace accrue
