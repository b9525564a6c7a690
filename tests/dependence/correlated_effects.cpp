// Correlated sampling errors: hierarchical effects and aggregation as metafor's, shared controls, laws.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/dependence/hierarchical_effects.hpp>
#include <accrue/dependence/shared_control.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_dependence_correlated_effects {
namespace {

struct clustered {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
};

std::map<std::string, clustered> read_sets() {
    auto sets = std::map<std::string, clustered>{};
    for (auto const& row : test::golden("dependence/three_level_input.csv")) {
        auto& set = sets[row.text("dataset")];
        set.estimates.push_back({row.number("effect"), row.number("variance")});
        set.clusters.push_back(row.text("cluster"));
    }
    return sets;
}

correlated_estimates with_correlation(clustered const& set, double const correlation) {
    return correlated(set.estimates, set.clusters, constant_correlation{correlation});
}

// A variance at 0 is a square of a small number here: the floor is for those.
TEST(CorrelatedEffects, HierarchicalEffectsAgreeWithMetaforAndClubSandwich) {
    auto const sets = read_sets();
    for (auto const& row : test::golden("dependence/hierarchical_effects.csv")) {
        SCOPED_TRACE(row.where());
        auto const& set = sets.at(row.text("dataset"));
        auto const input = with_correlation(set, 0.6);
        auto const fit = row.text("method") == "REML" ? hierarchical_effects{}(input)
                                                      : hierarchical_effects{maximum_likelihood{}}(input);
        EXPECT_EQ(fit.status, status::ok);
        EXPECT_RELATIVE(fit.effect, row.number("effect"), 1e-8);
        EXPECT_RELATIVE(fit.variance, row.number("variance"), 1e-8);
        EXPECT_RELATIVE(fit.tau_squared_between, row.number("between"), 1e-8, 1e-12);
        EXPECT_RELATIVE(fit.tau_squared_within, row.number("within"), 1e-8, 1e-12);
        EXPECT_RELATIVE(fit.log_likelihood, row.number("log_likelihood"), 1e-10, 1e-10);
        auto const robust = cluster_robust(fit, set.clusters, cr2{});
        auto const coefficients = cluster_robust(working_model(fit), set.clusters, cr2{});
        // Weighted least squares once more: the same but for rounding.
        EXPECT_RELATIVE(coefficients.coefficients[0], robust.effect, 1e-12);
        EXPECT_EQ(coefficients.covariance(0, 0), robust.variance);
        EXPECT_RELATIVE(standard_error(robust), row.number("robust_se"), 1e-8);
        EXPECT_RELATIVE(robust.degrees_of_freedom, row.number("robust_df"), 1e-8);
    }
}

TEST(CorrelatedEffects, AggregatesAgreeWithMetafor) {
    auto const sets = read_sets();
    for (auto const& [name, set] : sets) {
        auto const expected = test::golden("dependence/aggregate.csv").where("dataset", name);
        if (expected.empty()) {
            continue;
        }
        SCOPED_TRACE(name);
        auto const studies = aggregate(with_correlation(set, 0.6));
        ASSERT_EQ(studies.size(), expected.size());
        for (std::size_t i = 0; i < studies.size(); ++i) {
            EXPECT_RELATIVE(studies[i].effect, expected[i].number("effect"), 1e-10, 1e-13);
            EXPECT_RELATIVE(studies[i].variance, expected[i].number("variance"), 1e-10);
        }
    }
}

void expect_three_levels(clustered const& set) {
    auto const here = hierarchical_effects{}(with_correlation(set, 0));
    auto const there = three_level{}(set.estimates, set.clusters);
    EXPECT_RELATIVE(here.effect, there.effect, 1e-8);
    EXPECT_RELATIVE(here.variance, there.variance, 1e-8);
    EXPECT_RELATIVE(here.tau_squared_between, there.tau_squared_between, 1e-8, 1e-12);
    EXPECT_RELATIVE(here.tau_squared_within, there.tau_squared_within, 1e-8, 1e-12);
    EXPECT_RELATIVE(here.log_likelihood, there.log_likelihood, 1e-10, 1e-10);
    auto const next = prediction_interval(here, 0.95);
    auto const expected = prediction_interval(there, 0.95);
    EXPECT_RELATIVE(next.lower, expected.lower, 1e-7, 1e-7 * (expected.upper - expected.lower));
    EXPECT_RELATIVE(next.upper, expected.upper, 1e-7, 1e-7 * (expected.upper - expected.lower));
    // A robust variance changes nothing of how many clusters there are.
    auto const robust = cluster_robust(there, set.clusters);
    auto const half = prediction_interval(robust, 0.95).upper - robust.effect;
    double const clusters = static_cast<double>(there.clusters);
    EXPECT_RELATIVE(
        half, student_t{clusters - 2}.upper_quantile(0.025) * std::sqrt(there.tau_squared + robust.variance),
        1e-12);
    auto const means = aggregate(with_correlation(set, 0));
    auto const all = pool(common_effect{}, set.estimates);
    EXPECT_RELATIVE(pool(common_effect{}, means).effect, all.effect, 1e-12, 1e-14);
    EXPECT_RELATIVE(pool(common_effect{}, means).variance, all.variance, 1e-12);
}

TEST(CorrelatedEffects, WithoutCorrelationTheModelIsThatOfThreeLevels) {
    for (auto const& [name, set] : read_sets()) {
        SCOPED_TRACE(name);
        expect_three_levels(set);
    }
}

TEST(CorrelatedEffects, WithoutCorrelationTheModelOfRandomEffectsIsThatOfThreeLevels) {
    auto generator = std::mt19937_64{20261126};
    auto normal = std::normal_distribution<>{};
    auto size = std::uniform_int_distribution<>{1, 4};
    auto log_variance = std::uniform_real_distribution<>{-4, 0};
    for (int number = 0; number < 60; ++number) {
        SCOPED_TRACE(number);
        auto set = clustered{};
        for (int cluster = 0; cluster < 9; ++cluster) {
            double const centre = 0.3 * normal(generator);
            for (int left = size(generator); left > 0; --left) {
                double const variance = std::exp(log_variance(generator));
                set.estimates.push_back({centre + std::sqrt(variance + 0.04) * normal(generator), variance});
                set.clusters.push_back(std::to_string(cluster));
            }
        }
        expect_three_levels(set);
    }
}

// Likelihoods with two maxima, of which the highest is far from where searches usually begin: without any
// variance, between clusters alone, at a small variance within.
TEST(CorrelatedEffects, WithoutCorrelationTheHighestMaximumIsThatOfThreeLevels) {
    expect_three_levels({{{0.313, 0.469},
                          {0.442, 0.0197},
                          {0.367, 0.00133},
                          {0.501, 0.114},
                          {0.32, 0.207},
                          {1, 0.144},
                          {-0.538, 0.104}},
                         {"a", "b", "c", "d", "e", "d", "c"}});
    expect_three_levels(
        {{{-0.0076, 7.6e-6}, {0.011, 0.00022}, {1, 0.11}, {-0.015, 0.0023}}, {"a", "b", "c", "a"}});
    expect_three_levels({{{0.078, 0.00033}, {-0.42, 0.00033}, {-0.00019, 0.0001}, {-0.44, 7e-6}, {1, 0.096}},
                         {"a", "b", "c", "b", "c"}});
}

TEST(CorrelatedEffects, SeveralTimePointsHaveCorrelationsThatFallWithTheirDistance) {
    auto const estimates = std::vector<estimate>{{1, 4}, {2, 9}, {3, 1}};
    auto const input = correlated(estimates, std::array{1, 1, 1}, autoregressive_correlation{0.5, {0, 1, 3}});
    EXPECT_DOUBLE_EQ(input.blocks[0].covariance(0, 1), 3);
    EXPECT_DOUBLE_EQ(input.blocks[0].covariance(0, 2), 0.25);
    EXPECT_DOUBLE_EQ(input.blocks[0].covariance(2, 1), 0.75);
}

TEST(CorrelatedEffects, VariancesThatNothingTellsAreUndefined) {
    auto const set =
        clustered{{{0.1, 0.1}, {0.9, 0.2}, {1.5, 0.1}, {2.2, 0.3}, {0.4, 0.1}}, {"a", "a", "b", "b", "b"}};
    Eigen::MatrixXd design(5, 2); // tells the clusters apart
    design << 1, 0, 1, 0, 1, 1, 1, 1, 1, 1;
    auto const apart = hierarchical_effects{}(with_correlation(set, 0), design);
    EXPECT_EQ(apart.status, status::undefined);
    EXPECT_TRUE(std::isnan(apart.tau_squared_between));
    EXPECT_FALSE(std::isnan(apart.tau_squared_within));
    auto const single = hierarchical_effects{}(
        correlated(set.estimates, std::array{1, 1, 1, 1, 1}, constant_correlation{0.2}));
    EXPECT_EQ(single.status, status::undefined);
    EXPECT_TRUE(std::isnan(single.variance));
}

// Where each cluster has its own difference between two effects, its mean alone is left, whose variance is a
// sum of both; and so it is of the one contrast that two coefficients leave of three effects.
TEST(CorrelatedEffects, VariancesOfWhichASumAloneIsToldAreUndefined) {
    auto set = clustered{};
    Eigen::MatrixXd design = Eigen::MatrixXd::Zero(8, 5);
    design.col(0).setOnes();
    for (int i = 0; i < 8; ++i) {
        set.estimates.push_back({0.1 * ((3 * i) % 8), 0.02 + 0.01 * (i % 3)});
        set.clusters.push_back(std::to_string(i / 2));
        design(i, 1 + i / 2) = i % 2 == 0 ? -1 : 1;
    }
    auto const check = [](auto const& fit) {
        EXPECT_EQ(fit.status, status::undefined);
        EXPECT_TRUE(std::isnan(fit.tau_squared_between));
        EXPECT_TRUE(std::isnan(fit.tau_squared_within));
        EXPECT_TRUE(std::isnan(fit.variance));
    };
    auto const three = clustered{{{0.1, 0.1}, {0.9, 0.2}, {0.4, 0.1}}, {"a", "a", "b"}};
    Eigen::MatrixXd line(3, 2);
    line << 1, 0, 1, 1, 1, 3;
    for (double const correlation : {0.0, 0.5}) {
        check(hierarchical_effects{}(with_correlation(set, correlation), design));
        check(hierarchical_effects{maximum_likelihood{}}(with_correlation(set, correlation), design));
        check(hierarchical_effects{}(with_correlation(three, correlation), line));
        // A difference that clusters share leaves those of each to tell the variance within.
        EXPECT_EQ(hierarchical_effects{}(with_correlation(set, correlation), design.leftCols(2)).status,
                  status::ok);
    }
}

// Far from 1 the logarithms of variances are large, and so is their rounding, which tells nothing either.
TEST(CorrelatedEffects, VariancesThatNothingTellsAreUndefinedInAnyUnit) {
    auto generator = std::mt19937_64{20261127};
    auto normal = std::normal_distribution<>{};
    Eigen::MatrixXd design = Eigen::MatrixXd::Zero(90, 15); // tells the clusters apart
    for (Eigen::Index i = 0; i < 90; ++i) {
        design(i, i / 6) = 1;
    }
    for (int number = 0; number < 10; ++number) {
        auto plain = clustered{};
        for (int i = 0; i < 90; ++i) {
            plain.estimates.push_back({0.5 * normal(generator), 0.05 + 0.1 * std::abs(normal(generator))});
            plain.clusters.push_back(std::to_string(i / 6));
        }
        auto const expected = hierarchical_effects{}(with_correlation(plain, 0.3), design);
        EXPECT_EQ(expected.status, status::undefined);
        for (double const unit : {1e-140, 1e140}) {
            auto set = plain;
            for (auto& [effect, variance] : set.estimates) {
                effect *= unit;
                variance *= unit * unit;
            }
            auto const fit = hierarchical_effects{}(with_correlation(set, 0.3), design);
            EXPECT_EQ(fit.status, status::undefined) << unit;
            EXPECT_TRUE(std::isnan(fit.tau_squared_between)) << unit;
            // Searches end where the likelihood changes by less than its rounding.
            EXPECT_RELATIVE(fit.tau_squared_within / unit / unit, expected.tau_squared_within, 1e-6, 1e-8);
        }
    }
}

// The covariances of Gleser and Olkin's formulas, written out.
TEST(CorrelatedEffects, SharedControlsCorrelateTheirComparisons) {
    auto const trials =
        std::vector<two_arms<events>>{{{10, 100}, {20, 90}}, {{15, 80}, {20, 90}}, {{3, 50}, {6, 60}}};
    auto const odds = shared_control(log_odds_ratio{}, trials, std::array{1, 1, 2});
    EXPECT_DOUBLE_EQ(odds.blocks[0].covariance(0, 1), 1.0 / 20 + 1.0 / 70);
    EXPECT_DOUBLE_EQ(odds.blocks[0].covariance(0, 0), log_odds_ratio{}(trials[0]).variance);
    ASSERT_EQ(odds.blocks.size(), 2U);
    EXPECT_RELATIVE(shared_control(log_risk_ratio{}, trials, std::array{1, 1, 2}).blocks[0].covariance(1, 0),
                    1.0 / 20 - 1.0 / 90, 1e-14);
    EXPECT_RELATIVE(shared_control(risk_difference{}, trials, std::array{1, 1, 2}).blocks[0].covariance(1, 0),
                    20.0 * 70 / (90.0 * 90 * 90), 1e-14);
    auto const means = std::vector<two_arms<arm>>{{{20, 5, 2}, {25, 3, 2.5}}, {{30, 6, 3}, {25, 3, 2.5}}};
    EXPECT_DOUBLE_EQ(shared_control(mean_difference{}, means, std::array{1, 1}).blocks[0].covariance(0, 1),
                     2.5 * 2.5 / 25);
    auto const g = effects(standardized_mean_difference{}, means);
    EXPECT_RELATIVE(
        shared_control(standardized_mean_difference{}, means, std::array{1, 1}).blocks[0].covariance(0, 1),
        1.0 / 25 + g[0].effect * g[1].effect / (2 * 75.0), 1e-14);
}

// Whatever is added to cells and wherever variances are taken, the difference of two comparisons with one
// control is a comparison of their treatments: the control has no part in its variance.
TEST(CorrelatedEffects, SharedControlsLeaveDifferencesOfTreatmentsAlone) {
    auto const of_a_ratio = [](auto const& group) { return 1 / group.count - 1 / group.total; };
    auto const of_odds = [](auto const& group) { return 1 / group.count + 1 / non_events(group); };
    auto const of_a_difference = [](auto const& group) {
        return group.count * non_events(group) / std::pow(group.total, 3);
    };
    auto const check = [](auto const& measure, auto const& part, auto const& cells_of,
                          std::vector<two_arms<events>> const& trials) {
        auto const block = shared_control(measure, trials, std::array{1, 1}).blocks[0].covariance;
        double const expected = part(cells_of(trials[0]).treatment) + part(cells_of(trials[1]).treatment);
        EXPECT_RELATIVE(block(0, 0) + block(1, 1) - 2 * block(0, 1), expected, 1e-10);
    };
    auto generator = std::mt19937_64{20261128};
    auto const below = [&](int const n) {
        return static_cast<double>(std::uniform_int_distribution<>{0, n - 1}(generator));
    };
    auto const everywhere = zero_cell_policy{constant_correction{}, all_studies{}};
    auto const half_more = constant_correction{};
    for (int number = 0; number < 200; ++number) {
        auto const control = events{below(4), 20 + below(20)};
        auto const trials = std::vector<two_arms<events>>{{{below(40), 100 + below(50)}, control},
                                                          {{below(40), 100 + below(50)}, control}};
        check(log_odds_ratio{everywhere}, of_odds, half_more, trials);
        check(log_risk_ratio{everywhere}, of_a_ratio, half_more, trials);
        check(risk_difference{everywhere}, of_a_difference, half_more, trials);
        auto const averages = average_risks{}.for_studies(
            std::span<two_arms<events> const>(std::vector{half_more(trials[0]), half_more(trials[1])}));
        auto const at_averages = [&](two_arms<events> const& trial) { return averages(half_more(trial)); };
        check(log_odds_ratio{everywhere, average_risks{}}, of_odds, at_averages, trials);
        check(log_risk_ratio{everywhere, average_risks{}}, of_a_ratio, at_averages, trials);
        // A zero that is corrected in one comparison alone leaves covariances that are possible.
        EXPECT_NO_THROW((void)shared_control(log_odds_ratio{}, trials, std::array{1, 1})) << number;
        EXPECT_NO_THROW((void)shared_control(log_risk_ratio{}, trials, std::array{1, 1})) << number;
    }
    // Comparisons that the measure leaves out are in no trial.
    auto const some =
        std::vector<two_arms<events>>{{{0, 90}, {0, 30}}, {{4, 80}, {2, 20}}, {{7, 60}, {2, 20}}};
    auto const dropping =
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}};
    auto const kept = shared_control(dropping, some, std::array{1, 1});
    EXPECT_DOUBLE_EQ(kept.blocks[0].covariance(0, 1), 1.0 / 2 + 1.0 / 18);
}

// Arms that scatter less than the control: with its own SD beside pooled variances the covariance would be
// larger than the variances.
TEST(CorrelatedEffects, SharedControlsByPooledSDsHaveCovariancesThatArePossible) {
    auto const trials = std::vector<two_arms<arm>>{{{100, 5, 5}, {10, 3, 20}}, {{80, 6, 4}, {10, 3, 20}}};
    auto const measure = mean_difference{pooled_sds{}};
    auto const block = shared_control(measure, trials, std::array{1, 1}).blocks[0].covariance;
    auto const pooled_variance = [](double n, double sd) { return ((n - 1) * sd * sd + 9 * 400) / (n + 8); };
    EXPECT_RELATIVE(block(0, 0), pooled_variance(100, 5) * (1.0 / 100 + 1.0 / 10), 1e-14);
    EXPECT_RELATIVE(block(0, 1), std::sqrt(pooled_variance(100, 5) * pooled_variance(80, 4)) / 10, 1e-14);
    EXPECT_GT(block.determinant(), 0);
}

TEST(CorrelatedEffects, BadInputIsNamed) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.5}, {4, 0.5}};
    EXPECT_THROW((void)correlated(estimates, std::array{1, 1, 1}, constant_correlation{-0.6}), invalid_input);
    EXPECT_THROW((void)correlated(estimates, std::array{1, 1, 2}, constant_correlation{1}), invalid_input);
    EXPECT_THROW((void)correlated(estimates, std::array{1, 1}, constant_correlation{0.5}), invalid_input);
    auto input = correlated(estimates, std::array{1, 1, 2}, constant_correlation{0.5});
    EXPECT_THROW((void)hierarchical_effects{}(input, Eigen::MatrixXd::Ones(3, 2)), invalid_input);
    EXPECT_THROW((void)hierarchical_effects{}(input, Eigen::MatrixXd::Ones(2, 1)), invalid_input);
    input.blocks.pop_back();
    EXPECT_THROW((void)aggregate(input), invalid_input);
    auto const trials = std::vector<two_arms<events>>{{{10, 100}, {20, 90}}, {{15, 80}, {21, 90}}};
    EXPECT_THROW((void)shared_control(log_odds_ratio{}, trials, std::array{1, 1}), invalid_input);
}

} // namespace
} // namespace accrue::test_dependence_correlated_effects
