// Three levels: the values of metafor, laws, and a grid that must not find a higher likelihood.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/dependence/cluster_effects.hpp>
#include <accrue/dependence/i_squared_by_level.hpp>
#include <accrue/dependence/leave_one_cluster_out.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/dependence/three_level_interval.hpp>
#include <accrue/dependence/three_level_prediction.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/model.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_dependence_three_levels {
namespace {

struct clustered {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
};

std::map<std::string, clustered> read_inputs() {
    auto sets = std::map<std::string, clustered>{};
    for (auto const& row : test::golden("dependence/three_level_input.csv")) {
        auto& set = sets[row.text("dataset")];
        set.estimates.push_back({row.number("effect"), row.number("variance")});
        set.clusters.push_back(row.text("cluster"));
    }
    return sets;
}

std::map<std::string, clustered> const& inputs() {
    static auto const sets = read_inputs();
    return sets;
}

three_level_fit fit_by(std::string const& method, clustered const& set) {
    return method == "REML" ? three_level{}(set.estimates, set.clusters)
                            : three_level{maximum_likelihood{}}(set.estimates, set.clusters);
}

// Both are roots of the score to some 1e-13; the tolerance leaves room for other compilers.
// Qualifies: DEPENDENCE-1
TEST(ThreeLevels, AgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level.csv")) {
        SCOPED_TRACE(row.where());
        auto const fit = fit_by(row.text("method"), inputs().at(row.text("dataset")));
        EXPECT_EQ(fit.status, status::ok);
        EXPECT_RELATIVE(fit.effect, row.number("effect"), 1e-10);
        EXPECT_RELATIVE(fit.variance, row.number("variance"), 1e-10);
        EXPECT_RELATIVE(fit.tau_squared_between, row.number("between"), 1e-10);
        EXPECT_RELATIVE(fit.tau_squared_within, row.number("within"), 1e-10);
        EXPECT_RELATIVE(fit.log_likelihood, row.number("log_likelihood"), 1e-11, 1e-11);
    }
}

// metafor's limits are roots along a profile of optima that it knows to about half of a double's digits.
TEST(ThreeLevels, ProfileLikelihoodIntervalsAgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level.csv")) {
        if (row.missing("between_lower")) {
            continue;
        }
        SCOPED_TRACE(row.where());
        auto const& set = inputs().at(row.text("dataset"));
        auto const intervals =
            row.text("method") == "REML"
                ? variance_intervals(three_level{}, set.estimates, set.clusters, 0.95)
                : variance_intervals(three_level{maximum_likelihood{}}, set.estimates, set.clusters, 0.95);
        EXPECT_EQ(intervals.between.status, status::ok);
        EXPECT_RELATIVE(intervals.between.lower, row.number("between_lower"), 1e-8);
        EXPECT_RELATIVE(intervals.between.upper, row.number("between_upper"), 1e-8);
        EXPECT_RELATIVE(intervals.within.lower, row.number("within_lower"), 1e-8);
        EXPECT_RELATIVE(intervals.within.upper, row.number("within_upper"), 1e-8);
    }
}

TEST(ThreeLevels, PredictionsOfClustersAgreeWithMetafor) {
    auto position = std::map<std::string, std::map<std::string, std::size_t>>{};
    for (auto const& row : test::golden("dependence/three_level_blup.csv")) {
        SCOPED_TRACE(row.where());
        auto const& set = inputs().at(row.text("dataset"));
        auto const fit = three_level{}(set.estimates, set.clusters);
        auto const place = static_cast<std::size_t>(
            std::find(set.clusters.begin(), set.clusters.end(), row.text("cluster")) - set.clusters.begin());
        auto const effect = cluster_effects(fit)[fit.groups.of[place]];
        // metafor gives u_j; what is predicted here is mean + u_j.
        EXPECT_RELATIVE(effect.effect - fit.effect, row.number("effect"), 1e-9, 1e-12);
    }
}

// metafor with its default settings prints these, whose last digit or two its optimiser does not reach.
TEST(ThreeLevels, AgreeWithKonstantopoulos) {
    auto const& set = inputs().at("konstantopoulos2011");
    auto const fit = three_level{}(set.estimates, set.clusters);
    EXPECT_NEAR(fit.effect, 0.184713164, 2e-9);
    EXPECT_NEAR(standard_error(fit), 0.084555919, 2e-9);
    EXPECT_NEAR(fit.tau_squared_between, 0.065061942, 2e-9);
    EXPECT_NEAR(fit.tau_squared_within, 0.032736518, 2e-9);
    EXPECT_EQ(fit.k, 56U);
    EXPECT_EQ(fit.clusters, 11U);
}

/// The log-likelihood by the formula for a diagonal matrix plus one of rank one, independent of the
/// library's.
double direct_log_likelihood(clustered const& set, double const between, double const within,
                             double const* mean, bool const restricted) {
    struct sums {
        double a = 0, b = 0, c = 0;
    };
    auto by_cluster = std::map<std::string, sums>{};
    double logarithms = 0;
    double const origin = set.estimates.front().effect;
    for (std::size_t i = 0; i < set.estimates.size(); ++i) {
        auto const [effect, variance] = set.estimates[i];
        double const w = 1 / (variance + within);
        double const y = effect - origin;
        auto& s = by_cluster[set.clusters[i]];
        s.a += w;
        s.b += w * y;
        s.c += w * y * y;
        logarithms += std::log(variance + within);
    }
    double one = 0, first = 0, second = 0;
    for (auto const& [name, s] : by_cluster) {
        double const growth = 1 + between * s.a;
        logarithms += std::log(growth);
        one += s.a / growth;
        first += s.b / growth;
        second += s.c - between * s.b * s.b / growth;
    }
    double const centre = mean != nullptr ? *mean - origin : first / one;
    double const squares = second - 2 * centre * first + centre * centre * one;
    double const k = static_cast<double>(set.estimates.size());
    double const two_pi = 2 * std::numbers::pi;
    return restricted ? -((k - 1) * std::log(two_pi) - std::log(k) + logarithms + std::log(one) + squares) / 2
                      : -(k * std::log(two_pi) + logarithms + squares) / 2;
}

clustered random_clusters(std::mt19937_64& random) {
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    auto heavy = std::student_t_distribution<>{1.5};
    auto set = clustered{};
    auto const k = 2 + static_cast<std::size_t>(uniform(random) * 14);
    auto const m =
        2 + static_cast<std::size_t>(uniform(random) * static_cast<double>(std::min<std::size_t>(k - 1, 6)));
    double const scale = std::exp(3 * normal(random) * uniform(random));
    double const between = uniform(random) < 0.3 ? 0 : std::exp(normal(random));
    double const within = uniform(random) < 0.3 ? 0 : std::exp(normal(random));
    double const spread = 2 * uniform(random);
    bool const wild = uniform(random) < 0.3;
    auto shared = std::vector<double>(m);
    for (auto& u : shared) {
        u = between * (wild ? heavy(random) : normal(random));
    }
    for (std::size_t i = 0; i < k; ++i) {
        auto const j = i < m ? i : static_cast<std::size_t>(uniform(random) * static_cast<double>(m));
        double const sd = std::exp(spread * normal(random));
        double const w = within * (wild ? heavy(random) : normal(random));
        set.estimates.push_back({scale * (shared[j] + w + sd * normal(random)), scale * scale * sd * sd});
        set.clusters.push_back(std::to_string(j));
    }
    return set;
}

// More sets, and a finer grid: three_level_grids.cpp, by `sh tests/grids.sh`.
// Qualifies: DEPENDENCE-1
TEST(ThreeLevels, NeverFailAndAreNeverBeatenByAGrid) {
    auto random = std::mt19937_64{20111};
    for (int repetition = 0; repetition < 250; ++repetition) {
        auto const set = random_clusters(random);
        double least = set.estimates.front().variance, most = least;
        for (auto const& [effect, variance] : set.estimates) {
            least = (std::min)(least, variance);
            most = (std::max)(most, variance + effect * effect);
        }
        auto const grid = [&](int const i) {
            return i == 0 ? 0.0 : least * 0.01 * std::pow(200 * most / least, (i - 1) / 15.0);
        };
        for (bool const restricted : {true, false}) {
            SCOPED_TRACE(std::to_string(repetition) + (restricted ? " REML" : " ML"));
            auto const fit = fit_by(restricted ? "REML" : "ML", set);
            ASSERT_EQ(fit.status, status::ok);
            ASSERT_GT(fit.variance, 0);
            double const best = direct_log_likelihood(set, fit.tau_squared_between, fit.tau_squared_within,
                                                      nullptr, restricted);
            ASSERT_NEAR(best, fit.log_likelihood, 1e-8 * (1 + std::abs(best)));
            double highest = best;
            for (int i = 0; i <= 16; ++i) {
                for (int j = 0; j <= 16; ++j) {
                    highest = (std::max)(highest,
                                         direct_log_likelihood(set, grid(i), grid(j), nullptr, restricted));
                }
            }
            ASSERT_LE(highest, best + 1e-8 * (1 + std::abs(best)));
        }
    }
}

} // namespace
} // namespace accrue::test_dependence_three_levels
