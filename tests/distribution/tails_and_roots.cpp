// The normal tail keeps its digits far out, and a root is told from a bracket that has none.

#include "support/relative.hpp"
#include <accrue/distribution/cauchy.hpp>
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/detail/normal_between.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace accrue::test_distribution_tails_and_roots {
namespace {

using fifty = boost::multiprecision::cpp_bin_float_50;

// The rounding of x / sqrt(2) alone would cost 1e-13 at 30.
// Qualifies: DISTRIBUTION-1
TEST(NormalTail, HasTheDigitsOfFifty) {
    for (int i = 1; i < 370; ++i) {
        double const x = 0.1 * i + 1e-3 * std::sqrt(i);
        fifty const expected = boost::multiprecision::erfc(fifty(x) / sqrt(fifty(2))) / 2;
        EXPECT_RELATIVE(normal::survival(x), static_cast<double>(expected), 2e-15) << x;
        EXPECT_RELATIVE(normal::cumulative(-x), static_cast<double>(expected), 2e-15) << x;
    }
}

// A difference of two tails, or an integral where that would cancel.
TEST(NormalBetween, HasTheDigitsOfFifty) {
    auto const tail = [](fifty const& x) -> fifty { return erfc(fifty(x / sqrt(fifty(2)))) / 2; };
    for (double const x :
         {-12.0, -5.0, -2.0, -1.0, -0.7, -0.1, 0.0, 1e-9, 0.1, 0.7, 1.0, 2.0, 5.0, 12.0, 30.0}) {
        for (double const width : {1e-12, 1e-3, 0.03, 0.3, 0.99, 1.0, 1.01, 2.0, 9.0}) {
            fifty const end = fifty(x) + width;
            fifty const expected = x < 0 ? tail(fifty(-end)) - tail(fifty(-x)) : tail(x) - tail(end);
            EXPECT_RELATIVE(detail::normal_between(x, width), static_cast<double>(expected), 1e-14)
                << x << " " << width;
        }
    }
}

// What degrees of freedom next to 0 come to, in every function.
TEST(StudentT, WithoutDegreesOfFreedomHasNothingButTails) {
    double const infinity = std::numeric_limits<double>::infinity();
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(student_t{0}.upper_quantile(0), infinity);
    EXPECT_EQ(student_t{0}.upper_quantile(0.025), infinity);
    EXPECT_EQ(student_t{0}.upper_quantile(0.5), 0);
    EXPECT_EQ(student_t{0}.upper_quantile(0.975), -infinity);
    EXPECT_EQ(student_t{0}.upper_quantile(1), -infinity);
    for (double const p : {-0.1, 1.1, nan, infinity, -infinity}) {
        EXPECT_TRUE(std::isnan(student_t{0}.upper_quantile(p))) << p;
    }
    for (double const x : {-infinity, -1e300, -2.0, 0.0, 1e-200, 2.0, 1e300, infinity}) {
        EXPECT_EQ(student_t{0}.survival(x), student_t{1e-310}.survival(x)) << x;
        EXPECT_EQ(student_t{0}.cumulative(x), student_t{1e-310}.cumulative(x)) << x;
        EXPECT_EQ(student_t{0}.log_survival(x), std::log(student_t{0}.survival(x))) << x;
        EXPECT_EQ(basic_student_t<fifty>{0}.survival(fifty(x)), fifty(student_t{0}.survival(x))) << x;
    }
    EXPECT_TRUE(std::isnan(student_t{0}.survival(nan)));
}

TEST(ChiSquared, WithoutDegreesOfFreedomIsZero) {
    auto const zero = chi_squared{0};
    for (double const p : {0.0, 1e-300, 0.05, 0.5, 1.0}) {
        EXPECT_EQ(zero.quantile(p), 0) << p;
        EXPECT_EQ(zero.upper_quantile(p), 0) << p;
    }
    for (double const p : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_TRUE(std::isnan(zero.quantile(p)) && std::isnan(zero.upper_quantile(p))) << p;
    }
}

TEST(ChiSquared, OfAnUnknownNumberIsUnknownAndAboveAllNegativeNumbersIsCertain) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (double const df : {nan, -2.0}) {
        EXPECT_TRUE(std::isnan(chi_squared{df}.survival(3))) << df;
        EXPECT_TRUE(std::isnan(chi_squared{df}.survival(0))) << df;
        EXPECT_TRUE(std::isnan(chi_squared{df}.quantile(0.5))) << df;
    }
    for (double const df : {0.0, 0.5, 3.0}) {
        EXPECT_TRUE(std::isnan(chi_squared{df}.survival(nan))) << df;
        EXPECT_EQ(chi_squared{df}.survival(-1), 1) << df;
        EXPECT_EQ(chi_squared{df}.survival(0), 1) << df;
    }
}

TEST(Cauchy, HasQuantilesOfProbabilitiesAlone) {
    for (double const p : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_TRUE(std::isnan(cauchy::quantile(p))) << p;
    }
    EXPECT_EQ(cauchy::quantile(1), std::numeric_limits<double>::infinity());
}

TEST(Roots, AreFoundAtEitherEndOfTheirBracket) {
    auto const line = [](double const x) { return 1 - x; };
    for (auto const& bracket : {detail::root_bracket<double>{1, 3, line(1), line(3)},
                                {-2, 1, line(-2), line(1)},
                                {-2, 3, line(-2), line(3)}}) {
        auto const found = detail::root_between(line, bracket, detail::root_search<double>{});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.value, 1, 1e-14);
    }
}

TEST(Roots, WithoutAChangeOfSignAreTheEndWhereTheFunctionIsLeast) {
    for (double const sign : {1.0, -1.0}) {
        auto const rises = detail::root_between([&](double const x) { return sign * (1 + x); },
                                                {0.0, 5.0, sign, 6 * sign}, detail::root_search<double>{});
        EXPECT_EQ(rises.value, 0);
        EXPECT_EQ(rises.status, status::undefined);
        auto const falls = detail::root_between([&](double const x) { return sign * (6 - x); },
                                                {0.0, 5.0, 6 * sign, sign}, detail::root_search<double>{});
        EXPECT_EQ(falls.value, 5);
        EXPECT_EQ(falls.status, status::undefined);
    }
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const nowhere = detail::root_between([&](double) { return nan; }, {0.0, 5.0, nan, nan},
                                              detail::root_search<double>{});
    EXPECT_TRUE(std::isnan(nowhere.value));
    EXPECT_EQ(nowhere.status, status::undefined);
}

// Steps that double reach 1e15 in 50.
TEST(Roots, AreReachedHoweverFarTheyAre) {
    for (double const root : {1e15, -1e15}) {
        auto const found =
            detail::falling_root([&](double const x) { return root - x; }, 0.0, 1.0, {.limit = 60});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.value, root, 1e-15);
        auto const cut_short =
            detail::falling_root([&](double const x) { return root - x; }, 0.0, 1.0, {.limit = 40});
        EXPECT_EQ(cut_short.status, status::not_converged);
    }
}

TEST(Roots, AreUndefinedWhereBothEndsLieOnOneSide) {
    for (double const height : {0.01, 0.5, 1.0, 7.0}) {
        for (double const side : {-1, 1}) {
            auto const parabola = [&](double const x) { return side * (height + x * x); };
            auto const bracket = detail::root_bracket<double>{-0.3, 0.2, parabola(-0.3), parabola(0.2)};
            EXPECT_EQ(detail::root_between(parabola, bracket, detail::root_search<double>{}).status,
                      status::undefined)
                << height;
        }
    }
}

} // namespace
} // namespace accrue::test_distribution_tails_and_roots
