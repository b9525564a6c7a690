// Clocks: what counts as information.

#include "support/simulated_review.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

namespace accrue::test_sequential_clocks {
namespace {

using namespace test;

TEST(InformationTime, MayCountTrials) {
    auto const of = draw_review(18, 4, 1);
    auto design = design_for(total(of.participants));
    EXPECT_THROW((void)trial_sequential_analysis(laird, design, of.trials, trials_accrued{}), invalid_input);
    design.information.trials = 8;
    auto const analysis = trial_sequential_analysis(laird, design, of.trials, trials_accrued{});
    EXPECT_EQ(analysis.looks[2].information_fraction, 3.0 / 8);
    EXPECT_EQ(analysis.information.unit, "trials");
    EXPECT_EQ(analysis.information_needed(), 4);
}

TEST(InformationTime, MayBeStatisticalInformationAtAStatedTauSquared) {
    auto const of = draw_review(19, 4, 1);
    auto design = design_for(1);
    design.information.statistical_information = 50;
    auto const at = [&](double const tau_squared) {
        return trial_sequential_analysis(laird, design, of.trials,
                                         random_effects_information{.tau_squared = tau_squared});
    };
    EXPECT_NEAR(at(2).looks[1].information, 1 / (2 + of.trials[0].variance) + 1 / (2 + of.trials[1].variance),
                1e-15);
    auto const none = trial_sequential_analysis(laird, design, of.trials, common_effect_information{});
    EXPECT_EQ(at(0).information.accrued, none.information.accrued);
    EXPECT_THROW((void)at(-1), invalid_input);
    // The larger tau², the more all trials count alike.
    auto const far = at(1e6).information.accrued;
    EXPECT_NEAR(far[0] / far[3], 0.25, 1e-5);
}

} // namespace
} // namespace accrue::test_sequential_clocks
