// What inference refuses, it refuses by a message that says how much would be enough, or where the fault is.

#include "support/refusal.hpp"
#include <accrue/inference/leave_one_out.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/model/weighted_average.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace accrue::test_inference_refusals {
namespace {

using accrue::test::refusal_of;
using list = std::vector<estimate>;

testing::AssertionResult says(std::string const& message, std::string const& part) {
    return (message.find(part) == std::string::npos ? testing::AssertionFailure()
                                                    : testing::AssertionSuccess())
           << message;
}

auto const model = random_effects{dersimonian_laird{}};

TEST(Refusals, OfPredictionSayHowManyStudiesTheRuleNeeds) {
    auto const one = pool(model, list{{0.3, 0.1}});
    auto const two = pool(model, list{{0.3, 0.1}, {0.5, 0.2}});
    EXPECT_TRUE(says(refusal_of([&] { (void)prediction_interval(two, 0.95); }), "at least 3 with k - 2"));
    EXPECT_TRUE(says(refusal_of([&] { (void)prediction_interval(two, 0.95); }), "there are 2"));
    EXPECT_TRUE(says(refusal_of([&] { (void)prediction_interval(one, 0.95, k_minus_one{}); }),
                     "at least 2 with k - 1"));
    EXPECT_TRUE(says(refusal_of([&] { (void)prediction_interval(one, 0.95, k_minus_one{}); }), "there is 1"));
    auto const none = [](auto const&) { return 0.0; };
    EXPECT_TRUE(says(refusal_of([&] { (void)prediction_interval(two, 0.95, none); }), "its rule leaves"));
    EXPECT_TRUE(refusal_of([&] { (void)prediction_interval(two, 0.95, k_minus_one{}); }).empty());
}

TEST(Refusals, OfAWeightNameTheStudyAndTheWeight) {
    auto const studies = list{{0.3, 0.1}, {0.5, 0.2}};
    auto const of = [&](double const weight) {
        return refusal_of([&] { (void)pool(weighted_average{user_weights{{1, weight}}}, studies); });
    };
    EXPECT_EQ(of(0), "study 2: weight must be positive and finite, but is 0");
    EXPECT_EQ(of(-2.5), "study 2: weight must be positive and finite, but is -2.5");
    EXPECT_EQ(of(std::nan("")), "study 2: weight must be positive and finite, but is nan");
}

TEST(Refusals, OfLeavingOutTheOnlyStudyAskForTwo) {
    EXPECT_TRUE(says(refusal_of([] { (void)leave_one_out(model, list{{0.3, 0.1}}); }), "at least two"));
    EXPECT_TRUE(refusal_of([] { (void)leave_one_out(model, list{{0.3, 0.1}, {0.5, 0.2}}); }).empty());
}

// Qualifies: EFFECT-4
TEST(Refusals, OfGroupsNameTheGroupAndTheStudy) {
    auto const groups = std::vector<list>{{{0.3, 0.1}, {0.4, 0.1}}, {{0.2, 0.1}, {0.1, -1}}};
    EXPECT_EQ(refusal_of([&] { (void)common_tau_squared(dersimonian_laird{}, groups); }),
              "group 2: study 2: variance must be positive and finite, but is -1");
    EXPECT_EQ(refusal_of([&] { (void)subgroups(model, groups); }),
              "group 2: study 2: variance must be positive and finite, but is -1");
    try {
        (void)subgroups(model, groups);
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), std::optional<std::size_t>(1));
    }
    EXPECT_EQ(refusal_of([&] {
                  (void)subgroups(model, std::vector<list>{{{0.3, 0.1}}, {}});
              }).substr(0, 9),
              "group 2: ");
}

TEST(Subgroups, SayThatAGroupDidNotConverge) {
    auto const groups = std::vector<list>{{{0.3, 0.1}, {0.4, 0.1}}, {{-2, 0.1}, {0, 0.2}, {1, 0.01}, {5, 3}}};
    auto const cut_short = subgroups(random_effects{reml{.max_iterations = 1}}, groups);
    EXPECT_EQ(cut_short.groups[1].status, status::not_converged);
    EXPECT_EQ(cut_short.combined.status, status::not_converged);
    EXPECT_EQ(subgroups(random_effects{reml{}}, groups).combined.status, status::ok);
}

} // namespace
} // namespace accrue::test_inference_refusals
