// Trial sequential analysis: looks, boundaries and conclusions.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <span>
#include <vector>

namespace accrue::test_sequential_analysis {
namespace {

auto const infinity = detail::infinity<double>();

// Four trials of low-dose naltrexone in fibromyalgia by year, standardised differences of pain; negative
// favours naltrexone.
std::vector<estimate> const naltrexone = {{-0.4155412942, 0.02784555721},
                                          {-0.177570607, 0.1158496039},
                                          {-0.1018575612, 0.01472313351},
                                          {-0.2282162846, 0.04067120707}};
std::vector<int> const participants = {28, 43, 49, 99};

sequential_design design_for(information_size const& size) {
    return {.error = two_sided{0.05},
            .power = 0.90,
            .spending = lan_demets_obrien_fleming{},
            .information = size};
}

auto const smallest_worthwhile = standardized_mean_difference_target{.difference = -0.3};
auto const design = design_for(required_information_size(smallest_worthwhile, two_sided{0.05}, 0.90));

TEST(TrialSequentialAnalysis, OfTheNaltrexoneReviewIsInconclusive) {
    auto const model = random_effects{dersimonian_laird{}};
    auto const tsa = trial_sequential_analysis(model, design, naltrexone, participants);
    ASSERT_EQ(tsa.looks.size(), 4u);
    auto const expected =
        boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                   std::vector{28 / design.information.participants, 71 / design.information.participants,
                               120 / design.information.participants, 219 / design.information.participants});
    // Cumulative Z by R metafor, printed to four decimals.
    auto const z = std::vector{-2.4902, -2.4656, -2.0280, -2.4759};
    for (std::size_t k = 0; k < 4; ++k) {
        auto const& look = tsa.looks[k];
        EXPECT_EQ(look.trials, k + 1);
        EXPECT_NEAR(look.z, z[k], 5e-5);
        EXPECT_LT(look.z, -1.96) << "each look is significant on its own";
        EXPECT_EQ(look.upper_boundary, expected[k]);
        EXPECT_EQ(look.lower_boundary, -expected[k]);
        EXPECT_EQ(look.decision, conclusion::insufficient);
    }
    EXPECT_EQ(tsa.conclusion, conclusion::insufficient);
    EXPECT_FALSE(tsa.concluded_at.has_value());
    EXPECT_RELATIVE(tsa.information_needed(), design.information.participants - 219, 1e-14);
}

TEST(TrialSequentialAnalysis, CallsTheAnticipatedDirectionBenefit) {
    auto const strong = std::vector<estimate>{{-0.5, 0.005}, {-0.5, 0.005}};
    auto const tsa = trial_sequential_analysis(common_effect{}, design, strong, std::vector{200, 200});
    EXPECT_EQ(tsa.conclusion, conclusion::benefit);
    EXPECT_EQ(tsa.concluded_at, 0u);

    auto opposite = design;
    opposite.information.effect = 0.3;
    EXPECT_EQ(trial_sequential_analysis(common_effect{}, opposite, strong, std::vector{200, 200}).conclusion,
              conclusion::harm);
}

TEST(TrialSequentialAnalysis, OfAOneSidedErrorHasItsBoundaryOnTheSideOfTheBenefit) {
    auto one = design;
    one.error = one_sided{0.025};
    auto const tsa =
        trial_sequential_analysis(random_effects{dersimonian_laird{}}, one, naltrexone, participants);
    for (auto const& look : tsa.looks) {
        EXPECT_EQ(look.upper_boundary, infinity);
        EXPECT_LT(look.lower_boundary, -1.96);
    }
    one.information.effect = 0.3;
    auto const mirrored =
        trial_sequential_analysis(random_effects{dersimonian_laird{}}, one, naltrexone, participants);
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_EQ(mirrored.looks[k].lower_boundary, -infinity);
        EXPECT_EQ(mirrored.looks[k].upper_boundary, -tsa.looks[k].lower_boundary);
    }
}

TEST(TrialSequentialAnalysis, IsMirroredWhenTheArmsAreSwapped) {
    auto swapped = naltrexone;
    for (auto& trial : swapped) {
        trial.effect = -trial.effect;
    }
    auto swapped_design = design;
    swapped_design.information.effect = 0.3;
    auto const model = random_effects{reml{}, hartung_knapp_floored{}};
    auto const one = trial_sequential_analysis(model, design, naltrexone, participants);
    auto const other = trial_sequential_analysis(model, swapped_design, swapped, participants);
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_RELATIVE(one.looks[k].z, -other.looks[k].z, 1e-13);
        EXPECT_EQ(one.looks[k].decision, other.looks[k].decision);
    }
}

TEST(TrialSequentialAnalysis, EndsAtTheFirstLookAtOrPastTheRequiredSize) {
    auto const weak = std::vector<estimate>{{-0.1, 0.02}, {0.05, 0.02}, {-0.1, 0.02}, {-0.1, 0.02}};
    auto const needed = design.information.participants;
    auto const tsa = trial_sequential_analysis(common_effect{}, design, weak,
                                               std::vector{0.5 * needed, 0.3 * needed, 0.4 * needed, needed});
    EXPECT_EQ(tsa.conclusion, conclusion::futility);
    EXPECT_EQ(tsa.concluded_at, 2u);
    EXPECT_EQ(tsa.information_needed(), 0);
    // The overrunning look spends what is left with the information that was observed; later looks have no
    // error left. (The fractions are quotients of sums, good to rounding.)
    EXPECT_RELATIVE(tsa.looks[2].upper_boundary,
                    boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, std::vector{0.5, 0.8, 1.2})[2],
                    1e-13);
    EXPECT_EQ(tsa.looks[3].upper_boundary, infinity);
}

// A look that is final though it is short of the required size by rounding has all that is left to spend.
TEST(TrialSequentialAnalysis, SpendsWhatIsLeftAtAFinalLookShortOfTheSizeByRounding) {
    for (double const off : {1e-10, 5e-10, 0.0}) {
        auto plan = design_for({.effect = 1, .participants = 100 * (1 + off)});
        plan.spending = gapped_spending{lan_demets_pocock{}, 0.5};
        auto const tsa = trial_sequential_analysis(
            common_effect{}, plan, std::vector<estimate>{{0.1, 1}, {0.1, 1}}, std::vector{50, 50});
        ASSERT_EQ(tsa.fractions.size(), 2u) << "no look is to come";
        EXPECT_EQ(tsa.conclusion, conclusion::futility);
        EXPECT_RELATIVE(exits(tsa.boundaries, tsa.fractions).total_upper(), 0.025, 1e-12) << off;
    }
}

TEST(TrialSequentialAnalysis, ConcludesNothingFromNumbersTooLargeToPool) {
    double const needed = design.information.participants;
    auto const trials = std::vector<estimate>{{1e308, 1}, {-1e308, 1}};
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, trials, std::vector<double>{needed, needed});
    EXPECT_TRUE(std::isnan(analysis.looks.back().z));
    EXPECT_EQ(analysis.looks.back().decision, conclusion::insufficient);
}

TEST(TrialSequentialAnalysis, LeavesEarlierLooksAsTheyWereWhenATrialIsAdded) {
    auto const model = random_effects{dersimonian_laird{}};
    auto const all = trial_sequential_analysis(model, design, naltrexone, participants);
    auto const fewer =
        trial_sequential_analysis(model, design, std::vector(naltrexone.begin(), naltrexone.end() - 1),
                                  std::vector(participants.begin(), participants.end() - 1));
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_EQ(all.looks[k].upper_boundary, fewer.looks[k].upper_boundary);
        EXPECT_EQ(all.looks[k].z, fewer.looks[k].z);
    }
}

/// Trials that a review may meet: effects, variances and participants of any size within reason.
struct arbitrary_review {
    std::vector<estimate> trials;
    std::vector<double> participants;
};

arbitrary_review draw_review() {
    auto result = arbitrary_review{};
    auto const count = *rc::gen::inRange(2, 12);
    for (int i = 0; i < count; ++i) {
        result.trials.push_back(
            {*rc::gen::inRange(-2000, 2000) / 1000.0, *rc::gen::inRange(1, 2000) / 1000.0});
        result.participants.push_back(*rc::gen::inRange(1, 200));
    }
    return result;
}

// Qualifies: MONITOR-1
RC_GTEST_PROP(TrialSequentialAnalysisLaws, NeverMovesAnEarlierLookWhenATrialIsAdded, ()) {
    auto const review = draw_review();
    auto const all = trial_sequential_analysis(random_effects{}, design, review.trials, review.participants);
    auto const fewer = trial_sequential_analysis(
        random_effects{}, design, std::vector(review.trials.begin(), review.trials.end() - 1),
        std::vector(review.participants.begin(), review.participants.end() - 1));
    for (std::size_t k = 0; k < fewer.looks.size(); ++k) {
        RC_ASSERT(all.looks[k].z == fewer.looks[k].z);
        RC_ASSERT(all.looks[k].upper_boundary == fewer.looks[k].upper_boundary);
        RC_ASSERT(all.looks[k].decision == fewer.looks[k].decision);
    }
}

// Qualifies: MONITOR-2
RC_GTEST_PROP(TrialSequentialAnalysisLaws, ConcludesTheSameWhenTheArmsAreSwapped, ()) {
    auto const review = draw_review();
    auto swapped = review.trials;
    for (auto& trial : swapped) {
        trial.effect = -trial.effect;
    }
    auto swapped_design = design;
    swapped_design.information.effect = -design.information.effect;
    auto const one = trial_sequential_analysis(random_effects{}, design, review.trials, review.participants);
    auto const other =
        trial_sequential_analysis(random_effects{}, swapped_design, swapped, review.participants);
    RC_ASSERT(one.conclusion == other.conclusion);
    RC_ASSERT(one.concluded_at == other.concluded_at);
    RC_ASSERT(one.information_needed() == other.information_needed());
}

TEST(CopenhagenMonitoring, UsesTheConventionalQuantilePastTheRequiredSize) {
    auto copenhagen = design;
    copenhagen.boundaries = copenhagen_monitoring{};
    auto const needed = design.information.participants;
    auto const counts = std::vector{0.5 * needed, 0.3 * needed, 0.4 * needed, needed};
    auto const tsa = trial_sequential_analysis(common_effect{}, copenhagen, naltrexone, counts);
    auto const exact = trial_sequential_analysis(common_effect{}, design, naltrexone, counts);
    EXPECT_EQ(tsa.looks[1].upper_boundary, exact.looks[1].upper_boundary);
    EXPECT_RELATIVE(tsa.looks[2].upper_boundary, 1.959963984540054, 1e-15);
    EXPECT_EQ(tsa.looks[3].upper_boundary, tsa.looks[2].upper_boundary);
    EXPECT_LT(tsa.looks[2].upper_boundary, exact.looks[2].upper_boundary);
}

TEST(CopenhagenMonitoring, EndsAWedgeInTheConventionalQuantile) {
    auto copenhagen_design = design;
    copenhagen_design.boundaries = copenhagen_monitoring{};
    auto const needed = design.information.participants;
    for (double const last : {0.5, 0.8}) { // at the required information, and past it
        auto const counts = std::vector{0.2 * needed, 0.1 * needed, 0.2 * needed, last * needed};
        auto const check = [&](auto const& rule) {
            copenhagen_design.futility = futility{0.1, lan_demets_obrien_fleming{}, rule};
            auto const tsa =
                trial_sequential_analysis(common_effect{}, copenhagen_design, naltrexone, counts);
            EXPECT_EQ(tsa.looks[3].wedge, tsa.looks[3].upper_boundary);
            EXPECT_RELATIVE(tsa.looks[3].wedge, 1.959963984540054, 1e-15);
            for (auto const& look : tsa.looks) {
                EXPECT_LE(look.wedge, look.upper_boundary);
            }
        };
        check(copenhagen{});
        check(non_binding{});
    }
}

TEST(InformationTime, MayBeInEventsOrStatisticalInformation) {
    auto const size = required_information_size(odds_ratio_target{.control_risk = 0.3, .ratio = 0.8},
                                                two_sided{0.05}, 0.90, diversity_adjustment{0.25});
    auto const by_events = trial_sequential_analysis(common_effect{}, design_for(size), naltrexone,
                                                     events_accrued{{10, 20, 30, 40}});
    EXPECT_RELATIVE(by_events.looks[2].information_fraction, 60 / size.events, 1e-14);
    auto const by_precision =
        trial_sequential_analysis(common_effect{}, design_for(size), naltrexone, common_effect_information{});
    EXPECT_RELATIVE(by_precision.looks[1].information_fraction,
                    (1 / 0.02784555721 + 1 / 0.1158496039) / size.statistical_information, 1e-14);
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const by_model = trial_sequential_analysis(model, design_for(size), naltrexone, model_information{});
    EXPECT_RELATIVE(by_model.looks[1].information, by_precision.looks[1].information, 1e-14)
        << "tau² is 0 there";
}

TEST(InformationTime, OfTheModelMayFallWhichNeedsASchedule) {
    auto const scattered = std::vector<estimate>{{0, 0.01}, {0.0, 0.01}, {2, 0.01}, {2, 0.01}, {1, 0.01}};
    auto const model = random_effects{dersimonian_laird{}};
    auto const size = information_size{.effect = 0.5, .statistical_information = 400};
    EXPECT_THROW((void)trial_sequential_analysis(model, design_for(size), scattered, model_information{}),
                 invalid_input);
    auto const tsa = trial_sequential_analysis(model, design_for(size), scattered, model_information{},
                                               minimum_increment{0.01});
    ASSERT_EQ(tsa.looks.size(), 2u);
    EXPECT_EQ(tsa.looks.back().trials, 2u);
}

TEST(LookSchedule, PoolsTrialsOnlyWhenAskedTo) {
    auto const fractions = std::vector{0.1, 0.105, 0.2, 0.5, 0.503};
    using counts = std::vector<std::size_t>;
    EXPECT_EQ(every_trial{}(fractions), (counts{1, 2, 3, 4, 5}));
    EXPECT_EQ(every_trial{.first = 3}(fractions), (counts{3, 4, 5}));
    EXPECT_EQ(minimum_increment{0.01}(fractions), (counts{1, 3, 4}));
    EXPECT_EQ(minimum_increment{2}(fractions), counts{});
    auto const tenths = std::vector{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0}; // 0.3 - 0.2 < 0.1
    EXPECT_EQ(minimum_increment{0.1}(tenths), every_trial{}(tenths));
    EXPECT_EQ((after_trials{{2, 5}}(fractions)), (counts{2, 5}));
    EXPECT_EQ((by_date{{2001, 2001, 2003, 2005, 2005}}(fractions)), (counts{2, 3, 5}));
}

TEST(LookSchedule, ComparesTheTrialsOfALookWithThatLooksBoundary) {
    auto const tsa =
        trial_sequential_analysis(common_effect{}, design, naltrexone, participants, after_trials{{2, 4}});
    ASSERT_EQ(tsa.looks.size(), 2u);
    EXPECT_EQ(tsa.looks[0].trials, 2u);
    auto const needed = design.information.participants;
    EXPECT_EQ(tsa.looks[0].information_fraction, 71 / needed);
    EXPECT_EQ(tsa.looks[0].z, z_value(pool(common_effect{}, std::vector{naltrexone[0], naltrexone[1]})));
    EXPECT_EQ(tsa.looks[1].upper_boundary, boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                                                      std::vector{71 / needed, 219 / needed})[1]);
}

TEST(TrialSequentialAnalysis, RefusesWhatMakesNoSense) {
    auto const analyse = [](sequential_design const& chosen, std::vector<estimate> const& trials,
                            std::vector<double> const& counts) {
        return trial_sequential_analysis(common_effect{}, chosen, trials, counts);
    };
    auto const trials = std::vector<estimate>{{0.1, 0.1}, {0.2, 0.1}};
    auto const counts = std::vector{20.0, 30.0};
    auto const nan = std::nan("");
    EXPECT_NO_THROW((void)analyse(design, trials, counts));
    EXPECT_THROW((void)analyse(design, {}, {}), invalid_input);
    EXPECT_THROW((void)analyse(design, trials, {20}), invalid_input);
    EXPECT_THROW((void)analyse(design, trials, {20, 0}), invalid_input);
    EXPECT_THROW((void)analyse(design, trials, {20, nan}), invalid_input);
    EXPECT_THROW((void)analyse(design, {{0.1, 0.1}, {nan, 0.1}}, counts), invalid_input);
    auto invalid = design;
    invalid.power = 1;
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input);
    invalid = design;
    invalid.error = two_sided{0};
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input);
    invalid = design;
    invalid.information = information_size{.participants = 467};
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input) << "no direction of benefit";
    invalid.information = information_size{.effect = -0.3};
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input);
    invalid.information = information_size{.effect = 0, .participants = 467};
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input);
    invalid = design;
    invalid.power = 0.8;
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input) << "the size is for 0.9";
    invalid = design;
    invalid.error = two_sided{0.01};
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input) << "the size is for 0.05";
    invalid.error = one_sided{0.025};
    EXPECT_NO_THROW((void)analyse(invalid, trials, counts)) << "the same error on the side of the benefit";
    invalid = design;
    invalid.spending = [](double const t) { return 0.1 * t; };
    EXPECT_THROW((void)analyse(invalid, trials, counts), invalid_input) << "spends more than the error";
    try {
        (void)analyse(design, trials, {20, -5});
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1u);
    }
    EXPECT_THROW((void)trial_sequential_analysis(common_effect{}, design, trials, counts, after_trials{}),
                 invalid_input)
        << "no look";
    EXPECT_THROW((void)(after_trials{{2, 1}}(counts)), invalid_input);
    EXPECT_THROW((void)(after_trials{{1, 3}}(counts)), invalid_input);
    EXPECT_THROW((void)(by_date{{2001}}(counts)), invalid_input);
    EXPECT_THROW((void)(by_date{{2001, 2000}}(counts)), invalid_input);
    EXPECT_THROW((void)every_trial{0}(counts), invalid_input);
    EXPECT_THROW((void)minimum_increment{0}(counts), invalid_input);
}

// Equal effects have no spread, so that Hartung and Knapp's method has no variance and no Z.
TEST(TrialSequentialAnalysis, OfEqualEffectsHasNoZ) {
    for (double const effect : {0.2, -0.3, 0.0}) {
        auto const trials = std::vector<estimate>{{effect, 0.04}, {effect, 0.04}, {effect, 0.01}};
        auto const analysis = trial_sequential_analysis(random_effects{dersimonian_laird{}, hartung_knapp{}},
                                                        design, trials, std::vector{200, 200, 200});
        for (auto const& look : analysis.looks) {
            if (look.trials == 1) {
                continue; // it has its own variance
            }
            EXPECT_EQ(look.status, status::undefined);
            EXPECT_TRUE(std::isnan(look.z)) << look.z;
            EXPECT_EQ(look.decision, conclusion::insufficient);
        }
    }
}

TEST(TrialSequentialAnalysis, RefusesAClockThatDoesNotCountEveryTrial) {
    auto const trials = std::vector<estimate>{{0.2, 0.04}, {0.1, 0.05}, {0.3, 0.01}};
    auto const slow_clock = [](information_size const& size, auto const&, std::span<pooled const>) {
        return information_time{{100.0}, size.participants, "participants"};
    };
    try {
        (void)trial_sequential_analysis(random_effects{}, design, trials, slow_clock);
        ADD_FAILURE();
    } catch (invalid_input const& error) {
        EXPECT_STREQ(error.what(), "accrued must be as many as trials, 3, but are 1");
    }
}

} // namespace
} // namespace accrue::test_sequential_analysis
