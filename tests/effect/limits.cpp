// What measures make of reports at the limits of what a report can be.

#include "support/relative.hpp"
#include <accrue/effect/biserial_correlation.hpp>
#include <accrue/effect/sd_of_difference.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace accrue;

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

} // namespace
