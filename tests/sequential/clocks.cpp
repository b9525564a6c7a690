// Clocks: what counts as information.

#include "support/simulated_review.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <vector>

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

// A negative variance has a positive precision beside a large tau², and results beyond the trials would be
// read from beyond their memory.
TEST(InformationTime, NamesTheTrialThatIsUnusable) {
    auto const size = information_size{.statistical_information = 100};
    auto const good = std::vector<estimate>{{0.1, 0.2}, {0.3, 0.1}, {-0.2, 0.4}};
    auto const results = std::vector<pooled>(3, pool(common_effect{}, good));
    double const inf = std::numeric_limits<double>::infinity();
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (auto const& unusable :
             {estimate{0.1, -0.1}, {0.1, 0}, {0.1, inf}, {0.1, nan}, {nan, 1}, {inf, 1}}) {
            auto trials = good;
            trials[at] = unusable;
            auto const expect = [&](auto const& clock) {
                try {
                    (void)clock(size, trials, results);
                    ADD_FAILURE() << at << " " << unusable.effect << " " << unusable.variance;
                } catch (invalid_input const& error) {
                    EXPECT_EQ(error.study(), at);
                }
            };
            expect(random_effects_information{0.5});
            expect(common_effect_information{});
            expect(model_information{});
        }
    }
    EXPECT_EQ(model_information{}(size, good, results).accrued.size(), 3);
    for (std::size_t const count : {0U, 2U, 4U, 100U}) {
        EXPECT_THROW((void)model_information{}(size, good, std::vector<pooled>(count, results[0])),
                     invalid_input);
    }
}

} // namespace
} // namespace accrue::test_sequential_clocks
