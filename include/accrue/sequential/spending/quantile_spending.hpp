#pragma once

#include <accrue/detail/sequential/spent_between.hpp>
#include <accrue/distribution/cauchy.hpp>
#include <accrue/distribution/extreme_value.hpp>
#include <accrue/distribution/logistic.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>

namespace accrue {

/// A share of the error that is to be spent at an information fraction, both in (0, 1).
struct spending_point {
    double fraction;
    double share;
};

/// Spends a F(intercept + slope F^-1(t)), F being the distribution function of `distribution`: a straight
/// line on the scale of its quantiles. `through` finds the line that passes through two chosen points, for
/// example 1 % of the error at half of the information and 20 % at 80 %.
///
/// A distribution is any value with `cumulative`, `survival`, `density` and `quantile`.
///
/// Anderson KM, Clark JB (2010), Stat Med 29:321-327.
template <class Distribution>
struct quantile_spending {
    double intercept = 0;
    double slope = 1;
    Distribution distribution = {};

    [[nodiscard]] static quantile_spending through(spending_point const& first, spending_point const& second,
                                                   Distribution const& distribution = {}) {
        detail::require_between_0_and_1("fraction of the first point", first.fraction);
        detail::require_between_0_and_1("share of the first point", first.share);
        detail::require(second.fraction > first.fraction && second.fraction < 1,
                        "fraction of the second point", "above the first one's and below 1", second.fraction);
        detail::require(second.share > first.share && second.share < 1, "share of the second point",
                        "above the first one's and below 1", second.share);
        auto const slope = (distribution.quantile(second.share) - distribution.quantile(first.share)) /
                           (distribution.quantile(second.fraction) - distribution.quantile(first.fraction));
        auto const intercept =
            distribution.quantile(second.share) - slope * distribution.quantile(second.fraction);
        return {intercept, slope, distribution};
    }

    [[nodiscard]] double operator()(double const t, double const error) const {
        detail::require_positive("slope of quantile_spending", slope);
        return error * distribution.cumulative(place(t));
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        return error * detail::probability_between(
                           from, to, [&](double const t) { return distribution.cumulative(place(t)); },
                           [&](double const t) { return distribution.survival(place(t)); },
                           [&](double const t) {
                               return slope * distribution.density(place(t)) /
                                      distribution.density(distribution.quantile(t));
                           });
    }

  private:
    [[nodiscard]] double place(double const t) const { return intercept + slope * distribution.quantile(t); }
};

using logistic_spending = quantile_spending<logistic>;
using normal_spending = quantile_spending<normal>;
using cauchy_spending = quantile_spending<cauchy>;
using extreme_value_maximum_spending = quantile_spending<extreme_value_maximum>;
using extreme_value_minimum_spending = quantile_spending<extreme_value_minimum>;

} // namespace accrue
