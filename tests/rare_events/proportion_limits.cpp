// Limits of proportions of rare events keep their digits, however large the group.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/rare_events/proportion_intervals.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace accrue::test_rare_events_proportion_limits {
namespace {

// Without events P(X = 0) / 2 is the share: (1 - p)^n = 2 share.
TEST(ProportionLimits, WithoutEventsHaveAClosedForm) {
    for (double const n : {10.0, 1e3, 1e6, 1e9, 1e12}) {
        for (double const level : {0.5, 0.95, 0.999999}) {
            auto const limits = mid_p_interval{}(events{0, n}, level);
            EXPECT_EQ(limits.lower, 0);
            EXPECT_RELATIVE(limits.upper, -std::expm1(std::log(1 - level) / n), 1e-11);
            auto const mirrored = mid_p_interval{}(events{n, n}, level);
            EXPECT_EQ(mirrored.upper, 1);
            EXPECT_RELATIVE(mirrored.lower, 1 - limits.upper, 1e-12);
        }
    }
}

// Rare events are those of a Poisson distribution: the share of the group is lost in its size.
TEST(ProportionLimits, OfRareEventsFallWithTheGroup) {
    auto const in_million = mid_p_interval{}(events{3, 1e10}, 0.95);
    auto const in_billion = mid_p_interval{}(events{3, 1e13}, 0.95);
    EXPECT_RELATIVE(in_billion.lower * 1e3, in_million.lower, 1e-8);
    EXPECT_RELATIVE(in_billion.upper * 1e3, in_million.upper, 1e-8);
    // P(X <= 3) - P(X = 3) / 2 at the upper limit, by the Poisson distribution
    double const mean = in_billion.upper * 1e13;
    double const tail = std::exp(-mean) * (1 + mean + mean * mean / 2 + mean * mean * mean / 12);
    EXPECT_RELATIVE(tail, 0.025, 1e-9);
}

// Limits of any group are risks, in order, or the group is refused in words.
TEST(ProportionLimits, AreInOrderOrRefusedWhateverTheGroup) {
    for (double const n : {1.0, 2.0, 10.0, 1e3, 1e8, 1e12, 1e14, 1e16, 1e100, 1e300}) {
        for (double const share : {0.0, 1e-3, 1.0 / 3, 0.5, 0.9, 1.0}) {
            for (double const level : {1e-300, 1e-16, 1e-10, 0.5, 0.95, 1 - 1e-16}) {
                auto const group = events{std::floor(share * n), n};
                auto const in_order = [&](interval const& limits) {
                    EXPECT_LE(0, limits.lower) << n << " " << share << " " << level;
                    EXPECT_LE(limits.lower, limits.upper) << n << " " << share << " " << level;
                    EXPECT_LE(limits.upper, 1) << n << " " << share << " " << level;
                };
                in_order(wilson{}(group, level));
                if (n < 9e15) {
                    in_order(clopper_pearson{}(group, level));
                    in_order(mid_p_interval{}(group, level));
                } else {
                    auto const words = "total must be below 2^53";
                    EXPECT_EQ(test::refusal_of([&] { (void)clopper_pearson{}(group, level); }).find(words),
                              0);
                    EXPECT_EQ(test::refusal_of([&] { (void)mid_p_interval{}(group, level); }).find(words), 0);
                }
            }
        }
    }
}

} // namespace
} // namespace accrue::test_rare_events_proportion_limits
