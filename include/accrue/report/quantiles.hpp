#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <string_view>

namespace accrue {

/// A group reported by median and range.
///
/// Authors report medians when they distrust the mean, mostly because the outcome is skewed, while pooling
/// means needs a mean and a standard deviation. `arm_from_quantiles` estimates both from any of the three
/// summaries of this header, for outcomes that are about normal, and `is_skewed` tests whether the quantiles
/// speak against that. The range is the least informative: its width grows with n, and two participants
/// determine it.
///
/// Functions that take a summary throw `invalid_input` unless the numbers are finite and in order, minimum
/// and maximum differ (first and third quartile, where those are given), and n is 2 or more.
template <real Real>
struct basic_range_summary {
    Real n;       ///< participants, at least 2
    Real minimum; ///< in the outcome's units, like what follows
    Real median;
    Real maximum;
};

using range_summary = basic_range_summary<double>;

/// A group reported by median and quartiles.
///
/// Papers often print the width alone, "IQR 4.5": what is needed here is the two quartiles that it lies
/// between. For a normal outcome in a large group the width is 1.35 standard deviations, whatever n, which
/// makes quartiles a sounder source than the range. Invalid summaries are refused as those of
/// `basic_range_summary` are.
template <real Real>
struct basic_quartile_summary {
    Real n;              ///< participants, at least 2
    Real first_quartile; ///< in the outcome's units, like what follows
    Real median;
    Real third_quartile;
};

using quartile_summary = basic_quartile_summary<double>;

/// A group reported by median, quartiles and range, the numbers of a box plot.
///
/// Where a plot's whiskers end short of outlying points, the whiskers are not the range: take the quartiles
/// alone. Invalid summaries are refused as those of `basic_range_summary` are.
template <real Real>
struct basic_five_number_summary {
    Real n;       ///< participants, at least 2
    Real minimum; ///< in the outcome's units, like what follows
    Real first_quartile;
    Real median;
    Real third_quartile;
    Real maximum;
};

using five_number_summary = basic_five_number_summary<double>;

namespace detail {

/// Quantiles may coincide, as those of scores and counts do, but not all of them: without spread there is no
/// standard deviation to estimate.
template <real Real>
void check_quantiles(Real const& n, std::string_view const low_name, Real const& low, Real const& median,
                     std::string_view const high_name, Real const& high) {
    require(n >= 2 && is_finite(n), "n", "at least 2 and finite", n);
    require_finite(low_name, low);
    require_finite("median", median);
    require_finite(high_name, high);
    require(low <= median, low_name, "at most the median", low);
    require(median <= high, high_name, "at least the median", high);
    require(low < high, high_name, "above its opposite, or there is no spread to estimate", high);
}

template <real Real>
void check(basic_range_summary<Real> const& group) {
    check_quantiles(group.n, "minimum", group.minimum, group.median, "maximum", group.maximum);
}

template <real Real>
void check(basic_quartile_summary<Real> const& group) {
    check_quantiles(group.n, "first_quartile", group.first_quartile, group.median, "third_quartile",
                    group.third_quartile);
}

template <real Real>
void check(basic_five_number_summary<Real> const& group) {
    check_quantiles(group.n, "first_quartile", group.first_quartile, group.median, "third_quartile",
                    group.third_quartile);
    require_finite("minimum", group.minimum);
    require_finite("maximum", group.maximum);
    require(group.minimum <= group.first_quartile, "minimum", "at most the first quartile", group.minimum);
    require(group.third_quartile <= group.maximum, "maximum", "at least the third quartile", group.maximum);
}

} // namespace detail
} // namespace accrue
