// What measures, estimators and models answer where what they compute ends: undefined, a limit or a refusal.

#include "support/relative.hpp"
#include <accrue/effect/conditional_log_odds_ratio.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/model/peto.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/name_of.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_model_edges_of_definition {
namespace {

using trial_list = std::vector<two_arms<events>>;

// Qualifies: EFFECT-2
TEST(EdgesOfDefinition, PairsThatDifferOneWayAreCorrectedLikeOtherZeroCells) {
    auto const corrected = conditional_log_odds_ratio{}(matched_pairs{5, 0, 3, 10});
    EXPECT_RELATIVE(corrected.effect, std::log(0.5 / 3.5), 1e-13); // a closed form
    EXPECT_RELATIVE(corrected.variance, 1 / 0.5 + 1 / 3.5, 1e-13);
    auto const untouched = conditional_log_odds_ratio{}(matched_pairs{1, 2, 3, 10});
    EXPECT_RELATIVE(untouched.effect, std::log(2.0 / 3.0), 1e-13);
}

TEST(EdgesOfDefinition, AKnownStandardDeviationNeedsNoCorrection) {
    EXPECT_EQ(hedges_exact{}(std::numeric_limits<double>::infinity()), 1);
    EXPECT_LT(hedges_exact{}(1e15), 1);
}

TEST(EdgesOfDefinition, PetoNamesTheTrialOfImpossibleCounts) {
    try {
        static_cast<void>(pool(peto{}, trial_list{{{1, 10}, {2, 10}}, {{11, 10}, {2, 10}}}));
        FAIL() << "eleven of ten were taken";
    } catch (invalid_input const& refusal) {
        EXPECT_NE(std::string(refusal.what()).find("study 2"), std::string::npos) << refusal.what();
    }
}

// The variance of a table with a margin of one person has n - 1 = 0 below.
TEST(EdgesOfDefinition, PetoLeavesOutTrialsOfOnePersonAtMost) {
    auto const without = trial_list{{{1, 10}, {2, 12}}, {{3, 20}, {7, 18}}};
    auto with = without;
    with.push_back({{0.25, 0.5}, {0, 0.5}});
    auto const expected = pool(peto{}, without);
    auto const found = pool(peto{}, with);
    EXPECT_EQ(found.effect, expected.effect);
    EXPECT_EQ(found.variance, expected.variance);
}

TEST(EdgesOfDefinition, AnUndefinedResultHasNoIntervalAndNoPValue) {
    // Squares of these effects overflow.
    auto const studies = std::vector<estimate>{{1e200, 1}, {-1e200, 1}, {0, 1}};
    auto const result = pool(henmi_copas{}, studies);
    EXPECT_EQ(name_of(henmi_copas{}, ""), "Henmi and Copas's model");
    ASSERT_EQ(result.status, status::undefined);
    EXPECT_TRUE(std::isnan(p_value(result)));
    EXPECT_TRUE(std::isnan(log_p_value(result)));
    auto const limits = confidence_interval(result, 0.95);
    EXPECT_TRUE(std::isnan(limits.lower));
    EXPECT_TRUE(std::isnan(limits.upper));
}

TEST(EdgesOfDefinition, HenmiAndCopasAreSureOfNoEffectAndNormalForOneStudy) {
    auto const balanced = pool(henmi_copas{}, std::vector<estimate>{{-0.5, 0.1}, {0.5, 0.1}, {0, 0.3}});
    EXPECT_EQ(balanced.effect, 0);
    EXPECT_EQ(p_value(balanced), 1);
    EXPECT_EQ(log_p_value(balanced), 0);
    auto const one = pool(henmi_copas{}, std::vector<estimate>{{0.6, 0.04}});
    EXPECT_NEAR(p_value(one), std::erfc(3 / std::sqrt(2)), 1e-15);
    EXPECT_NEAR(log_p_value(one), std::log(std::erfc(3 / std::sqrt(2))), 1e-13);
}

TEST(EdgesOfDefinition, OneStudyHasNoStandardErrorOfTauSquared) {
    EXPECT_TRUE(
        std::isnan(tau_squared_standard_error(dersimonian_laird{}, std::vector<estimate>{{0.3, 0.1}})));
    EXPECT_GT(tau_squared_standard_error(dersimonian_laird{}, std::vector<estimate>{{0.3, 0.1}, {0.9, 0.2}}),
              0);
}

TEST(EdgesOfDefinition, EveryStatusHasWordsOfItsOwn) {
    EXPECT_EQ(to_string(status::ok), "ok");
    EXPECT_EQ(to_string(status::not_converged), "not converged");
    EXPECT_EQ(to_string(status::undefined), "undefined");
    EXPECT_EQ(to_string(status::invalid), "invalid input");
    // as read from bytes that a later version wrote
    EXPECT_EQ(to_string(static_cast<status>(255)), "unknown");
}

} // namespace
} // namespace accrue::test_model_edges_of_definition
