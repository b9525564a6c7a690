// The bets on margins of the exact binary e-process, which must stay what they are: stored processes hold
// them.

#include "support/relative.hpp"
#include <accrue/sequential/anytime/detail/margin_bets.hpp>
#include <accrue/sequential/anytime/detail/varied_risks.hpp>
#include <accrue/sequential/anytime/exact_binary_e_process.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace accrue::test_sequential_bets_on_margins {
namespace {

// tests/oracles/bets_on_margins.py
TEST(MarginBets, AreTheDensityThatWasSettledBeforehand) {
    auto bets = detail::margin_bets{};
    EXPECT_NEAR(bets.log_density(), 0, 1e-14);
    bets.add(7, 40);
    EXPECT_RELATIVE(bets.log_density(), -3.66223421187783009964, 1e-13);
    bets.add(0, 25);
    bets.add(30, 60);
    EXPECT_RELATIVE(bets.log_density(), -11.9542221601827143128, 1e-13);
}

TEST(MarginBets, AddUpToOneOverAllMarginsOfATrial) {
    for (double const total : {1.0, 9.0, 50.0}) {
        double sum = 0;
        double next = 0;
        for (double count = 0; count <= total; ++count) {
            auto bets = detail::margin_bets{};
            bets.add(count, total);
            sum += std::exp(bets.log_density());
            auto after = detail::margin_bets{};
            after.add(2, 31);
            after.add(count, total);
            next += std::exp(after.log_density());
        }
        auto first = detail::margin_bets{};
        first.add(2, 31);
        EXPECT_RELATIVE(sum, 1, 1e-12) << total;
        EXPECT_RELATIVE(next, std::exp(first.log_density()), 1e-12) << total;
    }
}

// No number is no evidence, whatever the risks.
TEST(VariedRisks, WithoutANumberAreNoEvidence) {
    auto const trials = std::vector<detail::arm_counts>{detail::arm_counts({{3, 20}, {1, 20}})};
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ((detail::varied_risks{trials, nan, -3, {0, 1}, 0, 0}.least(-1e300).value),
              -std::numeric_limits<double>::infinity());
}

TEST(ExactBinaryEProcess, ExpectsAHeterogeneityOfAHalfUnlessToldOtherwise) {
    auto process = exact_binary_e_process{};
    auto stated = exact_binary_e_process{.heterogeneity = half_normal{0.5}};
    auto other = exact_binary_e_process{.heterogeneity = half_normal{0.55}};
    for (auto const& trial : std::vector<two_arms<events>>{{{1, 40}, {3, 42}}, {{2, 60}, {7, 55}}}) {
        process.add(trial);
        stated.add(trial);
        other.add(trial);
    }
    EXPECT_EQ(process.log_e_value(), stated.log_e_value());
    EXPECT_NE(process.log_e_value(), other.log_e_value());
}

// Minima at the largest effects' spread, far from the null, that fewer starts miss: what E is below there.
TEST(ExactBinaryEProcess, IsBelowItsValueAtEveryRisk) {
    auto process = exact_binary_e_process{};
    for (auto const& trial : std::vector<two_arms<events>>{{{1, 40}, {3, 42}},
                                                           {{0, 30}, {2, 28}},
                                                           {{2, 60}, {7, 55}},
                                                           {{0, 50}, {0, 50}},
                                                           {{5, 100}, {9, 98}}}) {
        process.add(trial);
    }
    // By the likelihoods of all tables of each margin, enumerated.
    EXPECT_LE(process.log_e_value(-5), 1.0978443 + 1e-6);
    EXPECT_LE(process.log_e_value(-5.57303974467), 1.6094379 + 1e-6);
    // The limit of the sequence is where E is 1 / (1 - level): it is sought to 1e-7 of 1 + its size, and the
    // slope of ln E is below 10 there.
    auto const sequence = process.confidence_sequence(0.8);
    EXPECT_NEAR(process.log_e_value(sequence.lower), std::log(5.0), 1e-5);
    EXPECT_NEAR(process.log_e_value(sequence.upper), std::log(5.0), 1e-5);
}

} // namespace
} // namespace accrue::test_sequential_bets_on_margins
