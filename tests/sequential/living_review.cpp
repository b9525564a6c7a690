// Versions of a living review: what `continued` keeps of the looks that were taken, whatever the new required
// information.

#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <variant>
#include <vector>

namespace accrue::test_sequential_living_review {
namespace {

auto const infinity = detail::infinity<double>();

template <class T>
std::vector<T> first_of(std::vector<T> const& all, std::size_t const count) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

sequential_design design_of(double const participants) {
    return {.error = two_sided{0.05},
            .power = 0.90,
            .spending = lan_demets_obrien_fleming{},
            .information = {.effect = 0.3, .participants = participants}};
}

// Looks at 300 and 600 of 1000, and a third at 1000 that is the final one whatever was required from then on.
TEST(ContinuedReview, KeepsItsLooksWhateverTheNewSize) {
    auto const trials = std::vector<estimate>(3, {0.1, 1});
    auto const first = trial_sequential_analysis(common_effect{}, design_of(1000), first_of(trials, 2),
                                                 std::vector{300, 300});
    for (double const size : {100.0, 250.0, 300.0, 500.0, 599.9999999, 600.0, 600.0000001, 700.0, 1000.0}) {
        SCOPED_TRACE(size);
        auto const next = continued(first, {.effect = 0.3, .participants = size});
        auto const same =
            trial_sequential_analysis(common_effect{}, next, first_of(trials, 2), std::vector{300, 300});
        EXPECT_EQ(same.conclusion, conclusion::insufficient);
        EXPECT_EQ(same.fractions.size(), 3u) << "a final look is to come";
        auto const later =
            trial_sequential_analysis(common_effect{}, next, trials, std::vector{300, 300, 400});
        auto const expected = std::vector{3.928573, 2.669972, 1.981025};
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_NEAR(later.looks[k].upper_boundary, expected[k], 5e-7) << k;
            EXPECT_EQ(later.looks[k].decision, k < 2 ? conclusion::insufficient : conclusion::futility);
        }
        auto const ends = exits(later.boundaries, later.fractions);
        EXPECT_RELATIVE(ends.total_upper() + ends.total_lower(), 0.05, 1e-10);
    }
}

TEST(ContinuedReview, EndsAtTheTrialAfterTheSizeThatFellBelowWhatHadAccrued) {
    auto const trials = std::vector<estimate>{{-0.30, 0.04}, {-0.05, 0.03}, {-0.25, 0.02}, {-0.28, 0.02}};
    auto const participants = std::vector{100, 130, 200, 200};
    auto design = design_of(0);
    design.information = required_information_size(standardized_mean_difference_target{.difference = -0.3},
                                                   two_sided{0.05}, 0.90, diversity_adjustment{0.5});
    auto const first =
        trial_sequential_analysis(common_effect{}, design, first_of(trials, 3), first_of(participants, 3));
    auto smaller = design.information;
    smaller.participants = 350;
    auto const second =
        trial_sequential_analysis(common_effect{}, continued(first, smaller), trials, participants);
    auto const expected = std::vector{6.750161, 4.367667, 3.104500, 1.961314};
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_NEAR(second.looks[k].upper_boundary, expected[k], 5e-7) << k;
    }
    EXPECT_EQ(second.concluded_at, 3u);
    EXPECT_EQ(second.conclusion, conclusion::benefit);
}

TEST(ContinuedReview, SpendsNothingWhereANewPlanHasNotCaughtUpAndNoRounding) {
    auto const trials = std::vector<estimate>(4, {0.1, 1});
    auto const participants = std::vector{75, 49, 88, 7};
    auto const sizes = std::vector{588.0, 1118.0, 674.0};
    auto design = design_of(1000);
    design.spending = lan_demets_pocock{};
    for (std::size_t count = 1; count <= 4; ++count) {
        auto const analysis = trial_sequential_analysis(common_effect{}, design, first_of(trials, count),
                                                        first_of(participants, count));
        if (count >= 3) {
            EXPECT_EQ(analysis.looks[2].upper_boundary, infinity);
        }
        if (count == 4) {
            EXPECT_LT(analysis.looks[3].upper_boundary, 3);
        } else {
            design = continued(analysis, {.effect = 0.3, .participants = sizes[count - 1]});
        }
    }
}

TEST(ContinuedReview, ThatHadSpentEverythingHasNothingLeft) {
    auto const trials = std::vector<estimate>(3, {0.1, 1});
    auto const complete = trial_sequential_analysis(common_effect{}, design_of(600), first_of(trials, 2),
                                                    std::vector{300, 300});
    auto const next =
        trial_sequential_analysis(common_effect{}, continued(complete, {.effect = 0.3, .participants = 2000}),
                                  trials, std::vector{300, 300, 400});
    EXPECT_RELATIVE(next.looks[1].upper_boundary, complete.looks[1].upper_boundary, 1e-12);
    EXPECT_EQ(next.looks[2].upper_boundary, infinity);
    EXPECT_EQ(next.concluded_at, 1u);
    EXPECT_EQ(next.fractions.size(), 3u) << "none is to come";
    EXPECT_THROW((void)conditional_power(next, 1.0), invalid_input);
    EXPECT_THROW((void)predicted_final_result(next), invalid_input);
}

// Boundaries by simulation as well: the same random numbers, and the same errors to spend.
TEST(ContinuedReview, ThatEndedKeepsItsSimulatedBoundaries) {
    auto const trials =
        std::vector<estimate>{{0.1, 0.02}, {0.3, 0.03}, {0.05, 0.02}, {0.2, 0.04}, {0.1, 0.02}};
    auto const participants = std::vector{200, 150, 200, 100, 200};
    auto design = design_of(500);
    design.boundaries = simulated_monitoring{.replicates = 4000};
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};
    auto const analyse = [&](sequential_design const& by, std::size_t const count) {
        return trial_sequential_analysis(model, by, first_of(trials, count), first_of(participants, count),
                                         every_trial{.first = 2});
    };
    auto const ended = analyse(design, 3);
    EXPECT_EQ(ended.looks[1].decision, conclusion::futility);
    for (double const size : {300.0, 700.0, 2000.0}) {
        auto const next = analyse(continued(ended, {.effect = 0.3, .participants = size}), 5);
        EXPECT_EQ(next.concluded_at, ended.concluded_at);
        for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_EQ(next.looks[k].upper_boundary, ended.looks[k].upper_boundary) << size;
            EXPECT_EQ(next.looks[k].lower_boundary, ended.looks[k].lower_boundary) << size;
            EXPECT_EQ(next.looks[k].decision, ended.looks[k].decision) << size;
        }
    }
}

TEST(ContinuedReview, NeedsALookToContinue) {
    auto const analysis = trial_sequential_analysis(common_effect{}, design_of(1000),
                                                    std::vector<estimate>(1, {0.1, 1}), std::vector{300});
    auto empty = analysis;
    empty.looks.clear();
    auto const size = information_size{.effect = 0.3, .participants = 900};
    EXPECT_THROW((void)continued(empty, size), invalid_input);
    EXPECT_THROW((void)compare(empty, analysis), invalid_input);
    EXPECT_THROW((void)compare(analysis, empty), invalid_input);
    EXPECT_THROW((void)empty.decisive_look(), invalid_input);
    EXPECT_THROW((void)infer_adjusted(empty), invalid_input);
    EXPECT_THROW((void)result_sentence(empty), invalid_input);
    EXPECT_THROW((void)current_drift(empty), invalid_input);
    EXPECT_THROW((void)conditional_power(empty, 1.0), invalid_input);
    EXPECT_THROW((void)predictive_power(empty), invalid_input);
}

any_spending_function any_spending() {
    return *rc::gen::elementOf(std::vector<any_spending_function>{
        lan_demets_obrien_fleming{}, lan_demets_pocock{}, kim_demets{3}, kim_demets{1}, hwang_shih_decani{-4},
        hwang_shih_decani{2}, exponential_spending{0.8}, xi_gallo{0.6}});
}

error_rate any_error() {
    return *rc::gen::elementOf(std::vector<error_rate>{two_sided{0.05}, two_sided{0.01}, one_sided{0.025},
                                                       asymmetric{.lower = 0.05, .upper = 0.02}});
}

/// The same boundary, or none in both.
void same_boundary(double const now, double const before) {
    if (std::abs(before) < infinity) {
        RC_ASSERT(std::abs(now - before) <= 1e-9 * std::abs(before));
    } else {
        RC_ASSERT(now == before);
    }
}

// A review that is updated up to six times, by a trial or more each time and often with another size, small
// or large: no boundary that spends the type I error ever moves, no look of the past becomes the final one or
// ceases to be it, and no more than the error is spent but by the conventions of other programs.
// Qualifies: MONITOR-1
RC_GTEST_PROP(ContinuedReviewLaws, NoVersionMovesABoundaryOfThePast, ()) {
    auto design = design_of(*rc::gen::inRange(200, 3000));
    design.spending = any_spending();
    design.error = any_error();
    double const sign = *rc::gen::elementOf(std::vector{-1.0, 1.0});
    design.information.effect *= sign;
    bool const has_futility =
        !std::holds_alternative<asymmetric>(design.error) && *rc::gen::inRange(0, 3) == 0;
    if (has_futility) {
        design.futility = futility{0.10, any_spending()};
    }
    bool const is_two_sided = std::holds_alternative<two_sided>(design.error);
    auto const convention = is_two_sided ? *rc::gen::inRange(0, 3) : 0;
    if (convention == 1) {
        design.boundaries = copenhagen_monitoring{};
    } else if (convention == 2) {
        design.boundaries = rtsa_monitoring{};
    }
    auto trials = std::vector<estimate>{};
    auto participants = std::vector<int>{};
    auto before = std::vector<sequential_look>{};
    auto const versions = *rc::gen::inRange(2, 7);
    for (int version = 0; version < versions; ++version) {
        for (int added = *rc::gen::inRange(1, 4); added > 0; --added) {
            trials.push_back({0.0, 1.0});
            participants.push_back(*rc::gen::inRange(1, 300));
        }
        auto const analysis = trial_sequential_analysis(common_effect{}, design, trials, participants);
        for (std::size_t k = 0; k < before.size(); ++k) {
            // The side of the benefit, and the other one where that has an error of its own.
            if (!has_futility || sign > 0 || std::holds_alternative<two_sided>(design.error)) {
                same_boundary(analysis.looks[k].upper_boundary, before[k].upper_boundary);
            }
            if (!has_futility || sign < 0 || std::holds_alternative<two_sided>(design.error)) {
                same_boundary(analysis.looks[k].lower_boundary, before[k].lower_boundary);
            }
            if (!has_futility) {
                RC_ASSERT(analysis.looks[k].decision == before[k].decision);
            }
        }
        if (!has_futility && convention == 0) {
            auto const ends = exits(analysis.boundaries, analysis.fractions);
            auto const spent = ends.total_upper() + ends.total_lower();
            RC_ASSERT(spent <= 0.07 * (1 + 1e-9));
        }
        before = analysis.looks;
        if (*rc::gen::inRange(0, 3) > 0) {
            auto size = design.information;
            size.participants = *rc::gen::inRange(50, 4000);
            design = continued(analysis, size);
        }
    }
}

} // namespace
} // namespace accrue::test_sequential_living_review
