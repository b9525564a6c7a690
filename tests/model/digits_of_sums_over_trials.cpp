// Models and tests that are sums over trials, of trials so unlike that differences of sums would lose digits,
// against the same formulas with 50 digits.

#include "support/relative.hpp"
#include <accrue/inference.hpp>
#include <accrue/model.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace accrue::test_model_digits_of_sums_over_trials {
namespace {

using fifty_digits =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

template <class Real>
using trials_of = std::vector<two_arms<basic_events<Real>>>;

auto const unlike_trials = std::vector<trials_of<double>>{
    {{{41, 91}, {7, 71}}, {{1, 1}, {1, 3}}, {{176165071, 182958094}, {1, 1}}},
    {{{0, 7}, {1, 1}}, {{235950832, 350897700}, {1, 2}}, {{15, 15}, {16, 79}}},
    {{{148936579, 478509486}, {1, 1}}, {{19, 38}, {3, 21}}, {{1, 1}, {77, 78}}, {{1, 1}, {0, 3}}},
    {{{106974953, 229705420}, {1, 1}}, {{0, 2}, {16, 28}}, {{6461767, 7106227}, {31318992, 299232779}}},
    {{{96, 96}, {0, 1}}, {{1568790, 9157054}, {0, 1}}},
    {{{1, 96}, {1, 1}}, {{1568790, 9157054}, {1, 1}}},
    {{{2e11, 1e12}, {999999, 1e6}}, {{5e11, 1e12}, {999998, 1e6}}},
    {{{3, 5}, {4e8, 1e9}}, {{2, 5}, {7e8, 9e8}}, {{4, 4}, {1e9, 2e9}}},
    {{{3, 40}, {5, 41}}, {{7, 100}, {2, 99}}, {{1, 30}, {2, 31}}}};

trials_of<fifty_digits> exact(trials_of<double> const& trials) {
    auto result = trials_of<fifty_digits>{};
    for (auto const& [treatment, control] : trials) {
        result.push_back({{treatment.count, treatment.total}, {control.count, control.total}});
    }
    return result;
}

TEST(BreslowDayTest, KeepsItsDigitsWhereTrialsAreOfAnySize) {
    for (auto const& trials : unlike_trials) {
        auto const [breslow_day, tarone] = breslow_day_test(trials);
        auto const expected = breslow_day_test(exact(trials));
        EXPECT_EQ(breslow_day.status, expected.breslow_day.status);
        if (breslow_day.status == status::ok) {
            EXPECT_RELATIVE(breslow_day.statistic, double(expected.breslow_day.statistic), 1e-12);
            EXPECT_RELATIVE(tarone.statistic, double(expected.tarone.statistic), 1e-12);
        }
    }
}

// Its odds ratio is the pooled one. A distance that rounding leaves would have a p-value of 0 without any
// degree of freedom.
TEST(BreslowDayTest, OfOneTrialThatSaysSomethingIsZero) {
    for (auto const& trial : {two_arms<events>{{15, 31}, {4, 17}}, two_arms<events>{{11, 29}, {45, 51}},
                              two_arms<events>{{21453803, 98260708}, {24, 43}}}) {
        for (auto const& trials : {trials_of<double>{trial}, trials_of<double>{trial, {{0, 3}, {0, 2}}}}) {
            auto const [breslow_day, tarone] = breslow_day_test(trials);
            EXPECT_RELATIVE(breslow_day.statistic, 0.0, 0);
            EXPECT_RELATIVE(breslow_day.p_value, 1.0, 0);
            EXPECT_RELATIVE(tarone.statistic, 0.0, 0);
            EXPECT_RELATIVE(tarone.p_value, 1.0, 0);
        }
    }
}

TEST(MantelHaenszelRiskDifference, KeepsTheDigitsOfItsVarianceWhereTrialsAreOfAnySize) {
    for (auto const& trials : unlike_trials) {
        auto const result = pool(mantel_haenszel{risk_difference{}}, trials);
        auto const expected = pool(mantel_haenszel{risk_difference{}}, exact(trials));
        ASSERT_EQ(result.status, status::ok);
        EXPECT_RELATIVE(result.effect, double(expected.effect), 1e-13);
        EXPECT_RELATIVE(result.variance, double(expected.variance), 1e-12);
    }
}

// Sato's variance is 0 there, whatever the sizes: 7/7 v 0/18 and 89/89 v 0/2 left 1e-34 by rounding.
TEST(MantelHaenszelRiskDifference, OfTrialsWithAllEventsInOneArmIsUndefined) {
    for (double n1 = 1; n1 < 200; n1 = 1.7 * n1 + 1) {
        for (double const n2 : {1.0, 2.0, 10.0, 18.0, 47.0, 333.0}) {
            n1 = std::floor(n1);
            auto const all_treated =
                trials_of<double>{{{n1, n1}, {0, n2}}, {{89, 89}, {0, 2}}, {{3, 3}, {0, 7}}};
            auto const all_controls =
                trials_of<double>{{{0, n1}, {n2, n2}}, {{0, 89}, {2, 2}}, {{0, 3}, {7, 7}}};
            EXPECT_EQ(pool(mantel_haenszel{risk_difference{}}, all_treated).status, status::undefined);
            EXPECT_EQ(pool(mantel_haenszel{risk_difference{}}, all_controls).status, status::undefined);
        }
    }
}

TEST(MantelHaenszelRandomEffects, OfOneTrialAreThatTrial) {
    auto const expect_that_trial = [](auto const& measure, two_arms<events> const& trial) {
        auto const result = pool(mantel_haenszel_random_effects{measure}, trials_of<double>{trial});
        auto const own = measure(trial);
        EXPECT_EQ(result.status, status::ok);
        EXPECT_RELATIVE(result.effect, own.effect, 1e-15);
        EXPECT_RELATIVE(result.variance, own.variance, 1e-15);
        EXPECT_RELATIVE(result.tau_squared, 0.0, 0);
    };
    for (auto const& trial :
         {two_arms<events>{{40, 57}, {21, 51}}, two_arms<events>{{70, 86}, {19, 37}},
          two_arms<events>{{2, 13}, {32, 33}}, two_arms<events>{{12265, 47171}, {57, 97}},
          two_arms<events>{{21453803, 98260708}, {24, 43}}, two_arms<events>{{2, 3}, {28, 32}}}) {
        expect_that_trial(log_odds_ratio{}, trial);
        expect_that_trial(log_risk_ratio{}, trial);
        expect_that_trial(risk_difference{}, trial);
    }
}

} // namespace
} // namespace accrue::test_model_digits_of_sums_over_trials
