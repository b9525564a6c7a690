// Spending by simulation for models that pool 2x2 tables.

#include "support/simulated_review.hpp"
#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue::test_sequential_simulated_tables {
namespace {

struct review_of_tables {
    std::vector<two_arms<events>> tables;
    std::vector<double> participants;
    double total;
};

review_of_tables draw(std::size_t const trials, double const risk) {
    auto random = random_stream(21, trials);
    auto review = review_of_tables{{}, {}, 0};
    for (std::size_t i = 0; i < trials; ++i) {
        double const n = i % 3 == 0 ? 300 : 80;
        review.tables.push_back({{detail::binomial_draw(random, n, risk), n},
                                 {detail::binomial_draw(random, 2 * n, risk), 2 * n}});
        review.participants.push_back(3 * n);
        review.total += 3 * n;
    }
    return review;
}

sequential_design design_for(review_of_tables const& review, monitoring_rule const& rule) {
    return {.error = two_sided{0.05},
            .power = 0.9,
            .spending = lan_demets_pocock{},
            .information = information_size{.effect = -0.5, .participants = review.total},
            .boundaries = rule};
}

/// Draws tables without an effect from uniform numbers one by one, and says how often a look is crossed.
template <class Model>
double crossed(Model const& model, review_of_tables const& review, sequential_analysis const& analysis,
               double const risk, double const tau, int const replicates) {
    int crossings = 0;
    for (int r = 0; r < replicates; ++r) {
        auto random = random_stream(99, static_cast<std::uint64_t>(r));
        auto drawn = review.tables;
        auto const count = [&](double const n, double const p) {
            double found = 0;
            for (double j = 0; j < n; ++j) {
                found += random.uniform() < p ? 1 : 0;
            }
            return found;
        };
        for (auto& table : drawn) {
            double const odds = risk / (1 - risk) * std::exp(tau * random.normal());
            table.treatment.count = count(table.treatment.total, odds / (1 + odds));
            table.control.count = count(table.control.total, risk);
        }
        for (auto const& look : analysis.looks) {
            double const z =
                z_value(pool(model, std::span<two_arms<events> const>(drawn).first(look.trials)));
            if (z >= look.upper_boundary || z <= look.lower_boundary) {
                ++crossings;
                break;
            }
        }
    }
    return static_cast<double>(crossings) / replicates;
}

TEST(SimulatedTables, HoldTheErrorOfModelsThatPoolThem) {
    double const risk = 0.05;
    auto const review = draw(10, risk);
    for (double const tau_squared : {0.0, 0.3}) {
        auto const design =
            design_for(review, simulated_monitoring{.null = binary_null{.trials = review.tables,
                                                                        .control_risks = {risk},
                                                                        .tau_squared = {tau_squared}},
                                                    .replicates = 20'000,
                                                    .run = on_threads{2}});
        auto const expect = [&](auto const& model) {
            auto const analysis = trial_sequential_analysis(model, design, review.tables, review.participants,
                                                            every_trial{.first = 2});
            ASSERT_EQ(analysis.simulated_errors.size(), 1U);
            EXPECT_GT(analysis.simulated_errors[0].either(), 0.035);
            EXPECT_LE(analysis.simulated_errors[0].either(), 0.05);
            double const error = crossed(model, review, analysis, risk, std::sqrt(tau_squared), 3'000);
            EXPECT_GT(error, 0.03);
            EXPECT_LT(error, 0.05 + 3 * 0.004);
        };
        expect(mantel_haenszel<>{});
        expect(peto{});
    }
}

TEST(SimulatedTables, NeverMoveAnEarlierBoundaryWhenATrialIsAdded) {
    auto const review = draw(6, 0.1);
    auto const design = design_for(
        review, simulated_monitoring{.null = binary_null{.trials = review.tables, .tau_squared = {0, 0.2}},
                                     .replicates = 2'000});
    auto const after = [&](std::size_t const trials) {
        return trial_sequential_analysis(mantel_haenszel<>{}, design,
                                         std::span<two_arms<events> const>(review.tables).first(trials),
                                         std::span<double const>(review.participants).first(trials));
    };
    auto const early = after(4);
    auto const late = after(6);
    for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_EQ(early.looks[k].upper_boundary, late.looks[k].upper_boundary);
        EXPECT_EQ(early.looks[k].lower_boundary, late.looks[k].lower_boundary);
    }
}

TEST(SimulatedTables, ServeTheExactLikelihood) {
    auto const review = draw(3, 0.1);
    auto const design = design_for(
        review, simulated_monitoring{.null = binary_null{.trials = review.tables, .tau_squared = {0.1}},
                                     .replicates = 300,
                                     .standard_errors = 0});
    auto const analysis = trial_sequential_analysis(binomial_normal<>{}, design, review.tables,
                                                    review.participants, every_trial{.first = 2});
    EXPECT_TRUE(std::isfinite(analysis.last_look().upper_boundary));
    EXPECT_GT(analysis.last_look().upper_boundary, 1.5);
    EXPECT_LE(analysis.simulated_errors[0].either(), 0.05);
}

TEST(SimulatedTables, NeedANullThatDrawsTables) {
    auto const review = draw(3, 0.1);
    auto const design = design_for(review, simulated_monitoring{.replicates = 500});
    EXPECT_THROW(
        (void)trial_sequential_analysis(mantel_haenszel<>{}, design, review.tables, review.participants),
        invalid_input);
    // Reports of another kind have no null at all.
    auto const rates = std::vector<two_arms<rate>>{{{3, 100}, {5, 100}}, {{4, 80}, {4, 90}}};
    EXPECT_THROW((void)trial_sequential_analysis(mantel_haenszel<log_incidence_rate_ratio<>>{}, design, rates,
                                                 std::vector{100.0, 100.0}),
                 invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_simulated_tables
