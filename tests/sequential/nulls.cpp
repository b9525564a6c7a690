// What reviews without an effect look like: nulls for simulated monitoring.

#include "support/simulated_review.hpp"
#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue::test_sequential_nulls {
namespace {

using namespace test;

TEST(NormalNull, FollowsTheVariancesOfTheTrials) {
    auto const trials = std::vector<estimate>{{0, 2.0}, {0, 0.5}, {0, 40.0}};
    auto const scenarios = normal_null{}(trials);
    auto values = std::vector<double>{};
    for (auto const& scenario : scenarios) {
        values.push_back(scenario.tau_squared);
        EXPECT_TRUE(scenario.symmetric);
    }
    std::sort(values.begin(), values.end());
    EXPECT_EQ(values.front(), 0);
    EXPECT_LE(values[1], 0.5 / 8);
    EXPECT_GE(values.back(), 1e4 * 40);
    for (std::size_t i = 2; values[i] <= 64 * 40; ++i) {
        EXPECT_LE(values[i] / values[i - 1], 2 * (1 + 1e-12));
    }
    auto const stated = normal_null({.tau_squared = {0, 1}})(trials);
    ASSERT_EQ(stated.size(), 2u);
    EXPECT_EQ(stated[1].tau_squared, 1);
    EXPECT_EQ(stated[1].from, 0u); // it depends on no trial
    EXPECT_THROW((void)normal_null({.tau_squared = {-1}})(trials), invalid_input);
    EXPECT_THROW((void)normal_null({.step = 1})(trials), invalid_input);
    EXPECT_THROW((void)normal_null{}({}), invalid_input);
}

TEST(BinaryNull, DrawsBinomialTables) {
    // Pearson's statistic against exact probabilities; 60 is beyond the 1e-5 quantile for these cells.
    struct binomial {
        double n;
        double p;
    };
    for (auto const& [n, p] : {binomial{100, 0.02}, binomial{500, 0.3}, binomial{37, 0.97}, binomial{5, 0.5},
                               binomial{3000, 0.999}, binomial{1, 0.3}, binomial{70, 0.45}}) {
        auto random = random_stream(3, 1);
        constexpr int draws = 50'000;
        auto counts = std::vector<double>(static_cast<std::size_t>(n) + 1);
        for (int i = 0; i < draws; ++i) {
            ++counts.at(static_cast<std::size_t>(detail::binomial_draw(random, n, p)));
        }
        double statistic = 0;
        double cells = 0;
        double expected = 0;
        double found = 0;
        for (std::size_t k = 0; k < counts.size(); ++k) {
            auto const x = static_cast<double>(k);
            expected += draws * std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) +
                                         x * std::log(p) + (n - x) * std::log1p(-p));
            found += counts[k];
            if (expected > 20) {
                statistic += (found - expected) * (found - expected) / expected;
                ++cells;
                expected = found = 0;
            }
        }
        EXPECT_LT(statistic, cells + 4.5 * std::sqrt(2 * cells) + 6) << n << " " << p;
    }
}

// Qualifies: MONITOR-3
TEST(BinaryNull, HoldsTheErrorForRareEventsWhereANormalNullDoesNot) {
    auto tables = std::vector<two_arms<events>>{};
    auto participants = std::vector<double>{};
    for (std::size_t i = 0; i < 20; ++i) {
        double const n = i % 3 == 0 ? 400 : 60;
        tables.push_back({{0, n}, {0, n}});
        participants.push_back(2 * n);
    }
    auto const null =
        binary_null{.trials = tables, .control_risks = {0.02}, .tau_squared = {0, 0.1, 0.3, 0.6, 1, 2}};
    auto const review_of = [&](double const tau_squared) {
        return [&null, tau_squared](random_stream& random, std::vector<estimate>& trials) {
            // Drawn here from uniform numbers one by one, apart from the null's own way.
            for (auto const& table : null.trials) {
                double const odds = 0.02 / 0.98 * std::exp(std::sqrt(tau_squared) * random.normal());
                auto const count = [&](double const n, double const risk) {
                    double events = 0;
                    for (double j = 0; j < n; ++j) {
                        events += random.uniform() < risk ? 1 : 0;
                    }
                    return events;
                };
                double const n = table.control.total;
                trials.push_back(log_odds_ratio{}(
                    two_arms<events>{{count(n, odds / (1 + odds)), n}, {count(n, 0.02), n}}));
            }
        };
    };
    auto drawn = std::vector<estimate>{};
    auto random = random_stream(4, 4);
    review_of(0)(random, drawn);
    auto design = design_for(total(participants));
    auto const error = [&](any_null const& chosen) {
        design.boundaries = simulated_monitoring{.null = chosen, .replicates = 20'000, .run = on_threads{2}};
        auto const analysis =
            trial_sequential_analysis(laird_floored, design, drawn, participants, every_trial{.first = 2});
        return simulate_monitoring(review_of(1), laird_floored, looks_of(analysis),
                                   {.replicates = 4'000, .seed = 12, .run = on_threads{2}})
            .either();
    };
    auto const held = error(null);
    EXPECT_LT(held.value, 0.05 + 2 * held.standard_error);
    EXPECT_GT(error(normal_null{}).value, 0.06);
}

TEST(BinaryNull, KnowsTheScaleOfItsMeasure) {
    EXPECT_NEAR(any_binary_measure(log_odds_ratio{}).treatment_risk(0.2, std::log(2.0)), 1.0 / 3, 1e-15);
    EXPECT_NEAR(any_binary_measure(log_risk_ratio{}).treatment_risk(0.2, std::log(2.0)), 0.4, 1e-15);
    EXPECT_EQ(any_binary_measure(log_risk_ratio{}).treatment_risk(0.2, 5), 1);
    EXPECT_NEAR(any_binary_measure(risk_difference{}).treatment_risk(0.2, 0.1), 0.3, 1e-15);
    EXPECT_EQ(any_binary_measure(risk_difference{}).treatment_risk(0.2, -0.3), 0);
    EXPECT_EQ(any_binary_measure(log_odds_ratio{}).treatment_risk(0.2, 1e6), 1);
    auto const table = two_arms<events>{{3, 10}, {1, 12}};
    EXPECT_EQ(any_binary_measure(log_risk_ratio{})(table).effect, log_risk_ratio{}(table).effect);
}

// A trial so large that its estimate is the true effect.
TEST(BinaryNull, DrawsTheStatedEffectOnTheScaleOfAnyMeasure) {
    constexpr double many = 1e12;
    auto const expect = [&](auto const& measure, double const largest) {
        auto const as_any = any_binary_measure(measure);
        for (double const control : {0.03, 0.2, 0.5, 0.9}) {
            for (double const share : {-1.0, -0.4, 0.1, 0.7}) {
                double const effect = share * largest;
                double const risk = as_any.treatment_risk(control, effect);
                auto const table = two_arms<events>{{risk * many, many}, {control * many, many}};
                if (risk > 0 && risk < 1) {
                    EXPECT_NEAR(as_any(table).effect, effect, 1e-9) << control << " " << effect;
                }
            }
            EXPECT_NEAR(as_any.treatment_risk(control, 0), control, 1e-14);
        }
        EXPECT_NEAR(as_any.treatment_risk(0.2, 100), 1, 1e-14);
        EXPECT_LE(as_any.treatment_risk(0.2, -100), 1e-14);
    };
    expect(log_odds_ratio{}, 2);
    expect(log_risk_ratio{}, 2);
    expect(risk_difference{}, 0.6);
    expect(arcsine_difference{}, 0.6);
    expect(probit_difference{}, 1);
    expect(yules_q{}, 0.9);
    expect(yules_y{}, 0.9);
    static_assert(!std::is_constructible_v<any_binary_measure, phi_coefficient<>>);
}

TEST(BinaryNull, DrawsEachTrialAtItsOwnControlRisk) {
    auto const risks = std::vector{0.02, 0.3, 0.85};
    auto const null =
        binary_null{.trials = {3, {{1, 50}, {2, 80}}}, .control_risks = risks, .tau_squared = {0}};
    auto const scenarios = null(std::vector<estimate>(3, {0, 1}));
    ASSERT_EQ(scenarios.size(), 1u);
    auto random = random_stream(8, 1);
    auto drawn = std::vector<two_arms<events>>(3);
    auto treated = std::vector<double>(3);
    auto control = std::vector<double>(3);
    constexpr int draws = 4'000;
    for (int i = 0; i < draws; ++i) {
        scenarios[0].draw_tables(random, std::log(2.0), drawn);
        for (std::size_t j = 0; j < 3; ++j) {
            EXPECT_EQ(drawn[j].treatment.total, 50);
            EXPECT_EQ(drawn[j].control.total, 80);
            treated[j] += drawn[j].treatment.count / (50.0 * draws);
            control[j] += drawn[j].control.count / (80.0 * draws);
        }
    }
    for (std::size_t j = 0; j < 3; ++j) {
        double const odds = 2 * risks[j] / (1 - risks[j]);
        double const risk = odds / (1 + odds);
        // Five standard errors of a mean risk.
        EXPECT_NEAR(control[j], risks[j], 5 * std::sqrt(risks[j] * (1 - risks[j]) / (80 * draws))) << j;
        EXPECT_NEAR(treated[j], risk, 5 * std::sqrt(risk * (1 - risk) / (50 * draws))) << j;
    }
}

TEST(BinaryNull, HasNoEstimateWhereTheMeasureHasNone) {
    auto const null = binary_null{.trials = {{{1, 6}, {1, 6}}},
                                  .control_risks = {0.1},
                                  .tau_squared = {0},
                                  .measure = log_odds_ratio{no_correction{}}};
    auto const scenario = null(std::vector<estimate>{{0, 1}}).front();
    auto tables_of = random_stream(8, 2);
    auto estimates_of = random_stream(8, 2);
    int missing = 0;
    for (int i = 0; i < 500; ++i) {
        auto table = std::vector<two_arms<events>>(1);
        auto found = std::vector<estimate>(1);
        scenario.draw_tables(tables_of, 0, table);
        scenario.draw(estimates_of, 0, found);
        auto const& [treatment, control] = table[0];
        bool const has_zero =
            treatment.count == 0 || control.count == 0 || treatment.count == 6 || control.count == 6;
        EXPECT_EQ(std::isnan(found[0].effect), has_zero);
        EXPECT_EQ(std::isnan(found[0].variance), has_zero);
        if (!has_zero) {
            EXPECT_EQ(found[0].effect, log_odds_ratio{}(table[0]).effect);
        }
        missing += has_zero ? 1 : 0;
    }
    // An arm has no event with probability 0.9^6, and six with 1e-6. Five standard errors.
    double const share = 1 - std::pow(1 - std::pow(0.9, 6) - 1e-6, 2);
    EXPECT_NEAR(missing, 500 * share, 5 * std::sqrt(500 * share * (1 - share)));
}

TEST(BinaryNull, RefusesWhatMakesNoSense) {
    auto const tables = std::vector<two_arms<events>>{{{1, 10}, {2, 10}}, {{1, 10}, {2, 10.5}}};
    auto const one = std::vector<estimate>{{0, 1}};
    auto const two = std::vector<estimate>{{0, 1}, {0, 1}};
    auto const three = std::vector<estimate>{{0, 1}, {0, 1}, {0, 1}};
    EXPECT_NO_THROW((void)binary_null{.trials = tables}(one)) << "later trials don't matter yet";
    EXPECT_THROW((void)binary_null{.trials = tables}(two), invalid_input) << "half a participant";
    EXPECT_THROW((void)binary_null{.trials = tables}(three), invalid_input) << "no third table";
    EXPECT_THROW((void)(binary_null{.trials = tables, .control_risks = {1.2}}(one)), invalid_input);
    EXPECT_THROW((void)(binary_null{.trials = {3, tables[0]}, .control_risks = {0.1, 0.1}}(three)),
                 invalid_input);
    EXPECT_THROW((void)(binary_null{.trials = tables, .tau_squared = {}}(one)), invalid_input);
    EXPECT_THROW((void)(binary_null{.trials = tables, .tau_squared = {-1}}(one)), invalid_input);
    try {
        (void)binary_null{.trials = tables}(two);
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1u);
    }
}

TEST(SimulatedMonitoring, TakesANullOfOnesOwn) {
    // True effects with an exponential distribution: positive ones are rarer and larger.
    auto const skewed = [](random_stream& random, std::span<estimate const> const trials,
                           std::span<estimate> const simulated) {
        for (std::size_t i = 0; i < simulated.size(); ++i) {
            double const true_effect = 2 * (-std::log(random.uniform()) - 1);
            double const variance = trials[i].variance;
            simulated[i] = {true_effect + std::sqrt(variance) * random.normal(), variance};
        }
    };
    auto const of = draw_review(14, 12, 0.5);
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{.null = skewed, .replicates = 20'000, .run = on_threads{2}};
    auto const analysis = analyse(laird, design, of);
    auto const& last = analysis.looks.back();
    EXPECT_GT(-last.lower_boundary, last.upper_boundary + 0.3) << "a low mean is the common mistake";
    auto const series = [&](random_stream& random, std::vector<estimate>& trials) {
        trials.resize(of.trials.size());
        skewed(random, of.trials, trials);
    };
    auto const stops = simulate_monitoring(series, laird, looks_of(analysis),
                                           {.replicates = 20'000, .seed = 6, .run = on_threads{2}});
    EXPECT_LT(stops.below().value, 0.025 + 2 * stops.below().standard_error);
    EXPECT_LT(stops.above().value, 0.025 + 2 * stops.above().standard_error);
    ASSERT_EQ(analysis.simulated_errors.size(), 1u);
    EXPECT_TRUE(std::isnan(analysis.simulated_errors[0].tau_squared));
}

TEST(NormalNull, RefusesWhatItsGridCanNotBeMadeOf) {
    for (double const variance : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        auto const trials = std::vector<estimate>{{0, 1}, {0, variance}};
        try {
            (void)normal_null{}(trials);
            ADD_FAILURE() << variance;
        } catch (invalid_input const& error) {
            EXPECT_EQ(error.study(), 1U);
            EXPECT_TRUE(
                std::string(error.what()).starts_with("study 2: variance must be positive and finite"))
                << error.what();
        }
    }
    auto const trials = std::vector<estimate>{{0, 1}, {0, 2}};
    for (double const step : {1 + 3e-16, 1 + 1e-9, 1.0005}) {
        try {
            (void)normal_null({.step = step})(trials);
            ADD_FAILURE() << step;
        } catch (invalid_input const& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with("step must be so large")) << error.what();
        }
    }
    EXPECT_GT(normal_null({.step = 1.01})(trials).size(), 600U);
}

} // namespace
} // namespace accrue::test_sequential_nulls
