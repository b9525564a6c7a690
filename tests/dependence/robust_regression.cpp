// Robust variances of meta-regressions, and moderators of hierarchical effects.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/hierarchical_effects.hpp>
#include <accrue/dependence/regression_model.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace accrue::test_dependence_robust_regression {
namespace {

struct moderated_set {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
    std::vector<double> x1;
    std::vector<double> x2;

    [[nodiscard]] moderators design() const { return moderators{}.with("x1", x1).with("x2", x2); }
};

std::map<std::string, moderated_set> read_sets() {
    auto sets = std::map<std::string, moderated_set>{};
    for (auto const& row : test::golden("dependence/cluster_robust_moderated_input.csv")) {
        auto& set = sets[row.text("dataset")];
        set.estimates.push_back({row.number("effect"), row.number("variance")});
        set.clusters.push_back(row.text("cluster"));
        set.x1.push_back(row.number("x1"));
        set.x2.push_back(row.number("x2"));
    }
    return sets;
}

TEST(RobustRegression, AgreesWithClubSandwich) {
    auto const sets = read_sets();
    for (auto const& row : test::golden("dependence/cluster_robust_moderated.csv")
                               .where("model", "independent")
                               .where("type", "CR2")) {
        SCOPED_TRACE(row.where());
        auto const& set = sets.at(row.text("dataset"));
        auto const fit = meta_regression(random_effects{dersimonian_laird{}}, set.estimates, set.design());
        auto const robust = cluster_robust(fit, set.estimates, set.design(), set.clusters, cr2{});
        auto const one = robust.coefficient(static_cast<std::size_t>(row.number("coefficient")));
        EXPECT_RELATIVE(one.effect, row.number("beta"), 1e-8);
        EXPECT_RELATIVE(standard_error(one), row.number("se"), 1e-8);
        EXPECT_RELATIVE(one.degrees_of_freedom, row.number("degrees_of_freedom"), 1e-8);
    }
}

TEST(RobustRegression, HierarchicalEffectsOfSinglesAreAMetaRegression) {
    for (auto const& [name, set] : read_sets()) {
        SCOPED_TRACE(name);
        auto singles = std::vector<std::size_t>{};
        for (std::size_t i = 0; i < set.estimates.size(); ++i) {
            singles.push_back(i);
        }
        auto const here = hierarchical_effects{}(correlated(set.estimates, singles, constant_correlation{0}),
                                                 design_of(set.design(), set.estimates.size()));
        auto const there = meta_regression(random_effects{}, set.estimates, set.design());
        for (std::size_t j = 0; j < 3; ++j) {
            auto const at = static_cast<Eigen::Index>(j);
            EXPECT_RELATIVE(here.coefficients[at], there.coefficients[j], 1e-7);
            EXPECT_RELATIVE(here.covariance(at, at), there.covariance(at, at), 1e-7);
        }
        EXPECT_RELATIVE(here.tau_squared, there.tau_squared, 1e-7, 1e-12);
    }
}

// Of equal effects the variances are 0 but for rounding, and their ratio to it says nothing.
TEST(HotellingTest, OfEqualEffectsIsUndefined) {
    auto const effects = std::vector<estimate>{{.25, .1},  {.25, .2},  {.25, .15}, {.25, .3},
                                               {.25, .12}, {.25, .22}, {.25, .31}, {.25, .17}};
    auto const slopes = moderators{}.with("x", std::vector{.3, .1, .7, .2, .9, .4, .5, .8});
    auto const fit = meta_regression(random_effects{reml{}}, effects, slopes);
    auto const robust = cluster_robust(fit, effects, slopes, std::vector{1, 1, 2, 2, 3, 3, 4, 4}, cr2{});
    EXPECT_EQ(robust.status, status::undefined);
    Eigen::MatrixXd slope = Eigen::MatrixXd::Zero(1, 2);
    slope(0, 1) = 1;
    EXPECT_EQ(hotelling_test(robust, slope).status, status::undefined);
    EXPECT_EQ(hotelling_test(robust, Eigen::MatrixXd::Identity(2, 2)).status, status::undefined);
}

} // namespace
} // namespace accrue::test_dependence_robust_regression
