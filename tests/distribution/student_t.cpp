#include "support/relative.hpp"
#include <accrue/distribution/fisher_f.hpp>
#include <accrue/distribution/student_t.hpp>

#include <boost/math/special_functions/beta.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace accrue::test_distribution_student_t {
namespace {

using fifty =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

// The exponents of this type are large enough for the probability itself.
// Qualifies: DISTRIBUTION-1
TEST(StudentT, KeepsItsDigitsWhereTheTailIsTooSmallForTheType) {
    for (double const df : {150.0, 200.5, 1000.0, 1e4, 1e5}) {
        for (double const x : {95.0, 300.0, 1e4, 1e100}) {
            double const expected = static_cast<double>(basic_student_t<fifty>{df}.log_survival(x));
            if (expected < -680) {
                EXPECT_RELATIVE(student_t{df}.log_survival(x), expected, 2e-14) << df << " " << x;
            }
        }
    }
}

// Its own tail for `double`, beside Boost's incomplete beta function at 50 digits. z^a passes on the error of
// its exponent, a log(1 + x²/df), or of z, whichever matters less.
TEST(StudentT, HasTheTailOfFiftyDigits) {
    for (double const df :
         {1e-3, 0.1, 0.5, 1.0, 2.0, 3.0, 3.7, 7.0, 12.0, 19.9, 30.0, 41.0, 100.0, 1e3, 1e5, 1e9, 1e12}) {
        for (double const x : {1e-10, 1e-3, 0.1, 0.5, 0.9, 1.0, 1.1, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0,
                               37.0, 1e3, 1e7, 1e9, 1e20}) {
            fifty const square = fifty(x) * x;
            fifty const part = square / (df + square);
            fifty const expected =
                (x < 1 ? boost::math::ibetac(fifty(0.5), fifty(df) / 2, part)
                       : boost::math::ibeta(fifty(df) / 2, fifty(0.5), fifty(df / (df + square)))) /
                2;
            if (expected > 1e-290) {
                double const exponent = std::min(df, df * std::log1p(x * x / df)) / 2;
                EXPECT_RELATIVE(student_t{df}.survival(x), static_cast<double>(expected),
                                4e-15 + 3e-16 * exponent)
                    << df << " " << x;
                EXPECT_RELATIVE(student_t{df}.survival(-x), static_cast<double>(1 - expected), 1e-15)
                    << df << " " << x;
            }
        }
    }
}

// With hardly any degrees of freedom quantiles are so large that their squares are beyond `double`; they are
// finite as long as they themselves are. A relative error of df or p is one of 1/df log s in the quantile.
TEST(StudentT, HasTheQuantilesOfFiftyDigitsWhereTheirSquaresOverflow) {
    std::size_t beyond = 0;
    for (double const df : {0.0025, 0.005, 0.007, 0.01, 0.02, 0.1, 0.5, 1.0, 1.7, 3.0, 4.0, 5.0, 9.0, 40.0}) {
        for (double const p : {1e-300, 1e-200, 1e-100, 1e-50, 1e-25, 1e-12, 0.025, 0.25, 0.4, 0.75}) {
            fifty const expected = basic_student_t<fifty>{df}.upper_quantile(p);
            double const rounded = static_cast<double>(expected);
            double const found = student_t{df}.upper_quantile(p);
            if (!std::isfinite(rounded)) {
                EXPECT_EQ(found, rounded) << df << " " << p;
                continue;
            }
            double const size = std::fabs(std::log(std::fabs(rounded)));
            EXPECT_RELATIVE(found, rounded, 2e-15 * (1 + size) + 2e-15 / df) << df << " " << p;
            beyond += std::fabs(rounded) > 1e154 ? 1 : 0;
        }
    }
    EXPECT_GE(beyond, 5U);
}

// 1 / p is beyond the type there.
TEST(StudentT, HasQuantilesOfTheSmallestProbabilities) {
    for (double const degrees_of_freedom : {2.0, 3.0, 5.0, 12.0}) {
        for (double const p : {1e-308, 1e-310, 1e-318}) {
            auto const distribution = student_t{degrees_of_freedom};
            double const quantile = distribution.upper_quantile(p);
            // p itself has fewer digits the smaller it is, of which 1e-318 has five.
            EXPECT_NEAR(distribution.log_survival(quantile), std::log(p), 1e-5)
                << degrees_of_freedom << " " << p;
        }
    }
}

TEST(StudentT, HasTailsAtTheEnds) {
    EXPECT_EQ(student_t{3}.survival(0), 0.5);
    EXPECT_EQ(student_t{3}.survival(std::numeric_limits<double>::infinity()), 0);
    EXPECT_EQ(student_t{3}.survival(-std::numeric_limits<double>::infinity()), 1);
    EXPECT_TRUE(std::isnan(student_t{3}.survival(std::numeric_limits<double>::quiet_NaN())));
    // Cauchy's: 1 / (pi x) far out.
    EXPECT_RELATIVE(student_t{1}.survival(1e300), 1e-300 / std::numbers::pi, 1e-14);
}

// Half of it lies beyond every number: log(x² / df) of 3,000 at the most is no share of 1 / df.
TEST(StudentT, HasATailOfAHalfWhereDegreesOfFreedomAreNext0) {
    for (double const degrees_of_freedom : {5e-324, 1e-318, 1e-310, 1e-308, 1e-301, 1e-299, 1e-200, 1e-30}) {
        for (double const x : {0.0, 5e-324, 1e-150, 1.0, 6324.0, 1e150, 1.7e308}) {
            EXPECT_RELATIVE(student_t{degrees_of_freedom}.survival(x), 0.5, 1e-15) << degrees_of_freedom;
            EXPECT_LE(student_t{degrees_of_freedom}.survival(x), 0.5) << degrees_of_freedom << " " << x;
            EXPECT_RELATIVE(student_t{degrees_of_freedom}.survival(-x), 0.5, 1e-15) << degrees_of_freedom;
            EXPECT_RELATIVE(student_t{degrees_of_freedom}.log_survival(x), std::log(0.5), 1e-15);
        }
    }
}

// As far out as a number can be x / sqrt(df) is beyond the type: I_z(df/2, 1/2) / 2 by arithmetic to 40
// digits.
TEST(StudentT, HasATailWhereItsArgumentInUnitsOfTheScaleOverflows) {
    EXPECT_RELATIVE(student_t{0.001}.survival(1e307), 0.2455665183359849097, 1e-14);
    EXPECT_RELATIVE(student_t{0.01}.survival(1e308), 0.0004036244205379754600, 1e-14);
    EXPECT_RELATIVE(student_t{0.1}.survival(1e308), 6.615032178778645758e-32, 1e-13);
}

// The logarithm of nearly 1 keeps the digits of what is missing.
TEST(StudentT, HasALogarithmOfItsUpperPartToAllDigits) {
    // 1/2 + atan(x) / pi and, at two degrees of freedom, 1/2 + x / (2 sqrt(2 + x²)).
    for (double const x : {0.1, 1.0, 7.0, 1e3, 1e8, 1e15}) {
        double const missing = std::atan(1 / x) / std::numbers::pi;
        EXPECT_RELATIVE(student_t{1}.log_survival(-x), std::log1p(-missing), 1e-14) << x;
        double const root = std::sqrt(2 + x * x);
        EXPECT_RELATIVE(student_t{2}.log_survival(-x), std::log1p(-1 / (root * (root + x))), 1e-14) << x;
    }
}

TEST(StudentT, SaysNothingOfDegreesOfFreedomThatAreNotKnown) {
    double const unknown = std::numeric_limits<double>::quiet_NaN();
    for (double const x : {-3.0, 0.5, 1.96, 40.0}) {
        EXPECT_TRUE(std::isnan(student_t{unknown}.survival(x))) << x;
        EXPECT_TRUE(std::isnan(student_t{unknown}.cumulative(x))) << x;
        EXPECT_TRUE(std::isnan(student_t{unknown}.log_survival(x))) << x;
        EXPECT_TRUE(isnan(basic_student_t<fifty>{fifty(unknown)}.survival(fifty(x)))) << x;
        EXPECT_TRUE(std::isnan(fisher_f{3, unknown}.survival(std::abs(x)))) << x;
        EXPECT_TRUE(std::isnan(fisher_f{unknown, 3}.survival(std::abs(x)))) << x;
    }
    for (double const p : {1e-300, 0.025, 0.5, 0.9}) {
        EXPECT_TRUE(std::isnan(student_t{unknown}.upper_quantile(p))) << p;
    }
}

} // namespace
} // namespace accrue::test_distribution_student_t
