// What messages say to people: studies and looks are counted from 1, what is missing is named, numbers read
// as written.

#include "support/refusal.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace accrue {
namespace {

using test::refusal_of;

TEST(Words, CountStudiesFrom1AndTheIndexFrom0) {
    auto studies = std::vector<estimate>{{0.1, 1}, {0.2, 1}, {0.3, -1}};
    EXPECT_EQ(refusal_of([&] { (void)pool(random_effects{}, studies); }),
              "study 3: variance must be positive and finite, but is -1");
    try {
        (void)pool(random_effects{}, studies);
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), std::size_t{2});
    }
}

TEST(Words, CountLooksFrom1) {
    auto const fractions = std::vector{0.5, 0.4};
    EXPECT_NE(refusal_of([&] {
                  (void)boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
              }).find("information fraction at look 2 must exceed the one before, 0.5, but is 0.4"),
              std::string::npos);
}

TEST(Words, OfAPredictionIntervalOfTwoStudiesSayThatItNeedsThree) {
    auto const two = pool(random_effects{}, std::vector<estimate>{{0.1, 1}, {0.4, 1}});
    EXPECT_EQ(refusal_of([&] { (void)prediction_interval(two, 0.95); }),
              "a prediction interval needs more studies: at least 3 with k - 2 degrees of freedom, but there "
              "are 2");
    EXPECT_NO_THROW((void)prediction_interval(two, 0.95, k_minus_one{}));
}

TEST(Words, OfAScheduleWithoutLooksSayWhatIsMissing) {
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_obrien_fleming{},
                          .information = required_information_size(
                              standardized_mean_difference_target{.difference = 0.3}, two_sided{0.05}, 0.9)};
    auto const one = std::vector<estimate>{{0.1, 0.02}};
    EXPECT_EQ(refusal_of([&] {
                  (void)trial_sequential_analysis(random_effects{}, design, one, std::vector{100},
                                                  every_trial{.first = 2});
              }),
              "the schedule takes no look at 1 trial: there must be more of them, or an earlier first look");
}

TEST(Words, WriteNumbersInTheFewestDigitsThatReadBack) {
    for (auto const& [value, text] :
         std::vector<std::pair<double, std::string>>{{95, "95"},
                                                     {0.1, "0.1"},
                                                     {-0.25, "-0.25"},
                                                     {0, "0"},
                                                     {100, "100"},
                                                     {100000, "1e+05"},
                                                     {123456, "123456"},
                                                     {1e-5, "1e-05"},
                                                     {0.00012, "0.00012"},
                                                     {1e300, "1e+300"},
                                                     {1.0 / 3, "0.3333333333333333"},
                                                     {5e-324, "5e-324"}}) {
        EXPECT_EQ(detail::to_text(value), text);
    }
    EXPECT_EQ(detail::to_text(std::nan("")), "nan");
    EXPECT_EQ(detail::to_text(-std::numeric_limits<double>::infinity()), "-inf");
    auto random = std::mt19937_64(1);
    for (int i = 0; i < 2000; ++i) {
        double const value =
            std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2000) - 1064);
        if (std::isfinite(value)) {
            EXPECT_EQ(std::strtod(detail::to_text(value).c_str(), nullptr), value);
        }
    }
}

TEST(Reported, ConfidenceLevelsMayBePlainNumbers) {
    auto const limits = interval{-0.1, 0.5};
    EXPECT_EQ(from_interval(0.2, limits, 0.9).variance,
              from_interval(0.2, limits, reported::confidence_level{0.9}).variance);
    EXPECT_EQ(from_interval(0.2, limits).variance, from_interval(0.2, limits, 0.95).variance);
    EXPECT_EQ(from_ratio_interval(1.2, interval{1.1, 1.31}, 0.95).effect, std::log(1.2));
}

TEST(Drift, OfTheBoundariesOfATwoSidedErrorAsTheyAreReturned) {
    auto const fractions = std::vector{0.4, 0.7, 1.0};
    auto const z = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    EXPECT_EQ(drift_for_power(z, fractions, 0.9).value,
              drift_for_power(stopping_boundaries::symmetric(z), fractions, 0.9).value);
    EXPECT_EQ(
        drift_for_power(boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions), fractions, 0.9)
            .value,
        drift_for_power(z, fractions, 0.9).value);
}

TEST(Events, OfIntegersThatAreConvertedWhereTheyGoIn) {
    int const count = 3;
    long const total = 10;
    auto const group = events{.count = double(count), .total = double(total)};
    EXPECT_EQ(group.count / group.total, 0.3);
}

} // namespace
} // namespace accrue
