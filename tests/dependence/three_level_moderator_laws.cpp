// Three levels with moderators: the special cases that the library computes otherwise, and changes of units.

#include "support/relative.hpp"
#include <accrue/dependence/cluster_effects.hpp>
#include <accrue/dependence/hierarchical_effects.hpp>
#include <accrue/dependence/leave_one_cluster_out.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/dependence/three_level_interval.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_dependence_three_level_moderator_laws {
namespace {

struct moderated_set {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
    std::vector<double> x;
    std::vector<std::string> f;
};

moderators x_and_f(moderated_set const& set) {
    return moderators{}.with("x", set.x).with_factor("f", set.f);
}

moderated_set drawn(unsigned const seed, std::size_t const k, int const clusters) {
    auto random = std::mt19937{seed};
    auto normal = std::normal_distribution<>{};
    auto set = moderated_set{};
    auto shared = std::vector<double>{};
    for (int j = 0; j < clusters; ++j) {
        shared.push_back(0.5 * normal(random));
    }
    for (std::size_t i = 0; i < k; ++i) {
        auto const j = i < static_cast<std::size_t>(clusters)
                           ? i
                           : static_cast<std::size_t>(random() % static_cast<unsigned>(clusters));
        double const v = 0.02 + 0.1 * std::abs(normal(random));
        set.x.push_back(normal(random) + shared[j]);
        set.f.push_back(j % 2 == 0 ? "even" : i % 3 == 0 ? "third" : "odd");
        set.estimates.push_back(
            {0.3 + 0.2 * set.x.back() + shared[j] + 0.3 * normal(random) + std::sqrt(v) * normal(random), v});
        set.clusters.push_back("cluster " + std::to_string(j));
    }
    return set;
}

/// Effects between which there is no variance but that of their sampling errors.
moderated_set alike(moderated_set set) {
    for (auto& study : set.estimates) {
        study.effect /= 100;
    }
    return set;
}

TEST(ThreeLevelModeratorLaws, AnInterceptAloneIsTheMeanOfThreeLevels) {
    auto const compare = [](auto const& model, moderated_set const& set) {
        auto const expected = model(set.estimates, set.clusters);
        auto const actual = model(set.estimates, moderators{}, set.clusters);
        EXPECT_EQ(actual.status, expected.status);
        EXPECT_RELATIVE(actual.coefficients[0], expected.effect, 1e-8);
        EXPECT_RELATIVE(actual.covariance(0, 0), expected.variance, 1e-7);
        EXPECT_RELATIVE(actual.tau_squared_between, expected.tau_squared_between, 1e-7, 1e-8);
        EXPECT_RELATIVE(actual.tau_squared_within, expected.tau_squared_within, 1e-7, 1e-8);
        EXPECT_RELATIVE(actual.degrees_of_freedom, expected.degrees_of_freedom, 1e-6);
        EXPECT_RELATIVE(actual.log_likelihood, expected.log_likelihood, 1e-10);
        auto const studies = study_effects(expected);
        auto const clusters = cluster_effects(expected);
        auto const here = study_effects(actual);
        auto const deviations = cluster_deviations(actual);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            EXPECT_RELATIVE(here[i].effect, studies[i].effect, 1e-7, 1e-8);
            EXPECT_RELATIVE(here[i].variance, studies[i].variance, 1e-7);
        }
        for (std::size_t j = 0; j < clusters.size(); ++j) {
            EXPECT_RELATIVE(actual.coefficients[0] + deviations[j].effect, clusters[j].effect, 1e-7, 1e-8);
        }
    };
    for (unsigned seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        auto const set = drawn(seed, 14, 5);
        compare(three_level{}, set);
        compare(three_level{maximum_likelihood{}, wald{}}, set);
        compare(three_level{reml{}, satterthwaite{}}, set);
        compare(three_level{reml{}, wald_t{}}, set);
        compare(three_level{reml{}, hartung_knapp{}}, set);
        compare(three_level{reml{}, kenward_roger{}}, set);
        compare(three_level{maximum_likelihood{}, kenward_roger{}}, set);
        compare(three_level{reml{}, kenward_roger{}}, alike(set));
    }
}

TEST(ThreeLevelModeratorLaws, OneEffectAClusterIsMetaRegression) {
    auto const compare = [](auto const& estimator, auto const& uncertainty, moderated_set const& set) {
        auto const given = x_and_f(set);
        auto const expected = meta_regression(random_effects{estimator, uncertainty}, set.estimates, given);
        auto const actual = three_level{estimator, uncertainty}(set.estimates, given, set.clusters);
        EXPECT_EQ(actual.status, expected.status);
        EXPECT_RELATIVE(actual.tau_squared, expected.tau_squared, 1e-8, 1e-9);
        EXPECT_RELATIVE(actual.q, expected.q, 1e-12);
        for (std::size_t j = 0; j < expected.coefficients.size(); ++j) {
            EXPECT_RELATIVE(actual.coefficients[j], expected.coefficients[j], 1e-8, 1e-9);
            EXPECT_RELATIVE(coefficient(actual, j).variance, coefficient(expected, j).variance, 1e-8);
            EXPECT_RELATIVE(coefficient(actual, j).degrees_of_freedom,
                            coefficient(expected, j).degrees_of_freedom, 1e-7);
        }
        auto const test = omnibus_test(actual);
        auto const same = omnibus_test(expected);
        EXPECT_RELATIVE(test.statistic, same.statistic, 1e-7);
        EXPECT_RELATIVE(test.denominator_degrees_of_freedom, same.denominator_degrees_of_freedom, 1e-7);
    };
    for (unsigned seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        auto const set = drawn(seed, 12, 12);
        compare(reml{}, wald{}, set);
        compare(maximum_likelihood{}, wald{}, set);
        compare(reml{}, wald_t{}, set);
        compare(reml{}, hartung_knapp{}, set);
        compare(reml{}, kenward_roger{}, set);
        compare(maximum_likelihood{}, kenward_roger{}, set);
        compare(reml{}, kenward_roger{}, alike(set));
    }
}

TEST(ThreeLevelModeratorLaws, IsTheWorkingModelOfHierarchicalEffectsWithoutCorrelation) {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(seed);
        auto const set = drawn(seed, 20, 6);
        auto const given = x_and_f(set);
        auto const fit = three_level{}(set.estimates, given, set.clusters);
        auto const other = hierarchical_effects{}(
            correlated(set.estimates, set.clusters, constant_correlation{0}), fit.design.columns());
        // The other search ends where its likelihood is flat to rounding.
        EXPECT_GE(fit.log_likelihood, other.log_likelihood - 1e-9);
        EXPECT_RELATIVE(fit.log_likelihood, other.log_likelihood, 1e-8);
        for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
            EXPECT_RELATIVE(fit.coefficients[j], other.coefficients[detail::index(j)], 1e-4, 1e-5);
        }
    }
}

TEST(ThreeLevelModeratorLaws, AffineChangesOfAModeratorMoveCoefficientsAlong) {
    auto const set = drawn(3, 24, 7);
    auto moved = set.x;
    for (auto& x : moved) {
        x = 1990 + x / 1024;
    }
    auto const fit = three_level{}(set.estimates, moderators{}.with("x", set.x), set.clusters);
    auto const other = three_level{}(set.estimates, moderators{}.with("x", moved), set.clusters);
    EXPECT_RELATIVE(other.coefficients[1], 1024 * fit.coefficients[1], 1e-8);
    EXPECT_RELATIVE(predict(other, {1990.0}, 0.9).effect, fit.coefficients[0], 1e-7);
    EXPECT_RELATIVE(other.tau_squared_between, fit.tau_squared_between, 1e-7);
    EXPECT_RELATIVE(other.tau_squared_within, fit.tau_squared_within, 1e-7);
}

TEST(ThreeLevelModeratorLaws, LeavingOutAClusterIsTheFitOfTheOthers) {
    auto set = drawn(5, 20, 6);
    set.f.assign(20, "common");
    for (std::size_t i = 0; i < 20; ++i) {
        if (set.clusters[i] == "cluster 2") {
            set.f[i] = "rare";
        }
    }
    auto const given = x_and_f(set);
    auto const without = leave_one_cluster_out(three_level{}, set.estimates, given, set.clusters);
    ASSERT_EQ(without.size(), 6U);
    EXPECT_FALSE(without[2].has_value()); // nothing is left at its level
    auto rest = moderated_set{};
    for (std::size_t i = 0; i < 20; ++i) {
        if (set.clusters[i] != "cluster 0") {
            rest.estimates.push_back(set.estimates[i]);
            rest.clusters.push_back(set.clusters[i]);
            rest.x.push_back(set.x[i]);
            rest.f.push_back(set.f[i]);
        }
    }
    ASSERT_TRUE(without[0].has_value());
    auto const expected = three_level{}(rest.estimates, x_and_f(rest), rest.clusters);
    EXPECT_DOUBLE_EQ(without[0]->coefficients[2], expected.coefficients[2]);
    EXPECT_DOUBLE_EQ(predict(*without[0], {{"x", 1.0}, {"f", "rare"}}, 0.9).effect,
                     predict(expected, {{"x", 1.0}, {"f", "rare"}}, 0.9).effect);
    auto const growing = cumulative(three_level{}, set.estimates, given, set.clusters);
    ASSERT_EQ(growing.size(), 6U);
    EXPECT_FALSE(growing[0].has_value());
    EXPECT_DOUBLE_EQ(growing[5]->coefficients[1],
                     three_level{}(set.estimates, given, set.clusters).coefficients[1]);
}

TEST(ThreeLevelModeratorLaws, OfTwoClustersEitherCanBeLeftOut) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.2}, {5, 0.1}, {4, 0.3}, {3, 0.2}};
    auto const given = moderators{}.with("x", {0.1, 0.7, 0.4, 0.2, 0.9, 0.5});
    auto const without =
        leave_one_cluster_out(three_level{}, estimates, given, std::vector{1, 1, 1, 2, 2, 2});
    ASSERT_EQ(without.size(), 2U);
    for (auto const& rest : without) {
        ASSERT_TRUE(rest.has_value());
        EXPECT_EQ(rest->k, 3U);
        EXPECT_EQ(rest->clusters, 1U);
    }
}

TEST(ThreeLevelModeratorLaws, WhatCannotBeToldApartIsUndefined) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.1}, {5, 0.1}, {4, 0.1}, {3, 0.1}};
    // Moderators that tell clusters apart.
    auto const by_cluster =
        three_level{}(estimates, moderators{}.with_factor("f", {"a", "a", "b", "b", "c", "c"}),
                      std::vector{1, 1, 2, 2, 3, 3});
    EXPECT_EQ(by_cluster.status, status::undefined);
    EXPECT_TRUE(std::isnan(by_cluster.coefficients[0]));
    // Nothing is left within clusters, whose sizes and variances are equal.
    auto const within = three_level{}(estimates,
                                      moderators{}
                                          .with("x", {0, 1, 0, 2, 0, 3})
                                          .with("y", {0, 1, 0, 4, 0, 9})
                                          .with("z", {0, 1, 0, 8, 0, 27}),
                                      std::vector{1, 1, 2, 2, 3, 3});
    EXPECT_EQ(within.status, status::undefined);
    EXPECT_EQ(variance_intervals(three_level{}, estimates,
                                 moderators{}.with_factor("f", {"a", "a", "b", "b", "c", "c"}),
                                 std::vector{1, 1, 2, 2, 3, 3}, 0.95)
                  .between.status,
              status::undefined);
}

// What moderators fit exactly says nothing of how effects scatter, as in ordinary regressions.
TEST(ThreeLevelModeratorLaws, ExactFitsHaveNoVarianceByTheirResiduals) {
    for (double const offset : {0.1, 0.2, 1e6}) {
        for (double const slope : {0.0, 0.37}) {
            auto estimates = std::vector<estimate>{};
            auto x = std::vector<double>{};
            for (int i = 0; i < 8; ++i) {
                x.push_back(0.7 * i);
                estimates.push_back({offset + slope * x.back(), 1 + 0.1 * i});
            }
            auto const clusters = std::vector{1, 1, 2, 2, 3, 3, 4, 4};
            auto const given = moderators{}.with("x", x);
            EXPECT_EQ((three_level<reml, hartung_knapp>{}(estimates, given, clusters).status),
                      status::undefined)
                << offset << ' ' << slope;
            EXPECT_EQ((three_level<reml, hartung_knapp>{}(estimates, clusters).status),
                      slope > 0 ? status::ok : status::undefined)
                << offset << ' ' << slope;
            EXPECT_EQ(three_level{}(estimates, given, clusters).status, status::ok) << offset << ' ' << slope;
        }
    }
}

// Where the search may stop early, the last digits are found all the same.
TEST(ThreeLevelModeratorLaws, VariancesHaveDigitsBeyondTheToleranceOfTheSearch) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        auto const set = drawn(seed, 18, 6);
        auto const given = moderators{}.with("x", set.x);
        auto const fit = three_level{}(set.estimates, given, set.clusters);
        // What the coarsest leaves open reaches down to 0 for some of the variances within.
        for (double const tolerance : {1e-7, 1e-2, 0.1}) {
            auto const coarse =
                three_level<reml>{reml{.tolerance = tolerance}}(set.estimates, given, set.clusters);
            EXPECT_RELATIVE(coarse.tau_squared_between, fit.tau_squared_between, 1e-12) << seed;
            EXPECT_RELATIVE(coarse.tau_squared_within, fit.tau_squared_within, 1e-12) << seed;
            EXPECT_RELATIVE(coarse.coefficients[1], fit.coefficients[1], 1e-12) << seed;
        }
    }
}

TEST(ThreeLevelModeratorLaws, BadInputIsNamed) {
    auto const estimates = std::vector<estimate>{{0, 0.1}, {1, 0.1}, {2, 0.1}, {5, 0.1}};
    EXPECT_THROW((void)three_level{}(estimates, moderators{}.with("x", {1, 2, 3, 4}), std::vector{1, 1, 2}),
                 invalid_input);
    EXPECT_THROW((void)three_level{}(estimates, moderators{}.with("x", {1, 2, 3}), std::vector{1, 1, 2, 2}),
                 invalid_input);
    EXPECT_THROW(
        (void)three_level{}(estimates, moderators{}.with("x", {1, 1, 1, 1}), std::vector{1, 1, 2, 2}),
        invalid_input);
}

} // namespace
} // namespace accrue::test_dependence_three_level_moderator_laws
