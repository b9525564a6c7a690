// One study far more precise than the others, effects that cancel, options that mean nothing, and p-values at
// the edge.

#include "support/relative.hpp"
#include <accrue/small_study.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace accrue::test_small_study_degenerate_data {
namespace {

// (y - mean) / sqrt(v - 1 / sum w) of the precise study tends to its distance from the others' mean in the
// standard error of that: its rank stays.
TEST(DegenerateData, RanksOfStandardisedEffectsOutlastAStudyBesideWhichOthersWeighNothing) {
    EXPECT_EQ(begg_test{}(std::vector<estimate>{{0.1, 1e-300}, {0.2, 1e300}, {0.3, 2e300}}).score, 3);
    EXPECT_EQ(begg_test{}(std::vector<estimate>{{0.1, 1e-300}, {-0.3, 1e300}, {-0.8, 2e300}}).score, -3);
}

TEST(DegenerateData, ALineOfEffectsThatAreAllZeroHasNoTest) {
    auto const zeros = std::vector<estimate>{{0, 0.1}, {0, 0.2}, {0, 0.3}, {0, 0.5}};
    EXPECT_EQ(egger_test{}(zeros).status, status::undefined);
    EXPECT_TRUE(std::isnan(egger_test{}(zeros).p_value));
}

TEST(DegenerateData, AMeanThatIsZeroButForRoundingIsOnNoSideOfOrwinsTarget) {
    for (double const unit : {1.0, 1e6, 1e-6, 3.0, 0.7}) {
        auto effects = std::vector<estimate>{};
        for (double const effect : {-0.4, 0.5, 0.7, 0.1, -0.9}) {
            effects.push_back({effect * unit, 0.05});
        }
        EXPECT_EQ(fail_safe_n(orwin{0.1 * unit}, effects).n, 0) << unit;
        EXPECT_EQ(fail_safe_n(orwin{-0.1 * unit}, effects).n, 0) << unit;
        EXPECT_EQ(fail_safe_n(orwin{}, effects).n, 0) << unit;
        // On the other side of a mean that is one, no number of studies is enough.
        effects[0].effect = 0.4 * unit;
        EXPECT_EQ(fail_safe_n(orwin{-0.1 * unit}, effects).n, std::numeric_limits<double>::infinity());
        EXPECT_EQ(fail_safe_n(orwin{0.1 * unit}, effects).n, 3) << unit; // 5 (0.16 - 0.1) / 0.1
    }
}

TEST(DegenerateData, ThreeStudiesAreEnoughForALimit) {
    auto const three = std::vector<estimate>{{0.1, 0.1}, {0.4, 0.2}, {0.2, 0.3}};
    auto const limit = limit_meta_analysis{}(three);
    EXPECT_EQ(limit.status, status::ok);
    EXPECT_RELATIVE(limit.p_value_residual, chi_squared{1}.survival(limit.q_residual), 1e-14);
}

TEST(DegenerateData, RanksOfStandardisedEffectsOutlastOnePreciseStudy) {
    for (double const v : {1e-4, 1e-12, 1e-18, 1e-30, 1e-100}) {
        EXPECT_EQ(begg_test{}(std::vector<estimate>{{0.3, v}, {2, 1}, {1, 1.5}, {0.1, 1.2}}).score, 2) << v;
        EXPECT_EQ(begg_test{}(std::vector<estimate>{{0.3, v}, {2, 1}, {0.4, 1.5}, {-3, 1.2}}).score, -2) << v;
    }
}

// Effects at the centre, but for rounding, are on neither side of it.
TEST(DegenerateData, TrimAndFillOfEqualEffectsAddsNoneWhateverTheirOrder) {
    for (double const effect : {0.1, 0.3, 1e6 / 3, -0.7}) {
        auto studies = std::vector<estimate>{};
        for (double const v : {0.31, 0.02, 0.07, 0.5, 0.11, 0.23, 0.013}) {
            studies.push_back({effect, v});
        }
        for (int turn = 0; turn < 7; ++turn) {
            std::rotate(studies.begin(), studies.begin() + 1, studies.end());
            EXPECT_EQ((trim_and_fill{l0{}, left_side{}}(common_effect{}, studies).added), 0U) << effect;
            EXPECT_EQ((trim_and_fill{r0{}, right_side{}}(common_effect{}, studies).added), 0U) << effect;
        }
    }
}

TEST(DegenerateData, AMeanOfZeroIsAtItsHalfAlready) {
    auto const none = fail_safe_n(orwin{}, std::vector<estimate>{{0.5, 1}, {-0.5, 1}});
    EXPECT_EQ(none.n, 0);
    EXPECT_EQ(none.exact, 0);
}

// What lies above a whole number by more than rounding is rounded up, however little; what rounding lifts
// above one of nine digits is not.
TEST(DegenerateData, FailSafeNumbersAreRoundedUpUnlessRoundingAloneLiftsThem) {
    auto const just_above = fail_safe_n(orwin{.target = 0.1}, std::vector<estimate>(3, {0.1 + 1e-10, 1}));
    EXPECT_NEAR(just_above.exact, 3e-9, 1e-14);
    EXPECT_EQ(just_above.n, 1);
    for (int i = 1; i < 50; ++i) {
        auto const studies = std::vector<estimate>(3, {i * 1e7 * 0.7, 1});
        EXPECT_EQ(fail_safe_n(orwin{.target = 0.7}, studies).n, 3 * (i * 1e7 - 1));
    }
}

TEST(DegenerateData, OneSidedSignificanceIsBelowAHalf) {
    auto const studies = std::vector<estimate>{{1, 1}, {2, 1}};
    for (double const level : {0.5, 0.6, 0.0}) {
        EXPECT_THROW((void)fail_safe_n(rosenthal{level}, studies), invalid_input) << level;
    }
}

TEST(DegenerateData, TheTargetOfOrwinIsANumber) {
    auto const studies = std::vector<estimate>{{1, 1}, {2, 1}};
    for (double const target : {0.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        EXPECT_THROW((void)fail_safe_n(orwin{.target = target}, studies), invalid_input) << target;
    }
    EXPECT_RELATIVE(fail_safe_n(orwin{.target = 0.5}, studies).exact, 4.0, 1e-14);
}

/// ln P(Z > z) by its asymptotic series, whose first term left out is below 1e-16 beyond z = 37.
double log_tail(double const z) {
    double const r = 1 / (z * z);
    return -z * z / 2 - std::log(z) - std::log(2 * 3.14159265358979323846) / 2 +
           std::log1p(-r * (1 - r * (3 - r * (15 - r * (105 - r * (945 - r * 10395))))));
}

// Beyond P(Z > z) = 1e-308 by its logarithm, without a step from one way to the other: one study's statistic
// is the quantile of its p-value 2 P(Z > z) as a share of 0.05. Logarithms of some 700 are known to 1e-13
// each.
TEST(DegenerateData, CurvesOfFarPValuesHaveNoStep) {
    for (double z = 37; z < 39; z += 0.01) {
        double const statistic = p_curve{}(std::vector<estimate>{{z, 1}}).right_skew.statistic;
        EXPECT_NEAR(log_tail(-statistic), log_tail(z) + std::log(2 / 0.05), 1e-12) << z;
    }
}

// Computed, 2 (0.4 - 0.1) / 0.1 is 6.000000000000001.
TEST(DegenerateData, ANumberThatRoundingLiftedIsNotRoundedUp) {
    for (auto const& [effect, target, expected] :
         {std::array{0.4, 0.1, 6.0}, {0.45, 0.3, 1.0}, {1.8, 0.15, 22.0}, {0.5, 0.4, 1.0}, {1.1, 0.5, 3.0}}) {
        auto const found =
            fail_safe_n(orwin{.target = target}, std::vector<estimate>{{effect, 1}, {effect, 2}});
        EXPECT_EQ(found.n, expected) << effect;
        EXPECT_RELATIVE(found.exact, 2 * (effect - target) / target, 1e-14);
    }
}

// Two effects are the mean, and so tied: S = 1, its variance (156 - 18) / 18, and p = 2 P(Z > 1 / sqrt of
// it).
TEST(DegenerateData, TiedEffectsHaveNoExactTestThoughNoVariancesAreTied) {
    auto const found = begg_test{}(std::vector<estimate>{{0.5, 0.1}, {0.5, 0.2}, {1, 1}, {0.25, 0.5}});
    EXPECT_FALSE(found.exact);
    EXPECT_EQ(found.score, 1);
    EXPECT_RELATIVE(found.p_value, std::erfc(std::sqrt(18.0 / 138 / 2)), 1e-14);
}

// Units that are powers of 2 change no digit of what is given: what differs is rounding.
TEST(AsymmetryTests, AreTheSameInAnyUnitOfEffectsAndOfVariances) {
    struct units {
        int effects;
        int variances;
    };
    auto const in_units = [](units const& of) {
        auto studies = std::vector<estimate>{{0.5, 0.1},   {0.2, 0.03}, {0.8, 0.3},  {-0.1, 0.02},
                                             {0.35, 0.08}, {0.9, 0.4},  {0.05, 0.01}};
        for (auto& study : studies) {
            study = {std::ldexp(study.effect, of.effects), std::ldexp(study.variance, of.variances)};
        }
        return studies;
    };
    auto const expect_same = [&](auto const& test, units const& of, int const slopes) {
        auto const plain = test(in_units({0, 0}));
        auto const found = test(in_units(of));
        ASSERT_EQ(found.status, status::ok) << of.effects << ' ' << of.variances;
        EXPECT_RELATIVE(found.statistic, plain.statistic, 1e-13);
        EXPECT_RELATIVE(found.p_value, plain.p_value, 1e-13);
        EXPECT_RELATIVE(std::ldexp(found.slope, -slopes), plain.slope, 1e-13);
        EXPECT_RELATIVE(std::ldexp(found.slope_standard_error, -slopes), plain.slope_standard_error, 1e-13);
        EXPECT_RELATIVE(std::ldexp(found.intercept.effect, -of.effects), plain.intercept.effect, 1e-13);
    };
    // R 4.2.2: summary(lm(y ~ sqrt(v), weights = 1 / v)), to 15 digits.
    EXPECT_RELATIVE(egger_test{}(in_units({0, 0})).statistic, 3.85339352276784, 1e-13);
    for (auto const& of : {units{515, 996}, {512, 1022}, {531, 996}, {-525, 0}, {-531, 0}, {-600, -900}}) {
        expect_same(egger_test{}, of, of.effects - of.variances / 2);
        expect_same(egger_test{by_variance{}}, of, of.effects - of.variances);
    }
    for (auto const& of : {units{498, 996}, {510, 1020}, {-450, -900}}) {
        expect_same(egger_test{by_standard_error{}, unit_dispersion{}}, of, 0);
    }
    // A slope, or its standard error, beyond the type.
    for (auto const& of : {units{512, -900}, {900, -900}}) {
        EXPECT_EQ(egger_test{by_variance{}}(in_units(of)).status, status::undefined) << of.effects;
    }
}

// With mean + bias sqrt(v + tau²) for its effect every study has the limit mean + bias tau: 0.1 + 0.2.
TEST(LimitMetaAnalysis, TakesAllStudiesOnTheLineToOneLimit) {
    auto const studies = std::vector<estimate>{{0.4, 0.05}, {0.5, 0.12}, {0.6, 0.21}, {0.7, 0.32}};
    auto const found = limit_meta_analysis{fixed_tau_squared{0.04}}(studies);
    EXPECT_RELATIVE(found.pooled.effect, 0.3, 1e-13);
    ASSERT_EQ(found.limits.size(), studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        EXPECT_RELATIVE(found.limits[i].effect, 0.3, 1e-13) << i;
        EXPECT_EQ(found.limits[i].variance, studies[i].variance) << i;
    }
}

// Kendall 1970: given the ties the variance is that over all orders of one list.
TEST(KendallScore, HasTheVarianceOverAllOrdersBesideTiesOfThreeAndFour) {
    for (auto const& [x, y] :
         {std::pair<std::vector<double>, std::vector<double>>{{1, 1, 1, 2, 3, 3, 4}, {5, 5, 5, 5, 6, 7, 7}},
          {{1, 1, 1, 1, 2, 2, 2}, {1, 2, 2, 2, 3, 4, 5}},
          {{1, 2, 3, 4, 5, 5}, {1, 1, 1, 2, 3, 4}},
          {{1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}}}) {
        auto places = std::vector<std::size_t>(y.size());
        std::iota(places.begin(), places.end(), std::size_t{0});
        double squares = 0;
        double orders = 0;
        do {
            auto order = std::vector<double>{};
            for (std::size_t const place : places) {
                order.push_back(y[place]);
            }
            double const score = detail::kendall_score(x, order).score;
            squares += score * score;
            ++orders;
        } while (std::next_permutation(places.begin(), places.end()));
        EXPECT_RELATIVE(detail::kendall_score(x, y).variance, squares / orders, 1e-13);
    }
}

} // namespace
} // namespace accrue::test_small_study_degenerate_data
