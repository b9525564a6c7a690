// Groups combined and measures converted in any unit.

#include "support/relative.hpp"
#include <accrue/effect.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace accrue::test_effect_far_units {
namespace {

TEST(FarUnits, CombinedGroupsScaleToTheEndsOfTheType) {
    auto const plain = combine(arm{20, 3.0, 1.5}, arm{35, 4.5, 2.5});
    for (double const unit : {1e-300, 1e-170, 1e170, 1e300}) {
        auto const scaled = combine(arm{20, 3.0 * unit, 1.5 * unit}, arm{35, 4.5 * unit, 2.5 * unit});
        EXPECT_RELATIVE(scaled.mean / unit, plain.mean, 1e-14);
        EXPECT_RELATIVE(scaled.sd / unit, plain.sd, 1e-14);
    }
}

TEST(FarUnits, CorrelationsOfFarStatisticsAreOne) {
    for (double const t : {1e20, 1e160, 1e300}) {
        EXPECT_EQ(correlation_from_t(t, 30), 1);
        EXPECT_EQ(correlation_from_t(-t, 30), -1);
        EXPECT_EQ(correlation_from_d(estimate{t, 1.0}, 20, 30).effect, 1);
        EXPECT_GE(correlation_from_d(estimate{-t, 1.0}, 20, 30).variance, 0);
    }
    EXPECT_RELATIVE(correlation_from_t(3e-160, 9.0), 1e-160, 1e-14);
    EXPECT_RELATIVE(correlation_from_t(4.0, 9.0), 0.8, 1e-15);
}

// The correlation's variance is next to nothing, and the biserial's (pi/2 - 3/2)/(N-1) with groups of one
// size.
TEST(FarUnits, BiserialCorrelationsOfFarMeansAreTheLargest) {
    double const right_angle = std::numbers::pi / 2;
    for (double const mean : {1e10, 1e150, 1e155, 1e300}) {
        for (double const side : {-1, 1}) {
            auto const trial = two_arms<arm>{{20, side * mean, 1}, {20, 0, 1}};
            EXPECT_EQ(point_biserial_correlation{}(trial).effect, side) << mean;
            EXPECT_LT(point_biserial_correlation{}(trial).variance, 1e-39) << mean;
            auto const survey = point_biserial_correlation{cross_sectional_point_biserial_variance{}}(trial);
            EXPECT_LT(std::abs(survey.variance), 1e-36) << mean;
            auto const biserial = biserial_correlation{}(trial);
            EXPECT_RELATIVE(biserial.effect, side * std::sqrt(right_angle), 1e-14);
            EXPECT_RELATIVE(biserial.variance, (right_angle - 1.5) / 39, 1e-13);
        }
    }
}

} // namespace
} // namespace accrue::test_effect_far_units
