// Robust variances: the values of clubSandwich and robumeta, and laws.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace accrue::test_dependence_cluster_robust {
namespace {

struct clustered {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
    std::vector<std::array<double, 3>> rows;
    double tau_squared = 0;
};

std::map<std::string, clustered> read_sets(std::string const& file) {
    auto sets = std::map<std::string, clustered>{};
    for (auto const& row : test::golden("dependence/" + file)) {
        auto& set = sets[row.text("dataset")];
        set.estimates.push_back({row.number("effect"), row.number("variance")});
        set.clusters.push_back(row.text("cluster"));
        if (row.has("x1")) {
            set.rows.push_back({1, row.number("x1"), row.number("x2")});
            set.tau_squared = row.number("tau_squared");
        }
    }
    return sets;
}

template <class Function>
auto with_correction(std::string const& name, Function const& function) {
    return name == "CR0" ? function(cr0{}) : name == "CR1" ? function(cr1{}) : function(cr2{});
}

// The models are at the same variances to some 1e-13; what is left is rounding.
// Qualifies: DEPENDENCE-1
TEST(ClusterRobust, MeansAgreeWithClubSandwich) {
    auto const sets = read_sets("three_level_input.csv");
    for (auto const& row : test::golden("dependence/cluster_robust.csv")) {
        SCOPED_TRACE(row.where() + row.text("dataset") + row.text("type"));
        auto const& set = sets.at(row.text("dataset"));
        auto const robust = with_correction(row.text("type"), [&](auto const& correction) {
            if (row.text("model") == "three_level") {
                return cluster_robust(three_level{}(set.estimates, set.clusters), set.clusters, correction);
            }
            return cluster_robust(pool(random_effects{dersimonian_laird{}}, set.estimates), set.estimates,
                                  set.clusters, correction);
        });
        EXPECT_EQ(robust.status, status::ok);
        EXPECT_RELATIVE(standard_error(robust), row.number("se"), 1e-8);
        EXPECT_RELATIVE(robust.degrees_of_freedom, row.number("degrees_of_freedom"), 1e-8);
    }
}

linear_fit regression_of(clustered const& set, bool const three_levels) {
    auto const size = static_cast<Eigen::Index>(set.estimates.size());
    auto fit = linear_fit{Eigen::MatrixXd(size, 3), Eigen::VectorXd(size), {}};
    for (Eigen::Index i = 0; i < size; ++i) {
        auto const& row = set.rows[static_cast<std::size_t>(i)];
        fit.design.row(i) = Eigen::RowVector3d(row[0], row[1], row[2]);
        fit.effects[i] = set.estimates[static_cast<std::size_t>(i)].effect;
    }
    auto by_cluster = std::map<std::string, std::vector<std::size_t>>{};
    for (std::size_t i = 0; i < set.estimates.size(); ++i) {
        by_cluster[three_levels ? set.clusters[i] : std::to_string(i)].push_back(i);
    }
    for (auto const& [name, places] : by_cluster) {
        auto const count = static_cast<Eigen::Index>(places.size());
        Eigen::MatrixXd covariance = Eigen::MatrixXd::Constant(count, count, three_levels ? 0.05 : 0.0);
        for (Eigen::Index i = 0; i < count; ++i) {
            covariance(i, i) += set.estimates[places[static_cast<std::size_t>(i)]].variance +
                                (three_levels ? 0.02 : set.tau_squared);
        }
        fit.blocks.push_back({places, covariance});
    }
    return fit;
}

// Qualifies: DEPENDENCE-1
TEST(ClusterRobust, CoefficientsAgreeWithClubSandwich) {
    auto const sets = read_sets("cluster_robust_moderated_input.csv");
    for (auto const& row : test::golden("dependence/cluster_robust_moderated.csv")) {
        SCOPED_TRACE(row.where());
        auto const& set = sets.at(row.text("dataset"));
        auto const fit = regression_of(set, row.text("model") == "three_level");
        auto const robust = with_correction(row.text("type"), [&](auto const& correction) {
            return cluster_robust(fit, set.clusters, correction);
        });
        auto const one = robust.coefficient(static_cast<std::size_t>(row.number("coefficient")));
        EXPECT_RELATIVE(one.effect, row.number("beta"), 1e-8);
        EXPECT_RELATIVE(standard_error(one), row.number("se"), 1e-8);
        EXPECT_RELATIVE(one.degrees_of_freedom, row.number("degrees_of_freedom"), 1e-8);
    }
}

TEST(ClusterRobust, HotellingTestsAgreeWithClubSandwich) {
    auto const sets = read_sets("cluster_robust_moderated_input.csv");
    Eigen::MatrixXd const slopes = (Eigen::MatrixXd(2, 3) << 0, 1, 0, 0, 0, 1).finished();
    for (auto const& row : test::golden("dependence/cluster_robust_tests.csv")) {
        SCOPED_TRACE(row.where());
        auto const& set = sets.at(row.text("dataset"));
        auto const fit = regression_of(set, row.text("model") == "three_level");
        auto const test = with_correction(row.text("type"), [&](auto const& correction) {
            return hotelling_test(cluster_robust(fit, set.clusters, correction), slopes);
        });
        EXPECT_EQ(test.status, status::ok);
        EXPECT_RELATIVE(test.statistic, row.number("statistic"), 1e-8);
        EXPECT_RELATIVE(test.numerator_degrees_of_freedom, row.number("numerator"), 1e-12);
        EXPECT_RELATIVE(test.denominator_degrees_of_freedom, row.number("denominator"), 1e-8);
        EXPECT_RELATIVE(test.p_value, row.number("p_value"), 1e-8);
    }
}

// robumeta's weights are taken as they are printed; what is compared is the correction of them.
TEST(ClusterRobust, WeightsOfRobumetaGiveItsResults) {
    for (auto const& row : test::golden("dependence/robumeta.csv")) {
        SCOPED_TRACE(row.where());
        auto fit = linear_fit{};
        auto clusters = std::vector<std::string>{};
        auto effects = std::vector<double>{};
        for (auto const& study : test::golden("dependence/robumeta_input.csv")
                                     .where("dataset", row.text("dataset"))
                                     .where("weights", row.text("weights"))) {
            fit.blocks.push_back(
                {{effects.size()}, Eigen::MatrixXd::Constant(1, 1, 1 / study.number("weight"))});
            effects.push_back(study.number("effect"));
            clusters.push_back(study.text("cluster"));
        }
        auto const size = static_cast<Eigen::Index>(effects.size());
        fit.effects = Eigen::Map<Eigen::VectorXd const>(effects.data(), size);
        fit.design = Eigen::MatrixXd::Ones(size, 1);
        auto const robust = cluster_robust(fit, clusters, cr2{}).coefficient(0);
        EXPECT_RELATIVE(robust.effect, row.number("beta"), 1e-8);
        EXPECT_RELATIVE(standard_error(robust), row.number("se"), 1e-8);
        EXPECT_RELATIVE(robust.degrees_of_freedom, row.number("degrees_of_freedom"), 1e-8);
    }
}

TEST(ClusterRobust, EqualStudiesGiveTheVarianceOfTheirMean) {
    // With equal weights and one effect in each cluster CR2 is s²/k with k - 1 degrees of freedom: the t
    // test.
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.5}, {4, 0.5}, {9, 0.5}};
    auto const robust =
        cluster_robust(pool(common_effect{}, estimates), estimates, std::array{1, 2, 3, 4}, cr2{});
    EXPECT_RELATIVE(robust.variance, 38.0 / 3 / 4, 1e-13);
    EXPECT_RELATIVE(robust.degrees_of_freedom, 3, 1e-12);
    EXPECT_DOUBLE_EQ(robust.effect, 4);
    EXPECT_GT(p_value(robust), 0.1);
    EXPECT_TRUE(confidence_interval(robust, 0.95).contains(4));
}

TEST(ClusterRobust, BadInputIsNamed) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.5}, {4, 0.5}};
    auto const fit = three_level{}(estimates, std::array{1, 1, 2});
    EXPECT_THROW((void)cluster_robust(fit, std::array{1, 2, 2}), invalid_input); // parts a block
    EXPECT_THROW((void)cluster_robust(fit, std::array{1, 1, 1}), invalid_input);
    EXPECT_THROW((void)cluster_robust(fit, std::array{1, 1}), invalid_input);
    auto dependent = working_model(fit);
    dependent.design = Eigen::MatrixXd::Ones(3, 2);
    EXPECT_THROW((void)cluster_robust(dependent, std::array{1, 1, 2}), invalid_input);
    EXPECT_THROW((void)hotelling_test(cluster_robust(working_model(fit), std::array{1, 1, 2}),
                                      Eigen::MatrixXd::Ones(1, 2)),
                 invalid_input);
}

} // namespace
} // namespace accrue::test_dependence_cluster_robust
