// Three levels with moderators: the values of metafor and clubSandwich.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/regression_model.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/dependence/three_level_interval.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/predict.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace accrue::test_dependence_three_level_moderators {
namespace {

struct moderated_set {
    std::vector<estimate> estimates;
    std::vector<std::string> clusters;
    std::vector<double> x;
    std::vector<std::string> f;
};

std::map<std::string, moderated_set> const& inputs() {
    static auto const sets = [] {
        auto result = std::map<std::string, moderated_set>{};
        for (auto const& row : test::golden("dependence/three_level_moderators_input.csv")) {
            auto& set = result[row.text("dataset")];
            set.estimates.push_back({row.number("effect"), row.number("variance")});
            set.clusters.push_back(row.text("cluster"));
            set.x.push_back(row.number("x"));
            set.f.push_back(row.text("f"));
        }
        return result;
    }();
    return sets;
}

moderators moderators_of(std::string const& form, moderated_set const& set) {
    auto const x = moderators{}.with("x", set.x);
    auto const f = moderators{}.with_factor("f", set.f);
    return form == "~ x"       ? x
           : form == "~ f"     ? f
           : form == "~ x + f" ? x.with_factor("f", set.f)
                               : f.without_intercept();
}

three_level_regression fit_of(test::row const& row, std::string const& method = "REML") {
    auto const& set = inputs().at(row.text("dataset"));
    auto const given = moderators_of(row.text("form"), set);
    return method == "REML" ? three_level{}(set.estimates, given, set.clusters)
                            : three_level{maximum_likelihood{}}(set.estimates, given, set.clusters);
}

// The variances are roots of the score by dense matrices to some 1e-13. Years are not centred in metafor's
// normal equations, which cost it digits of the intercept and of the likelihood.
TEST(ThreeLevelModerators, AgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level_moderators.csv")) {
        SCOPED_TRACE(row.where());
        auto const fit = fit_of(row, row.text("method"));
        EXPECT_EQ(fit.status, status::ok);
        EXPECT_RELATIVE(fit.tau_squared_between, row.number("between"), 1e-8, 1e-9);
        EXPECT_RELATIVE(fit.tau_squared_within, row.number("within"), 1e-8, 1e-9);
        EXPECT_RELATIVE(fit.log_likelihood, row.number("log_likelihood"), 1e-8, 1e-8);
        EXPECT_RELATIVE(fit.q, row.number("q"), 1e-8);
        auto const test = omnibus_test(fit);
        EXPECT_RELATIVE(test.statistic, row.number("omnibus"), 1e-7);
        EXPECT_RELATIVE(test.p_value, row.number("omnibus_p"), 1e-6);
    }
}

TEST(ThreeLevelModerators, CoefficientsAgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level_moderators_coefficients.csv")) {
        SCOPED_TRACE(row.where());
        auto const fit = fit_of(row, row.text("method"));
        auto const j = static_cast<std::size_t>(row.number("place"));
        double const se = row.number("se");
        EXPECT_NEAR(fit.coefficients[j], row.number("coefficient"),
                    1e-8 * se + 1e-9 * std::abs(fit.coefficients[j]));
        EXPECT_RELATIVE(std::sqrt(fit.covariance(detail::index(j), detail::index(j))), se, 1e-8);
        EXPECT_RELATIVE(p_values(fit)[j], row.number("p_value"), 1e-7, 1e-9);
        auto const interval = confidence_intervals(fit, 0.95)[j];
        EXPECT_NEAR(interval.lower, row.number("lower"), 3e-8 * (se + std::abs(interval.lower)));
        EXPECT_NEAR(interval.upper, row.number("upper"), 3e-8 * (se + std::abs(interval.upper)));
    }
}

TEST(ThreeLevelModerators, PredictionsAgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level_moderators_predictions.csv")) {
        SCOPED_TRACE(row.where());
        auto const fit = fit_of(row);
        auto const study = static_cast<Eigen::Index>(row.number("row"));
        auto const columns = fit.design.columns();
        auto at = std::vector<double>{};
        for (Eigen::Index j = 0; j < columns.cols(); ++j) {
            at.push_back(columns(study, j));
        }
        auto const here = predict(fit, at, 0.95);
        double const size = row.number("se");
        EXPECT_NEAR(here.effect, row.number("effect"), 1e-7 * size);
        EXPECT_RELATIVE(std::sqrt(here.variance), size, 1e-8);
        EXPECT_NEAR(here.confidence.lower, row.number("lower"), 1e-7 * size);
        EXPECT_NEAR(here.confidence.upper, row.number("upper"), 1e-7 * size);
        EXPECT_RELATIVE(here.prediction.lower, row.number("prediction_lower"), 1e-7, 1e-7 * size);
        EXPECT_RELATIVE(here.prediction.upper, row.number("prediction_upper"), 1e-7, 1e-7 * size);
    }
}

TEST(ThreeLevelModerators, PredictionsByLevelAgreeWithMetafor) {
    auto fits = std::map<std::string, three_level_regression>{};
    for (auto const& row : test::golden("dependence/three_level_moderators_blup.csv")) {
        SCOPED_TRACE(row.where());
        auto const name = row.text("dataset");
        auto const& set = inputs().at(name);
        auto const& fit =
            fits.try_emplace(name, three_level{}(set.estimates, moderators_of("~ x + f", set), set.clusters))
                .first->second;
        auto const place = static_cast<std::size_t>(row.number("place"));
        if (row.text("level") == "cluster") {
            for (std::size_t i = 0; i < set.clusters.size(); ++i) {
                if (set.clusters[i] == row.text("label")) {
                    auto const found = cluster_deviations(fit)[fit.groups.of[i]];
                    EXPECT_RELATIVE(found.effect, row.number("effect"), 1e-7, 1e-9);
                    EXPECT_RELATIVE(std::sqrt(found.variance), row.number("se"), 1e-7, 1e-9);
                    break;
                }
            }
        } else {
            // metafor gives w_ij, the study's difference from its cluster.
            auto const found = study_effects(fit)[place];
            double expected = row.number("effect") + cluster_deviations(fit)[fit.groups.of[place]].effect;
            for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
                expected +=
                    fit.design.columns()(detail::index(place), detail::index(j)) * fit.coefficients[j];
            }
            EXPECT_RELATIVE(found.effect, expected, 1e-7, 1e-8);
            EXPECT_GT(found.variance, 0);
            EXPECT_LE(found.variance, set.estimates[place].variance * (1 + 1e-12));
        }
    }
}

// metafor's limits are roots along a profile of optima that it knows to about half of a double's digits.
TEST(ThreeLevelModerators, ProfileLikelihoodIntervalsAgreeWithMetafor) {
    for (auto const& row : test::golden("dependence/three_level_moderators.csv")) {
        if (row.missing("within_upper")) {
            continue;
        }
        SCOPED_TRACE(row.where());
        auto const& set = inputs().at(row.text("dataset"));
        auto const sets = variance_intervals(three_level{}, set.estimates,
                                             moderators_of(row.text("form"), set), set.clusters, 0.95);
        EXPECT_EQ(sets.between.status, status::ok);
        EXPECT_RELATIVE(sets.between.lower, row.number("between_lower"), 1e-7);
        EXPECT_RELATIVE(sets.between.upper, row.number("between_upper"), 1e-7);
        EXPECT_RELATIVE(sets.within.lower, row.number("within_lower"), 1e-7);
        EXPECT_RELATIVE(sets.within.upper, row.number("within_upper"), 1e-7);
    }
}

// clubSandwich works from metafor's normal equations: see the first test.
TEST(ThreeLevelModerators, RobustVariancesAgreeWithClubSandwich) {
    for (auto const& row : test::golden("dependence/three_level_moderators_robust.csv")) {
        SCOPED_TRACE(row.where());
        auto const fit = fit_of(row);
        auto const& clusters = inputs().at(row.text("dataset")).clusters;
        auto const type = row.text("type");
        auto const robust = type == "CR0"   ? cluster_robust(fit, clusters, cr0{})
                            : type == "CR1" ? cluster_robust(fit, clusters, cr1{})
                                            : cluster_robust(fit, clusters, cr2{});
        auto const j = static_cast<Eigen::Index>(row.number("place"));
        EXPECT_RELATIVE(std::sqrt(robust.covariance(j, j)), row.number("se"), 1e-7);
        EXPECT_RELATIVE(robust.degrees_of_freedom[j], row.number("degrees_of_freedom"), 1e-6);
    }
}

} // namespace
} // namespace accrue::test_dependence_three_level_moderators
