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

// 2 (1-r) c1 c2 / n with c1 = 1.1/3 and c2 = 0.7333333/2, to which their difference of 2e-8 adds 6e-18. A
// unit that is no power of 2 rounds what is given, of which the variance has 1 - r = 1e-5.
TEST(FarUnits, RatiosOfPairedMeansHaveNone) {
    for (double const unit : {1e-300, 1e-160, 1e-150, 1.0, 1e150, 1e155, 1e300}) {
        auto const study = paired_arms{50, {3 * unit, 1.1 * unit}, {2 * unit, 0.7333333 * unit}, {0.99999}};
        for (auto const& found :
             {log_ratio_of_means{}(study),
              log_ratio_of_means{}(
                  paired_arms{50, {-3 * unit, 1.1 * unit}, {-2 * unit, 0.7333333 * unit}, {0.99999}})}) {
            EXPECT_RELATIVE(found.effect, std::log(1.5), 1e-14);
            EXPECT_RELATIVE(found.variance, 5.3777775338644e-8, 1e-13);
        }
    }
    for (double const unit : {0x1p-1000, 0x1p-500, 0x1p500, 0x1p1000}) { // c apart by a last digit
        double const other = std::nextafter(1.1, 2);
        auto const in = [&](double const u) {
            return log_ratio_of_means{}(paired_arms{50, {3 * u, 1.1 * u}, {3 * u, other * u}, {1 - 1e-16}});
        };
        EXPECT_EQ(in(unit).variance, in(1).variance) << unit;
    }
}

TEST(FarUnits, RatiosOfIncidenceRatesHaveNone) {
    for (double const unit : {1e-300, 1e-200, 1.0, 1e200, 1e300}) {
        auto const apart = log_incidence_rate_ratio{}(two_arms<rate>{{1e9, 3 * unit}, {1e8, 2 * unit}});
        EXPECT_RELATIVE(apart.effect, std::log(20.0 / 3), 1e-14);
        auto const close = log_incidence_rate_ratio{}(two_arms<rate>{{2e9, 3 * unit}, {1e9, 2 * unit}});
        EXPECT_RELATIVE(close.effect, std::log(4.0 / 3), 1e-14);
    }
    for (double const unit : {0x1p-1000, 1.0, 0x1p1000}) { // 2/3 and 1e9 of them, and one event more
        auto const next = log_incidence_rate_ratio{}(two_arms<rate>{{2e9 + 1, 2 * unit}, {3e9, 3 * unit}});
        EXPECT_RELATIVE(next.effect, std::log1p(0.5e-9), 1e-15);
    }
}

// Whatever the two are, a ratio has the difference of their logarithms.
TEST(FarUnits, RatiosMayBeBeyondTheType) {
    double const sizes[] = {3e-308, 1e-300, 7e-200, 1e-9, 1.0, 2e12, 5e200, 1e300, 1.7e308};
    for (double const a : sizes) {
        for (double const b : sizes) {
            double const apart = std::log(a) - std::log(b);
            auto const expect = [&](double const found, double const expected) {
                EXPECT_NEAR(found, expected, 1e-15 * (1 + std::abs(std::log(a)) + std::abs(std::log(b))))
                    << a << " " << b;
            };
            auto const spreads = log_variability_ratio{}(two_arms<arm>{{9, 1, a}, {9, 1, b}});
            expect(spreads.effect, apart);
            for (double const sign : {-1.0, 1.0}) {
                auto const means = two_arms<arm>{{9, sign * a, a / 3}, {9, sign * b, b / 2}};
                auto const ratio = log_ratio_of_means{}(means);
                expect(ratio.effect, apart);
                EXPECT_RELATIVE(ratio.variance, (1.0 / 9 + 1.0 / 4) / 9, 1e-13) << a << " " << b;
                EXPECT_THROW((void)log_ratio_of_means{}(two_arms<arm>{{9, sign * a, a}, {9, -sign * b, b}}),
                             invalid_input);
            }
            if (b < a) {
                auto const estimate = from_ratio_interval(1 < b ? b : a < 1 ? a : 1, {b, a});
                double const error = apart / (2 * 1.959963984540054);
                EXPECT_RELATIVE(estimate.variance, error * error, 1e-12) << a << " " << b;
            }
        }
    }
    EXPECT_THROW((void)log_ratio_of_means{}(two_arms<arm>{{9, 0, 1}, {9, 1, 1}}), invalid_input);
    EXPECT_THROW((void)log_ratio_of_means{}(two_arms<arm>{{9, 1, 1}, {9, 0, 1}}), invalid_input);
}

} // namespace
} // namespace accrue::test_effect_far_units
