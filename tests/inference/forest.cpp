// The lines of a forest plot: estimates by any model with weights, trials by models of trials.

#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue::test_inference_forest {
namespace {

// The BCG trials 1 to 4: Colditz et al. 1994, JAMA 271:698-702.
auto const trials = std::vector<two_arms<events>>{
    {{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{3, 231}, {11, 220}}, {{62, 13598}, {248, 12867}}};

TEST(ForestRows, OfTrialsShowTheMeasureAndTheWeightsOfTheModel) {
    auto const model = mantel_haenszel{log_risk_ratio{}};
    auto const rows = forest_rows(model, trials);
    auto const estimates = effects(log_risk_ratio{}, trials);
    auto const shares = model.weights(std::span(trials));
    ASSERT_EQ(rows.size(), trials.size());
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].effect, estimates[i].effect);
        EXPECT_EQ(rows[i].interval.lower, confidence_interval(estimates[i], 0.95).lower);
        EXPECT_EQ(rows[i].weight, 100 * shares[i]);
        total += rows[i].weight;
    }
    EXPECT_NEAR(total, 100, 1e-12);
}

TEST(ForestRows, OfTrialsAreThoseOfThePlainModel) {
    EXPECT_EQ(forest_rows(mantel_haenszel{}, trials).size(), 4U);
    EXPECT_EQ(forest_rows(mantel_haenszel{}, trials, 0.9)[0].effect, log_odds_ratio{}(trials[0]).effect);
}

TEST(ForestRows, LeaveOutTrialsThatTheMeasureDrops) {
    auto with_empty = trials;
    with_empty.insert(with_empty.begin() + 1, two_arms<events>{{0, 50}, {0, 60}});
    auto const model = mantel_haenszel{
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}}};
    EXPECT_EQ(forest_rows(model, with_empty).size(), included_studies(model.measure, with_empty).size());
}

TEST(ForestRows, HaveIntervalsAt95PerCentUnlessToldOtherwise) {
    auto const estimates = effects(log_risk_ratio{}, trials);
    EXPECT_EQ(forest_rows(random_effects{}, estimates)[0].interval.upper,
              forest_rows(random_effects{}, estimates, 0.95)[0].interval.upper);
}

} // namespace
} // namespace accrue::test_inference_forest
