#pragma once

#include <accrue/distribution/cauchy.hpp>
#include <accrue/distribution/extreme_value.hpp>
#include <accrue/distribution/logistic.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>

#include <string>

namespace accrue {

/// A share of the error that is to be spent at an information fraction, both in (0, 1).
struct spending_point {
    double fraction;
    double share;
};

/// Spends a F(intercept + slope F^-1(t)), F being the distribution function of `distribution`: a straight
/// line on the scale of its quantiles. For the logistic distribution, say, the logit of the share spent is
/// intercept + slope logit(t). Intercept 0 and slope 1 spend evenly, a t; a lower intercept spends less at
/// every fraction, and a steeper slope less at first and more towards the end.
///
/// Two parameters are enough to fix what is spent at two fractions, which a clinical team can judge better
/// than an intercept and a slope. `through` finds the line, for example for 1 % of the error at half of the
/// information and 20 % at 80 %:
///
///     logistic_spending::through({0.5, 0.01}, {0.8, 0.20})
///
/// The distributions differ in what they spend outside the two points: in this example Cauchy, with its heavy
/// tails, has spent 0.3 % of the error at a tenth of the information, logistic 0.006 %, normal 0.0002 %.
///
/// A distribution is any value with `cumulative`, `survival`, `density` and `quantile`, on the real line, and
/// `name()` if reports are to say which it is.
///
/// Anderson KM, Clark JB (2010), Stat Med 29:321-327.
template <class Distribution>
struct quantile_spending {
    double intercept = 0;           ///< on the scale of the distribution's quantiles
    double slope = 1;               ///< positive
    Distribution distribution = {}; ///< F

    /// The member of the family that has spent the stated shares at the stated fractions: with F^-1(t) as
    /// abscissa and F^-1(share) as ordinate, the line through two points.
    ///
    /// \throws invalid_input unless all four numbers are in (0, 1) and the second point lies above the
    ///   first in both
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

    /// How it is called in reports: "logistic (intercept -4.6, slope 1.9)".
    [[nodiscard]] std::string name() const {
        return name_of(distribution, "quantile") + " (intercept " + detail::to_text(intercept) + ", slope " +
               detail::to_text(slope) + ")";
    }

    /// \throws invalid_input unless the slope is positive
    [[nodiscard]] double operator()(double const t, double const error) const {
        detail::require_positive("slope of quantile_spending", slope);
        return error * distribution.cumulative(place(t));
    }
    /// The error spent between two fractions, without the loss of digits of a difference.
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

#if defined(__clang__) && __clang_major__ < 17 // which does not deduce from members
template <class Distribution>
quantile_spending(double, double, Distribution) -> quantile_spending<Distribution>;
#endif

/// F(x) = 1 / (1 + exp(-x)).
using logistic_spending = quantile_spending<logistic>;
/// F = Phi.
using normal_spending = quantile_spending<normal>;
/// F(x) = 1/2 + atan(x) / pi.
using cauchy_spending = quantile_spending<cauchy>;
/// F(x) = exp(-exp(-x)).
using extreme_value_maximum_spending = quantile_spending<extreme_value_maximum>;
/// F(x) = 1 - exp(-exp(x)).
using extreme_value_minimum_spending = quantile_spending<extreme_value_minimum>;

} // namespace accrue
