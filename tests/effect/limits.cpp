// What measures make of reports at the limits of what a report can be.

#include "support/relative.hpp"
#include <accrue/effect/arm_from_quantiles.hpp>
#include <accrue/effect/biserial_correlation.hpp>
#include <accrue/effect/combine.hpp>
#include <accrue/effect/cronbach_alpha.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/effect/incidence_rate.hpp>
#include <accrue/effect/log_ratio_of_means.hpp>
#include <accrue/effect/proportion.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/effect/square_root_rate_difference.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace accrue::test_effect_limits {
namespace {

TEST(SdOfDifference, NeitherOverflowsNorUnderflowsWhicheverIsLarger) {
    auto const of = [](double const first, double const second) {
        return sd_of_difference(paired_arms{10, {0, first}, {0, second}, {0.5}});
    };
    EXPECT_PRED_FORMAT2(test::relative_within(1e-15), of(1e200, 1e-200), 1e200);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-15), of(1e-200, 1e200), 1e200);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-15), of(1e-200, 1e-200), 1e-200);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-15), of(3e300, 3e300), 3e300);
}

// metafor 3.8: escalc("RBIS", m1i = -7.56 * sqrt(1/199 + 1/5), sd1i = 1, n1i = 199, m2i = 0, sd2i = 1, n2i =
// 5), and with means 5 and 0 of 19 and 15.
TEST(BiserialCorrelation, BeyondOneHasAPositiveVariance) {
    auto const below = biserial_correlation{}(two_sample_t{199, 5, -7.56});
    EXPECT_PRED_FORMAT2(test::relative_within(1e-12), below.effect, -1.26325460907285203);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-12), below.variance, 0.00594866947144116);
    auto const above = biserial_correlation{}(two_arms<arm>{{19, 5, 1}, {15, 0, 1}});
    EXPECT_PRED_FORMAT2(test::relative_within(1e-12), above.effect, 1.17200788827667735);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-12), above.variance, 0.00223964320170262);
}

// With all but a handful of participants in one group its share rounds to 1.
TEST(BiserialCorrelation, IsMirroredByTheGroupsHoweverUnequalTheyAre) {
    for (double const n : {1e3, 1e9, 1e16, 1e19}) {
        auto const one = biserial_correlation{}(cohens_d{n, 206, -2.6});
        auto const other = biserial_correlation{}(cohens_d{206, n, 2.6});
        EXPECT_TRUE(std::isfinite(one.effect)) << n;
        EXPECT_GE(one.variance, 0) << n;
        EXPECT_PRED_FORMAT2(test::relative_within(1e-13), one.effect, -other.effect);
        EXPECT_PRED_FORMAT2(test::relative_within(1e-12), one.variance, other.variance);
    }
}

// Without a library's log1p and expm1: -ln(1 - 1e-30), and 1 - cbrt(1 - 0).
TEST(FiftyDigits, AreKeptBesideOneAndAtZero) {
    using precise = boost::multiprecision::cpp_bin_float_50;
    auto const total = precise("1e30");
    auto const effect = log_proportion{}(basic_events<precise>{total - 1, total}).effect;
    auto const x = 1 / total;
    EXPECT_LT(abs(effect / -(x + x * x / 2) - 1), precise("1e-48"));
    EXPECT_EQ(hakstian_whalen_transformed_alpha{}(basic_reliability<precise>{50, 4, 0}).effect, 0);
    // e^x - 1 where x³ / 6 is the last term within fifty digits.
    for (auto const& y : {precise("1e-18"), precise("-3e-20"), precise("7e-25")}) {
        precise const expected = y + y * y / 2 + y * y * y / 6;
        EXPECT_LT(abs(precise(detail::exp_minus_one(y) / expected - 1)), precise("1e-48")) << y;
    }
}

// d = 1, J = 1 - 3/(4 * 22 - 1) = 28/29, and 24/140 + J²/(2 * 20.06) to 40 digits. RevMan prints two.
TEST(StandardizedMeanDifference, HasTheVarianceOfRevMan) {
    auto const revman = standardized_mean_difference{hedges_approximate{}, revman_variance{}};
    auto const found = revman(two_arms<arm>{{10, 5, 2}, {14, 3, 2}});
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), found.effect, 28.0 / 29);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), found.variance, 0.194664452370762690695);
}

TEST(SquareRootRateDifference, OfArmsWithoutEventsIsZero) {
    auto const found = square_root_rate_difference{}(two_arms<rate>{{0, 8}, {0, 2}});
    EXPECT_EQ(found.effect, 0);
    EXPECT_EQ(found.variance, 0.15625);
}

// The square of a sine would fall again beyond a right angle.
TEST(ArcsineProportion, HasABackTransformThatNeverFalls) {
    double before = 0;
    for (double x = -2; x < 8; x += 1e-3) {
        double const p = arcsine_proportion{}.back_transform(x);
        EXPECT_GE(p, before) << x;
        EXPECT_EQ(p <= 0, x <= 0) << x;
        before = p;
    }
    EXPECT_EQ(before, 1);
}

// Over numbers that follow each other, near the ends and the middle of each scale.
TEST(BackTransforms, NeverFallWhereProportionsAndReliabilitiesRise) {
    auto const expect_rising = [](auto const& back_transform, double const first) {
        double const infinity = std::numeric_limits<double>::infinity();
        double x = first;
        double before = back_transform(x);
        int falls = 0;
        for (int i = 0; i < 2000; ++i) {
            x = std::nextafter(x, infinity);
            double const here = back_transform(x);
            falls += here < before ? 1 : 0;
            before = here;
        }
        EXPECT_EQ(falls, 0) << first;
    };
    for (double const first : {-3.0, -0.1, 0.01, 0.3, 0.6, 0.9, 0.999, 0.9999999, 1 - 1e-13, 1.0, 1.2}) {
        expect_rising([](double const x) { return hakstian_whalen_transformed_alpha{}.back_transform(x); },
                      first);
    }
    for (double const first : {1.3714622074702, 1.3714622074704}) {
        expect_rising([](double const x) { return freeman_tukey_proportion::back_transform(x, 7.0); }, first);
    }
}

// 1 - (1-x)³ = 3x - 3x² + x³, of which the first two terms are all there is next to 0.
TEST(BackTransforms, OfAReliabilityNextToNoneKeepItsDigits) {
    auto const back = hakstian_whalen_transformed_alpha{}.back_transform;
    for (double const x : {1e-300, 1e-20, 1e-12, 1e-9}) {
        EXPECT_RELATIVE(back(x), 3 * x * (1 - x), 1e-15);
        EXPECT_RELATIVE(back(-x), -3 * x * (1 + x), 1e-15);
    }
    EXPECT_RELATIVE(back(0.25), 37.0 / 64, 1e-15);
    EXPECT_RELATIVE(back(-1.0), -7, 2e-15);
}

TEST(BackTransforms, StayAmongTheValuesThatThereAre) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (double const x : {-1e300, -2.0, -1e-9, 0.0}) {
        EXPECT_EQ(square_root_incidence_rate{}.back_transform(x), 0) << x;
        EXPECT_EQ(freeman_tukey_incidence_rate::back_transform(x, 12.5), 0) << x;
        EXPECT_EQ(freeman_tukey_proportion::back_transform(x, 40.0), 0) << x;
        EXPECT_EQ(arcsine_proportion{}.back_transform(x), 0) << x;
    }
    for (double const x : {1.6, 3.0, 1e300}) {
        EXPECT_EQ(freeman_tukey_proportion::back_transform(x, 40.0), 1) << x;
        EXPECT_EQ(arcsine_proportion{}.back_transform(x), 1) << x;
        EXPECT_EQ(hakstian_whalen_transformed_alpha{}.back_transform(x), 1) << x;
    }
    for (double const x : {1.0, 1 + 1e-15, 1.2}) {
        EXPECT_EQ(hakstian_whalen_transformed_alpha{}.back_transform(x), 1) << x;
    }
    EXPECT_TRUE(std::isnan(hakstian_whalen_transformed_alpha{}.back_transform(nan)));
    EXPECT_TRUE(std::isnan(square_root_incidence_rate{}.back_transform(nan)));
    EXPECT_TRUE(std::isnan(freeman_tukey_incidence_rate::back_transform(nan, 12.5)));
    EXPECT_TRUE(std::isnan(freeman_tukey_proportion::back_transform(nan, 40.0)));
    EXPECT_TRUE(std::isnan(arcsine_proportion{}.back_transform(nan)));
}

// w1 and w2 of Luo et al. at n = 16, whose 0.75th power is 8, by arithmetic to 40 digits.
TEST(Quantiles, OfASkewedSampleWeighTheirMiddlesByTheSize) {
    auto const found = arm_from_quantiles(five_number_summary{16, 1, 3, 4, 8, 20});
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), found.mean, 6.216912132223771972629);
}

// The thresholds of Shi et al. 2023 by arithmetic to 40 digits.
TEST(Quantiles, AreSkewedBeyondTheThresholdForTheirNumber) {
    struct threshold {
        double n;
        double asymmetry;
    };
    for (auto const& [n, most] : {threshold{19, 0.42460264478541722}, {99, 0.24001373184692760}}) {
        for (double const side : {-1, 1}) {
            EXPECT_FALSE(is_skewed(range_summary{n, -1, side * most * (1 - 1e-9), 1})) << n;
            EXPECT_TRUE(is_skewed(range_summary{n, -1, side * most * (1 + 1e-9), 1})) << n;
        }
    }
    for (auto const& [n, most] : {threshold{16, 0.6390625}, {100, 0.2644}}) {
        for (double const side : {-1, 1}) {
            EXPECT_FALSE(is_skewed(quartile_summary{n, -1, side * most * (1 - 1e-9), 1})) << n;
            EXPECT_TRUE(is_skewed(quartile_summary{n, -1, side * most * (1 + 1e-9), 1})) << n;
        }
    }
}

TEST(Combine, AddsEventsAndTimes) {
    auto const both = combine(rate{3, 10.5}, rate{4, 20});
    EXPECT_EQ(both.events, 7);
    EXPECT_EQ(both.time, 30.5);
}

// The 97.5 % quantile of Cauchy's distribution is cot(pi / 40).
TEST(FromInterval, TakesOneDegreeOfFreedomAndLess) {
    EXPECT_PRED_FORMAT2(test::relative_within(1e-13), from_interval(0.2, {-1, 1.4}, 0.95, 1).variance,
                        1.2 * 1.2 / (12.706204736174694 * 12.706204736174694));
    EXPECT_LT(from_interval(0.2, {-1, 1.4}, 0.95, 0.5).variance,
              from_interval(0.2, {-1, 1.4}, 0.95, 1).variance);
}

// By hand: c = s / x of 0.25 and 0.8, so that u is 0.0625 / 20 and 0.64 / 20.
TEST(LogRatioOfMeans, OfPairsIsCorrectedForBiasAsOfTwoGroups) {
    auto const study = paired_arms{20, {8, 2}, {5, 4}, {0.6}};
    auto const plain = log_ratio_of_means{}(study);
    auto const corrected = log_ratio_of_means{bias_corrected{}}(study);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), plain.effect, std::log(1.6));
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), corrected.effect, std::log(1.6) - 0.5775 / 40);
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), plain.variance, (0.0625 + 0.64 - 0.24) / 20);
    EXPECT_EQ(corrected.variance, plain.variance);
}

// J² is pi / 6 at three degrees of freedom, and m / (m - 2) is 3.
TEST(NullVariance, IsThatOfFiveParticipantsToo) {
    auto const found =
        standardized_mean_difference{hedges_exact{}, null_variance{}}(two_arms<arm>{{2, 5, 2}, {3, 4, 2}});
    EXPECT_PRED_FORMAT2(test::relative_within(1e-14), found.variance, 2.5 * std::numbers::pi / 6);
}

} // namespace
} // namespace accrue::test_effect_limits
