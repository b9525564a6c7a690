// Groups combined and measures converted in any unit.

#include "support/relative.hpp"
#include <accrue/effect.hpp>

#include <gtest/gtest.h>

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

} // namespace
} // namespace accrue::test_effect_far_units
