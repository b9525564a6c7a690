// A t statistic whose tail probability leaves the type has a normal quantile still.

#include "support/relative.hpp"
#include <accrue/inference/z_value.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace accrue::test_inference_far_tails {
namespace {

TEST(FarTails, OfTHaveFiniteNormalQuantiles) {
    for (double const df : {20.0, 60.0, 300.0}) {
        double before = 0;
        for (double t = 10; t < 1e250; t *= 10) {
            auto const result = pooled{t, 1, 0, df, 61, status::ok};
            double const z = z_value(result);
            ASSERT_TRUE(std::isfinite(z)) << df << ' ' << t;
            EXPECT_GT(z, before);
            EXPECT_RELATIVE(normal::log_survival(z), log_p_value_greater(result), 1e-12);
            auto const mirrored = pooled{-t, 1, 0, df, 61, status::ok};
            EXPECT_EQ(z_value(mirrored), -z);
            before = z;
        }
    }
}

} // namespace
} // namespace accrue::test_inference_far_tails
