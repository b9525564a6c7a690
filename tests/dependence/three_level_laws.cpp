// What must not change, and what must agree with what, for all three-level data.

#include "support/relative.hpp"
#include <accrue/dependence.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/model.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace accrue::test_dependence_three_level_laws {
namespace {

struct clustered {
    std::vector<estimate> estimates;
    std::vector<int> clusters;
};

/// Effects within ±10, variances from 0.01 to 4, clusters from 0 to 5.
rc::Gen<clustered> some_clusters() {
    auto const one =
        rc::gen::tuple(rc::gen::inRange(-1000, 1001), rc::gen::inRange(1, 401), rc::gen::inRange(0, 6));
    return rc::gen::map(rc::gen::suchThat(rc::gen::container<std::vector<std::tuple<int, int, int>>>(one),
                                          [](auto const& list) { return list.size() >= 3; }),
                        [](auto const& list) {
                            auto set = clustered{};
                            for (auto const& [effect, variance, cluster] : list) {
                                set.estimates.push_back({effect / 100.0, variance / 100.0});
                                set.clusters.push_back(cluster);
                            }
                            set.clusters[0] = 0; // two clusters at the least
                            set.clusters[1] = 1;
                            return set;
                        });
}

void expect_same(basic_pooled<double> const& actual, basic_pooled<double> const& expected) {
    EXPECT_DOUBLE_EQ(actual.effect, expected.effect);
    EXPECT_DOUBLE_EQ(actual.variance, expected.variance);
    EXPECT_DOUBLE_EQ(actual.tau_squared, expected.tau_squared);
    EXPECT_DOUBLE_EQ(actual.degrees_of_freedom, expected.degrees_of_freedom);
    EXPECT_EQ(actual.k, expected.k);
    EXPECT_EQ(actual.status, expected.status);
}

RC_GTEST_PROP(ThreeLevelLaws, OneEffectPerClusterIsPool, ()) {
    auto const estimates = (*some_clusters()).estimates;
    auto names = std::vector<std::size_t>(estimates.size());
    std::iota(names.begin(), names.end(), std::size_t{0});
    auto const both = [&](auto const& estimator, auto const& uncertainty) {
        auto const fit = three_level{estimator, uncertainty}(estimates, names);
        expect_same(fit, pool(random_effects{estimator, uncertainty}, estimates));
        EXPECT_DOUBLE_EQ(fit.tau_squared_between, fit.tau_squared);
    };
    both(reml{}, wald{});
    both(reml{}, wald_t{});
    both(reml{}, hartung_knapp{});
    both(maximum_likelihood{}, wald{});
    auto const fit = three_level{}(estimates, names);
    auto const effects = study_effects(random_effects{}, estimates);
    auto const predictions = study_effects(fit);
    for (std::size_t i = 0; i < effects.size(); ++i) {
        // All heterogeneity is between: the cluster's prediction is the study's.
        EXPECT_RELATIVE(predictions[i].effect, effects[i].effect, 1e-12, 1e-13);
        EXPECT_RELATIVE(predictions[i].variance, effects[i].variance, 1e-12, 1e-13);
    }
    if (estimates.size() > 2) {
        auto const here = prediction_interval(fit, 0.9);
        auto const there = prediction_interval(pool(random_effects{}, estimates), 0.9);
        EXPECT_DOUBLE_EQ(here.lower, there.lower);
        EXPECT_DOUBLE_EQ(here.upper, there.upper);
    }
}

/// An estimate near to a flat maximum is known to the square root of what the likelihood is; effects are not.
void expect_alike(three_level_fit const& actual, three_level_fit const& expected) {
    double const size = expected.tau_squared + expected.variance;
    EXPECT_RELATIVE(actual.effect, expected.effect, 1e-8, 1e-8);
    EXPECT_RELATIVE(actual.variance, expected.variance, 1e-7);
    EXPECT_RELATIVE(actual.tau_squared_between, expected.tau_squared_between, 1e-7, 1e-7 * size);
    EXPECT_RELATIVE(actual.tau_squared_within, expected.tau_squared_within, 1e-7, 1e-7 * size);
}

RC_GTEST_PROP(ThreeLevelLaws, OrderOfEffectsAndNamesOfClustersDoNotMatter, ()) {
    auto const set = *some_clusters();
    auto reversed = set;
    std::reverse(reversed.estimates.begin(), reversed.estimates.end());
    std::reverse(reversed.clusters.begin(), reversed.clusters.end());
    auto names = std::vector<std::string>{};
    for (auto const cluster : reversed.clusters) {
        names.push_back("cluster " + std::to_string(7 * cluster + 1));
    }
    expect_alike(three_level{}(reversed.estimates, names), three_level{}(set.estimates, set.clusters));
}

RC_GTEST_PROP(ThreeLevelLaws, ScaleAndShiftMoveTheResultAlong, ()) {
    auto const set = *some_clusters();
    auto moved = set;
    for (auto& [effect, variance] : moved.estimates) {
        effect = 4 * effect + 32;
        variance = 16 * variance;
    }
    auto const here = three_level{reml{}, satterthwaite{}}(set.estimates, set.clusters);
    auto there = three_level{reml{}, satterthwaite{}}(moved.estimates, moved.clusters);
    there.effect = (there.effect - 32) / 4;
    for (auto* const squared :
         {&there.variance, &there.tau_squared, &there.tau_squared_between, &there.tau_squared_within}) {
        *squared /= 16;
    }
    expect_alike(there, here);
}

/// Six sets, of which each has some hundred likelihoods maximised.
class ProfileSets : public testing::TestWithParam<unsigned> {};

clustered drawn(unsigned const seed) {
    auto random = std::mt19937{seed};
    auto const whole = [&](int const from, int const to) {
        return std::uniform_int_distribution<>{from, to}(random);
    };
    auto set = clustered{{}, {0, 1}};
    for (int i = 0; i < 12; ++i) {
        set.estimates.push_back({whole(-300, 300) / 100.0, whole(1, 200) / 100.0});
        set.clusters.push_back(whole(0, 5));
    }
    set.clusters.resize(12);
    return set;
}

TEST_P(ProfileSets, HoldTheEstimates) {
    auto const set = drawn(GetParam());
    auto const fit = three_level{}(set.estimates, set.clusters);
    auto const sets = variance_intervals(three_level{}, set.estimates, set.clusters, 0.9);
    EXPECT_LE(sets.between.lower, fit.tau_squared_between * (1 + 1e-9));
    EXPECT_GE(sets.between.upper * (1 + 1e-9), fit.tau_squared_between);
    EXPECT_LE(sets.within.lower, fit.tau_squared_within * (1 + 1e-9));
    EXPECT_GE(sets.within.upper * (1 + 1e-9), fit.tau_squared_within);
    auto const full = three_level{maximum_likelihood{}}(set.estimates, set.clusters);
    auto const mean = likelihood_interval(three_level{}, set.estimates, set.clusters, 0.9);
    EXPECT_LT(mean.lower, full.effect);
    EXPECT_GT(mean.upper, full.effect);
}

INSTANTIATE_TEST_SUITE_P(ThreeLevelLaws, ProfileSets, testing::Range(1U, 7U));

/// Twice the profile log-likelihood of the mean by a grid of both variances that closes in on its best point.
double profile_at(clustered const& set, double const mean) {
    auto const deviance = [&](double const between, double const within) {
        double total = 0;
        for (int cluster = 0; cluster < 6; ++cluster) {
            double a = 0, b = 0, c = 0;
            for (std::size_t i = 0; i < set.estimates.size(); ++i) {
                if (set.clusters[i] == cluster) {
                    double const sum = set.estimates[i].variance + within;
                    double const r = set.estimates[i].effect - mean;
                    a += 1 / sum;
                    b += r / sum;
                    c += r * r / sum;
                    total += std::log(sum);
                }
            }
            total += std::log1p(between * a) + c - between * b * b / (1 + between * a);
        }
        return total;
    };
    double least = 1e300, s = 0, t = 0, reach = 4;
    for (int round = 0; round < 40; ++round, reach *= 0.6) {
        double const s0 = s, t0 = t;
        for (int i = -10; i <= 10; ++i) {
            for (int j = -10; j <= 10; ++j) {
                double const si = (std::max)(0.0, s0 + reach * i / 10),
                             tj = (std::max)(0.0, t0 + reach * j / 10);
                if (double const d = deviance(si, tj); d < least) {
                    least = d;
                    s = si;
                    t = tj;
                }
            }
        }
    }
    return -least;
}

TEST(ThreeLevelLaws, TheMeansLimitsAreWhereItsProfileHasFallenByTheQuantile) {
    auto const set =
        clustered{{{0.5, 0.04}, {0.9, 0.09}, {0.1, 0.02}, {-0.4, 0.05}, {0.3, 0.01}, {1.2, 0.1}, {0.7, 0.03}},
                  {0, 0, 1, 1, 1, 2, 3}};
    auto const limits = likelihood_interval(three_level{}, set.estimates, set.clusters, 0.95);
    double const best =
        profile_at(set, three_level{maximum_likelihood{}}(set.estimates, set.clusters).effect);
    EXPECT_NEAR(best - profile_at(set, limits.lower), 3.841458820694124, 1e-6);
    EXPECT_NEAR(best - profile_at(set, limits.upper), 3.841458820694124, 1e-6);
}

TEST(ThreeLevelLaws, SatterthwaiteOfOneFreeVarianceIsThatOfTheTwoLevelModel) {
    // Equal variances, one effect each: V = (v + tau²)/k, and k - 1 contrasts tell tau².
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.1}, {5, 0.1}};
    auto const fit = three_level{reml{}, satterthwaite{}}(estimates, std::array{1, 2, 3, 4});
    EXPECT_RELATIVE(fit.degrees_of_freedom, 3, 1e-12);
    // The same for balanced clusters: their means are all that tells the variance of the mean.
    auto const pairs = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {4, 0.1}, {5, 0.1}, {7, 0.1}, {10, 0.1}};
    auto const balanced = three_level{reml{}, satterthwaite{}}(pairs, std::array{1, 1, 2, 2, 3, 3});
    EXPECT_GT(balanced.tau_squared_between, 0);
    EXPECT_GT(balanced.tau_squared_within, 0);
    EXPECT_RELATIVE(balanced.degrees_of_freedom, 2, 1e-9);
    // The full likelihood takes no contrast for the mean: V = (v + tau²)/k and an information of
    // k/(v + tau²)²/2 give k.
    auto const full = three_level{maximum_likelihood{}, satterthwaite{}};
    EXPECT_RELATIVE(full(estimates, std::array{1, 2, 3, 4}).degrees_of_freedom, 4, 1e-12);
    auto const of_pairs = full(pairs, std::array{1, 1, 2, 2, 3, 3});
    EXPECT_GT(of_pairs.tau_squared_between, 0);
    EXPECT_GT(of_pairs.tau_squared_within, 0);
    EXPECT_RELATIVE(of_pairs.degrees_of_freedom, 3, 1e-9);
}

TEST(ThreeLevelLaws, ResultsOfThreeLevelsAreTakenWherePooledOnesAre) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.2}, {5, 0.1}, {4, 0.3}};
    auto const labels = std::array<std::string_view, 5>{"a", "b", "b", "c", "a"};
    auto const fit = three_level{}(estimates, labels);
    auto const interval = confidence_interval(fit, 0.95);
    EXPECT_DOUBLE_EQ((interval.lower + interval.upper) / 2, fit.effect);
    EXPECT_GT(p_value(fit), 0);
    EXPECT_EQ(cluster_effects(fit).size(), 3U);
    EXPECT_EQ(study_effects(fit).size(), 5U);
    EXPECT_LT(i_squared_by_level(fit).total(), 1);
    auto const without = leave_one_cluster_out(three_level{}, estimates, labels);
    ASSERT_EQ(without.size(), 3U);
    EXPECT_DOUBLE_EQ(without[2].effect, three_level{}(std::vector<estimate>{estimates[0], estimates[1],
                                                                            estimates[2], estimates[4]},
                                                      std::array{1, 2, 2, 1})
                                            .effect);
    auto const growing = cumulative(three_level{}, estimates, labels);
    ASSERT_EQ(growing.size(), 3U);
    EXPECT_EQ(growing[0].status, status::undefined);
    EXPECT_DOUBLE_EQ(growing[2].effect, fit.effect);
}

TEST(ThreeLevelLaws, OfTwoClustersEitherCanBeLeftOut) {
    auto const estimates = std::vector<estimate>{{0.4, 0.1}, {1.2, 0.1}, {1.9, 0.2}};
    auto const without = leave_one_cluster_out(three_level{}, estimates, std::array{1, 2, 2});
    ASSERT_EQ(without.size(), 2U);
    EXPECT_EQ(without[0].k, 2U);
    EXPECT_EQ(without[0].status, status::undefined) << "one cluster of two effects";
    EXPECT_EQ(without[1].status, status::ok);
    EXPECT_EQ(without[1].effect, 0.4);
}

TEST(ThreeLevelLaws, OneClusterSaysNothingOfHowClustersDiffer) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.2}};
    auto const fit = three_level{}(estimates, std::array{1, 1, 1});
    EXPECT_EQ(fit.status, status::undefined);
    EXPECT_TRUE(std::isnan(fit.variance));
    EXPECT_TRUE(std::isnan(fit.tau_squared_between));
    auto const sets = variance_intervals(three_level{}, estimates, std::array{1, 1, 1}, 0.95);
    EXPECT_EQ(sets.between.status, status::undefined);
    EXPECT_EQ(sets.within.status, status::ok);
}

TEST(ThreeLevelLaws, NumbersBeyondTheTypeAreUndefined) {
    auto const estimates = std::vector<estimate>{{1e200, 0.1}, {-1e200, 0.1}, {2, 0.2}};
    EXPECT_NE(three_level{}(estimates, std::array{1, 1, 2}).status, status::ok);
}

TEST(ThreeLevelLaws, BadInputIsNamed) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, -1}};
    EXPECT_THROW(three_level{}(estimates, std::array{1, 2}), invalid_input);
    EXPECT_THROW(three_level{}(std::vector<estimate>{{0, 1}, {1, 1}}, std::array{1, 2, 3}), invalid_input);
    EXPECT_THROW(three_level{}(std::vector<estimate>{}, std::vector<int>{}), invalid_input);
    EXPECT_THROW(
        (void)leave_one_cluster_out(three_level{}, std::vector<estimate>{{0, 1}, {1, 1}}, std::array{1, 1}),
        invalid_input);
    EXPECT_THROW((void)likelihood_interval(three_level{}, std::vector<estimate>{{0, 1}, {1, 1}},
                                           std::array{1, 1}, 0.95),
                 invalid_input);
}

/// As variances vanish beside the effects' scatter, the fit tends to that of exact effects.
TEST(ThreeLevelLaws, HoldForTheSmallestVariancesOfTheType) {
    auto const effects = std::vector<double>{0.1, 0.9, -0.4, 0.5, 0.2, 0.7};
    auto const clusters = std::vector<int>{0, 0, 1, 1, 2, 2};
    for (double const variance : {1e-20, 1e-150, 1e-300, 2e-307}) {
        auto studies = std::vector<estimate>{};
        for (std::size_t i = 0; i < effects.size(); ++i) {
            studies.push_back({effects[i], variance * (1 + 0.2 * static_cast<double>(i))});
        }
        auto const fit = three_level{}(studies, clusters);
        EXPECT_EQ(to_string(fit.status), "ok");
        EXPECT_RELATIVE(fit.effect, 1.0 / 3, 1e-10);
        EXPECT_RELATIVE(fit.tau_squared_within, 164.0 / 750, 1e-10); // the variance of the effects
        EXPECT_RELATIVE(fit.tau_squared_between, 0.0, 1e-10);
    }
    EXPECT_THROW(static_cast<void>(three_level{}(std::vector<estimate>{{0.1, 1e-309}, {0.2, 1e-309}},
                                                 std::vector<int>{0, 1})),
                 invalid_input);
}

// At the least levels the likelihood falls by less than its rounding.
TEST(ThreeLevelIntervals, ArePointsAtLevelsNextToNone) {
    auto const estimates =
        std::vector<estimate>{{0.1, 0.04}, {0.4, 0.05}, {0.9, 0.03}, {0.7, 0.06}, {-0.3, 0.1}, {-0.8, 0.02}};
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 3};
    auto const mean = three_level{maximum_likelihood{}}(estimates, clusters);
    auto const fit = three_level{}(estimates, clusters);
    for (double const level : {1e-5, 1e-8, 1e-10, 1e-14, 1e-17, 1e-300}) {
        double const near_by = 1e-6 + 10 * level;
        auto const limits = likelihood_interval(three_level{}, estimates, clusters, level);
        EXPECT_LE(limits.lower, limits.upper) << level;
        EXPECT_RELATIVE(limits.lower, mean.effect, near_by) << level;
        EXPECT_RELATIVE(limits.upper, mean.effect, near_by) << level;
        auto const expect_close = [&](variance_intervals_by_level const& sets) {
            for (auto const& [set, value] : {std::pair(sets.between, fit.tau_squared_between),
                                             std::pair(sets.within, fit.tau_squared_within)}) {
                EXPECT_LE(set.lower, set.upper) << level;
                EXPECT_RELATIVE(set.lower, value, near_by) << level;
                EXPECT_RELATIVE(set.upper, value, near_by) << level;
            }
        };
        expect_close(variance_intervals(three_level{}, estimates, clusters, level));
        expect_close(variance_intervals(three_level{}, estimates, moderators{}, clusters, level));
    }
}

} // namespace
} // namespace accrue::test_dependence_three_level_laws
