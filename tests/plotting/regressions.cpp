// Bubble plots that are built from regressions.

#include <accrue/dependence/three_level.hpp>
#include <accrue/plotting/bubble_plot.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/predict.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace accrue {
namespace {

auto const estimates =
    std::vector<estimate>{{-0.9, 0.3},  {-1.6, 0.2}, {-1.3, 0.4}, {-1.4, 0.02}, {-0.2, 0.05},
                          {-0.8, 0.01}, {-1.6, 0.2}, {0.0, 0.01}, {-0.5, 0.06}};
auto const latitudes = std::vector<double>{44, 55, 42, 52, 13, 44, 19, 13, 27};
auto const names = std::vector<std::string>{"A", "B", "C", "D", "E", "F", "G", "H", "I"};
auto const allocation = std::vector<std::string>{"r", "r", "s", "s", "r", "s", "r", "s", "s"};

TEST(BubblePlotOfARegression, DrawsWhatItPredicts) {
    auto const given = moderators{}.with("latitude", latitudes);
    auto const fit = meta_regression(random_effects{}, estimates, given);
    auto const plot = plot_of(names, fit, estimates, given, "latitude", 0.9);
    ASSERT_EQ(plot.studies.size(), 9U);
    EXPECT_EQ(plot.moderator_name, "latitude");
    EXPECT_DOUBLE_EQ(plot.studies[1].moderator, 55);
    EXPECT_DOUBLE_EQ(plot.studies[1].weight, 1 / (0.2 + fit.tau_squared));
    EXPECT_DOUBLE_EQ(plot.predictions.front().moderator, 13);
    EXPECT_DOUBLE_EQ(plot.predictions.back().moderator, 55);
    for (auto const& place : plot.predictions) {
        auto const there = predict(fit, {place.moderator}, 0.9);
        EXPECT_NEAR(place.effect, there.effect, 1e-12);
        EXPECT_NEAR(place.confidence.lower, there.confidence.lower, 1e-12);
        EXPECT_NEAR(place.prediction.upper, there.prediction.upper, 1e-12);
        EXPECT_LT(place.prediction.lower, place.confidence.lower);
    }
    EXPECT_EQ(as_chart(plot).regions.size(), 2U);
    EXPECT_NE(svg(plot).find("latitude"), std::string::npos);
}

TEST(BubblePlotOfARegression, HoldsOtherModeratorsAtTheStudiesMeans) {
    auto const given = moderators{}.with("latitude", latitudes).with_factor("allocation", allocation);
    auto const fit = meta_regression(random_effects{}, estimates, given);
    auto const plot = plot_of(names, fit, estimates, given, "latitude");
    auto const there = predict(fit, {13.0, 5.0 / 9}, 0.95); // five of nine are not at the reference level
    EXPECT_NEAR(plot.predictions.front().effect, there.effect, 1e-12);
    EXPECT_NEAR(plot.predictions.front().confidence.upper, there.confidence.upper, 1e-12);
}

TEST(BubblePlotOfARegression, HasNoPredictionBandWithoutHeterogeneity) {
    auto const given = moderators{}.with("latitude", latitudes);
    auto const fit = meta_regression(common_effect{}, estimates, given);
    EXPECT_EQ(as_chart(plot_of(names, fit, estimates, given, "latitude")).regions.size(), 1U);
}

TEST(BubblePlotOfARegression, TakesThreeLevels) {
    auto const given = moderators{}.with("latitude", latitudes);
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4, 5};
    auto const fit = three_level{}(estimates, given, clusters);
    auto const plot = plot_of(names, fit, estimates, given, "latitude");
    EXPECT_NEAR(plot.predictions.back().effect, predict(fit, {55.0}, 0.95).effect, 1e-12);
}

TEST(BubblePlotOfARegression, RefusesWhatIsNoNumberOrNotThere) {
    auto const given = moderators{}.with("latitude", latitudes).with_factor("allocation", allocation);
    auto const fit = meta_regression(random_effects{}, estimates, given);
    EXPECT_THROW((void)plot_of(names, fit, estimates, given, "allocation"), invalid_input);
    EXPECT_THROW((void)plot_of(names, fit, estimates, given, "longitude"), invalid_input);
    EXPECT_THROW((void)plot_of({"A"}, fit, estimates, given, "latitude"), invalid_input);
}

TEST(BubblePlotOfARegression, RefusesOtherModeratorsThanThoseOfTheFit) {
    auto const latitude = moderators{}.with("latitude", latitudes);
    auto const both = latitude.with_factor("allocation", allocation);
    auto const year = moderators{}.with("year", latitudes);
    auto const fit = meta_regression(random_effects{}, estimates, latitude);
    EXPECT_THROW((void)plot_of(names, fit, estimates, both, "latitude"), invalid_input);
    EXPECT_THROW((void)plot_of(names, fit, estimates, year, "year"), invalid_input);
    EXPECT_THROW((void)plot_of(names, fit, estimates, latitude.without_intercept(), "latitude"),
                 invalid_input);
    auto const fit_of_both = meta_regression(random_effects{}, estimates, both);
    EXPECT_THROW((void)plot_of(names, fit_of_both, estimates, latitude, "latitude"), invalid_input);
}

} // namespace
} // namespace accrue
