// Models and tests that start from the trials themselves: what cancels must not cost digits, what no trial
// says anything of is undefined, and each trial has its weight.

#include "support/relative.hpp"
#include <accrue/inference/stratified_tests.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model/mantel_haenszel.hpp>
#include <accrue/model/mantel_haenszel_random_effects.hpp>
#include <accrue/model/peto.hpp>
#include <accrue/model/pool.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_model_sums_over_trials {
namespace {

using trials = std::vector<two_arms<events>>;
using rates = std::vector<two_arms<rate>>;

void expect_undefined(pooled const& result) {
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_TRUE(std::isnan(result.effect));
    EXPECT_TRUE(std::isnan(result.variance));
}

TEST(MantelHaenszelSums, HaveNoVarianceWhereEveryArmIsAllOrNothing) {
    expect_undefined(pool(mantel_haenszel{log_risk_ratio{}}, trials{{{1, 1}, {4, 4}}}));
    expect_undefined(pool(mantel_haenszel{log_risk_ratio{}}, trials{{{3, 3}, {7, 7}}, {{1, 1}, {13, 13}}}));
    expect_undefined(pool(mantel_haenszel{risk_difference{}}, trials{{{1, 1}, {0, 10}}}));
    expect_undefined(pool(mantel_haenszel{risk_difference{}}, trials{{{0, 7}, {3, 3}}, {{0, 13}, {11, 11}}}));
}

// a n1 d + c n2 b over (a n2) (c n1), by hand.
TEST(MantelHaenszelSums, KeepTheDigitsOfTheRiskRatiosVariance) {
    auto const result = pool(mantel_haenszel{log_risk_ratio{}}, trials{{{50, 50}, {999999, 1000000}}});
    EXPECT_RELATIVE(result.variance, 1 / (1e6 * 999999), 1e-14);
}

// Of one trial Sato's variance is [n1 p2 (1 - p2) + n2 p1 (1 - p1)] / (N W), W = n1 n2/N.
TEST(MantelHaenszelSums, KeepTheDigitsOfTheRiskDifferencesVariance) {
    auto const result = pool(mantel_haenszel{risk_difference{}}, trials{{{1, 1}, {100000, 1000000}}});
    EXPECT_RELATIVE(result.variance, 0.1 * 0.9 / 1e6, 1e-14);
    auto const other = pool(mantel_haenszel{risk_difference{}}, trials{{{900000, 1000000}, {0, 3}}});
    EXPECT_RELATIVE(other.variance, 0.1 * 0.9 / 1e6, 1e-14);
}

// Sato's formula as it is printed, where nothing cancels.
TEST(MantelHaenszelSums, OfTheRiskDifferenceAreThoseOfTheFormula) {
    auto const data = trials{{{3, 10}, {2, 12}}, {{5, 20}, {9, 21}}, {{30, 200}, {41, 180}}};
    double weights = 0;
    double difference = 0;
    double p = 0;
    double q = 0;
    for (auto const& [treatment, control] : data) {
        double const n1 = treatment.total;
        double const n2 = control.total;
        double const n = n1 + n2;
        double const a = treatment.count;
        double const c = control.count;
        weights += n1 * n2 / n;
        difference += (a * n2 - c * n1) / n;
        p += (c * n1 * n1 - a * n2 * n2 + n1 * n2 * (n2 - n1) / 2) / n / n;
        q += (a * (n2 - c) + c * (n1 - a)) / n / 2;
    }
    auto const result = pool(mantel_haenszel{risk_difference{}}, data);
    EXPECT_RELATIVE(result.effect, difference / weights, 1e-14);
    EXPECT_RELATIVE(result.variance, (difference / weights * p + q) / weights / weights, 1e-13);
}

template <class Measure, class Trial>
void expect_weights(Measure const& measure, std::vector<Trial> const& data, double const first,
                    double const second) {
    auto const shares = mantel_haenszel{measure}.weights(std::span<Trial const>(data));
    ASSERT_EQ(shares.size(), 2U);
    EXPECT_RELATIVE(shares[0], first / (first + second), 1e-14);
    EXPECT_RELATIVE(shares[1], second / (first + second), 1e-14);
}

TEST(MantelHaenszelSums, GiveEachTrialTheWeightOfItsMeasure) {
    auto const data = trials{{{3, 10}, {2, 12}}, {{5, 20}, {9, 21}}};
    expect_weights(log_odds_ratio{}, data, 7.0 * 2 / 22, 15.0 * 9 / 41);
    expect_weights(log_risk_ratio{}, data, 2.0 * 10 / 22, 9.0 * 20 / 41);
    expect_weights(risk_difference{}, data, 10.0 * 12 / 22, 20.0 * 21 / 41);
    auto const times = rates{{{3, 100}, {2, 120}}, {{5, 200}, {9, 210}}};
    expect_weights(log_incidence_rate_ratio{}, times, 2.0 * 100 / 220, 9.0 * 200 / 410);
    expect_weights(incidence_rate_difference{}, times, 100.0 * 120 / 220, 200.0 * 210 / 410);
}

TEST(Peto, IsUndefinedWhereNoTrialSaysAnything) {
    expect_undefined(pool(peto{}, trials{{{0, 50}, {0, 52}}}));
    expect_undefined(pool(peto{}, trials{{{50, 50}, {52, 52}}, {{0, 3}, {0, 3}}}));
}

// However little that is: one event of two people, O - E = 1/2 and V = 1/4.
TEST(Peto, TakesWhatLittleATrialSays) {
    auto const one = pool(peto{}, trials{{{1, 1}, {0, 1}}});
    EXPECT_EQ(one.status, status::ok);
    EXPECT_DOUBLE_EQ(one.effect, 2);
    EXPECT_DOUBLE_EQ(one.variance, 4);
}

TEST(MantelHaenszelRandomEffects, AreUndefinedWithTheMantelHaenszelEstimate) {
    auto const none = trials{{{0, 50}, {0, 52}}};
    auto const one_sided = trials{{{3, 10}, {0, 10}}, {{2, 8}, {0, 9}}};
    for (auto const& data : {none, one_sided, trials{{{10, 10}, {10, 10}}}}) {
        expect_undefined(pool(mantel_haenszel_random_effects{}, data));
    }
    // Where a policy leaves out what says nothing, there is nothing left to pool.
    auto const dropping = mantel_haenszel_random_effects{
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}}};
    expect_undefined(pool(dropping, none));
    EXPECT_EQ(pool(mantel_haenszel_random_effects{}, trials{{{3, 10}, {2, 10}}}).status, status::ok);
}

void expect_undefined(chi_squared_test const& test) {
    EXPECT_EQ(test.status, status::undefined);
    EXPECT_TRUE(std::isnan(test.statistic));
    EXPECT_TRUE(std::isnan(test.p_value));
}

TEST(StratifiedTests, AreUndefinedWhereNoTrialSaysAnything) {
    auto const one_sided = trials{{{0, 10}, {3, 10}}, {{0, 12}, {2, 12}}};
    expect_undefined(breslow_day_test(one_sided).breslow_day);
    expect_undefined(breslow_day_test(one_sided).tarone);
    expect_undefined(cochran_mantel_haenszel_test(trials{{{0, 10}, {0, 12}}}));
    expect_undefined(cochran_test(trials{{{10, 10}, {12, 12}}}));
    expect_undefined(cochran_mantel_haenszel_test(rates{{{0, 100}, {0, 120}}}));
    EXPECT_EQ(cochran_mantel_haenszel_test(one_sided).status, status::ok);
}

TEST(StratifiedTests, OfRatesAreTheSameByCochran) {
    auto const data = rates{{{3, 100}, {2, 120}}, {{5, 200}, {9, 210}}, {{0, 50}, {4, 40}}};
    for (double const continuity : {0.0, 0.5}) {
        EXPECT_EQ(cochran_test(data, continuity).statistic,
                  cochran_mantel_haenszel_test(data, continuity).statistic);
    }
}

TEST(StratifiedTests, LeaveOutTrialsOfOneParticipant) {
    auto data = trials{{{3, 10}, {2, 12}}};
    auto const expected = cochran_mantel_haenszel_test(data);
    data.push_back({{0.5, 0.5}, {0, 0.5}});
    EXPECT_RELATIVE(cochran_mantel_haenszel_test(data).statistic, expected.statistic, 0);
}

TEST(StratifiedTests, RefuseAContinuityThatIsNone) {
    auto const data = trials{{{3, 10}, {2, 12}}};
    for (double const continuity :
         {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        EXPECT_THROW(static_cast<void>(cochran_mantel_haenszel_test(data, continuity)), invalid_input);
        EXPECT_THROW(static_cast<void>(cochran_test(data, continuity)), invalid_input);
    }
}

TEST(Subgroups, OfWhichOneHasNoResultKeepTheOthers) {
    auto const groups = std::vector<trials>{{{{2, 10}, {3, 10}}}, {{{0, 10}, {0, 10}}}, {{{4, 20}, {9, 20}}}};
    auto const all = subgroups(mantel_haenszel{}, groups);
    EXPECT_EQ(all.groups[0].status, status::ok);
    EXPECT_EQ(all.groups[1].status, status::undefined);
    auto const others = subgroups(mantel_haenszel{}, std::vector{groups[0], groups[2]});
    EXPECT_EQ(all.combined.status, status::ok);
    EXPECT_RELATIVE(all.q_between, others.q_between, 0);
    EXPECT_RELATIVE(all.degrees_of_freedom, 1.0, 0);
    EXPECT_RELATIVE(all.p_value, others.p_value, 0);
    auto const none = subgroups(mantel_haenszel{}, std::vector<trials>{groups[1]});
    EXPECT_EQ(none.combined.status, status::undefined);
    EXPECT_TRUE(std::isnan(none.p_value));
}

TEST(Subgroups, NameTheGroupOfAnInvalidStudyAndItsPlaceInIt) {
    auto groups = std::vector<trials>{{{{2, 10}, {3, 10}}}, {{{0, 10}, {1, 10}}, {{0, 10}, {1, 10}}}};
    groups[1][1].control.count = 11;
    try {
        static_cast<void>(subgroups(mantel_haenszel{}, groups));
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1U);
        EXPECT_NE(std::string(error.what()).find("group 2: study 2: control: count"), std::string::npos)
            << error.what();
    }
}

} // namespace
} // namespace accrue::test_model_sums_over_trials
