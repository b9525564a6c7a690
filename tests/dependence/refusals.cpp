// What models of dependent effects refuse, and the study that they name; and studies of which each is a
// cluster of its own, that tell nothing within clusters from what is between.

#include "support/relative.hpp"
#include <accrue/dependence.hpp>
#include <accrue/effect.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/regression.hpp>
#include <accrue/small_study.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace accrue::test_dependence_refusals {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct refused {
    std::optional<std::size_t> study;
    std::string text;
};

refused refusal(std::function<void()> const& call) {
    try {
        call();
    } catch (invalid_input const& error) {
        return {error.study(), error.what()};
    }
    return {std::nullopt, "nothing was refused"};
}

bool contains(refused const& what, std::string const& text) {
    return what.text.find(text) != std::string::npos;
}

correlated_estimates two_blocks() {
    auto result = correlated_estimates{Eigen::VectorXd(3), {}};
    result.effects << 0.1, 0.2, 0.3;
    auto pair = Eigen::MatrixXd(2, 2);
    pair << 0.1, 0.05, 0.05, 0.1;
    result.blocks = {{{0, 1}, pair}, {{2}, Eigen::MatrixXd::Constant(1, 1, 0.2)}};
    return result;
}

// Errors that correlate by more than the quotient of their sizes give the larger a negative share.
TEST(CorrelatedEstimates, WhoseMeanIsBeyondTheRangeOfDoubleAreNamed) {
    auto const studies = std::vector<estimate>{{0.1, 1}, {1.7e308, 1}, {-1.7e308, 0.1}};
    auto const beyond = refusal([&] {
        (void)aggregate(correlated(studies, std::vector{1, 2, 2}, constant_correlation{0.9}));
    });
    EXPECT_EQ(beyond.study, 1u);
    EXPECT_TRUE(contains(beyond, "the mean of its block must be finite")) << beyond.text;
    auto const small = refusal([&] {
        auto const tiny = std::vector<estimate>{{0.1, 1}, {1, 5e-324}, {2, 5e-324}, {3, 5e-324}};
        (void)aggregate(correlated(tiny, std::vector{1, 2, 2, 2}, constant_correlation{0}));
    });
    EXPECT_EQ(small.study, 1u);
    EXPECT_TRUE(contains(small, "the variance of its block's mean must be positive")) << small.text;
}

// Beside large variances a covariance may be small, and still has to be that of both.
TEST(CorrelatedEstimates, WhoseSmallCovariancesAreNotSymmetricAreRefused) {
    auto uneven = correlated_estimates{Eigen::VectorXd::Ones(3), {}};
    uneven.blocks = {{{0, 1, 2}, Eigen::MatrixXd{{1e12, 0, 0}, {0, 1, 0.5}, {0, 0.1, 1}}}};
    EXPECT_TRUE(contains(refusal([&] { (void)aggregate(uneven); }), "covariance must be symmetric"));
}

TEST(CorrelatedEstimates, ThatDoNotFitTogetherAreNamed) {
    EXPECT_EQ(aggregate(two_blocks()).size(), 2u);
    auto const changed = [](auto const& change) {
        auto estimates = two_blocks();
        change(estimates);
        return refusal([&] { (void)aggregate(estimates); });
    };
    auto const twice = changed([](auto& all) { all.blocks[1].places[0] = 1; });
    EXPECT_EQ(twice.study, 1u);
    EXPECT_TRUE(contains(twice, "must be in one block only")) << twice.text;
    auto const none = changed([](auto& all) { all.blocks.pop_back(); });
    EXPECT_EQ(none.study, 2u);
    EXPECT_TRUE(contains(none, "must be in a block")) << none.text;
    auto const lost = changed([](auto& all) { all.effects[1] = NAN; });
    EXPECT_EQ(lost.study, 1u);
    EXPECT_TRUE(contains(lost, "effect must be finite")) << lost.text;
    EXPECT_TRUE(contains(changed([](auto& all) { all.blocks[1].places[0] = 3; }),
                         "places must be less than the number of effects"));
    EXPECT_TRUE(
        contains(changed([](auto& all) { all.blocks[0].covariance = Eigen::MatrixXd::Identity(3, 3); }),
                 "covariance must have a row and a column for each effect"));
    EXPECT_TRUE(contains(changed([](auto& all) { all.blocks[0].covariance = Eigen::MatrixXd::Ones(2, 1); }),
                         "covariance must have a row and a column for each effect"));
    for (double const entry : {0.06, 1.0, std::numeric_limits<double>::quiet_NaN(), infinity}) {
        auto const wrong =
            changed([&](auto& all) { all.blocks[0].covariance(0, 1) = entry; }); // above the diagonal alone
        EXPECT_EQ(wrong.study, 0u);
        EXPECT_TRUE(contains(wrong, "symmetric and positive definite")) << wrong.text;
    }
    // Two effects of which one determines the other.
    EXPECT_TRUE(contains(changed([](auto& all) { all.blocks[0].covariance.setConstant(0.1); }),
                         "symmetric and positive definite"));
    EXPECT_TRUE(contains(changed([](auto& all) { all.blocks[0].places.clear(); }), "places of a block"));
    EXPECT_TRUE(contains(refusal([] { (void)aggregate(correlated_estimates{}); }), "estimates"));
}

TEST(CorrelatedEstimates, HaveATimeEachAndTheCorrelationOfTheirDistance) {
    auto const estimates = std::vector<estimate>{{0.1, 0.04}, {0.2, 0.09}, {0.3, 0.16}};
    auto const of = [&](std::vector<double> const& times) {
        return correlated(estimates, std::array{1, 1, 1}, autoregressive_correlation{0.5, times});
    };
    auto const found = of({0, 1, 3});
    EXPECT_RELATIVE(found.blocks[0].covariance(0, 1), 0.5 * 0.2 * 0.3, 1e-14);
    EXPECT_RELATIVE(found.blocks[0].covariance(2, 0), 0.125 * 0.2 * 0.4, 1e-14);
    EXPECT_RELATIVE(found.blocks[0].covariance(1, 2), 0.25 * 0.3 * 0.4, 1e-14);
    EXPECT_TRUE(contains(refusal([&] { (void)of({0, 1}); }), "times must be as many as estimates"));
    EXPECT_TRUE(contains(refusal([&] { (void)of({0}); }), "times must be as many as estimates"));
}

TEST(HierarchicalEffects, NeedRowsForTheirColumns) {
    auto const design = [](Eigen::Index const rows, Eigen::Index const columns) {
        return refusal(
            [&] { (void)hierarchical_effects{}(two_blocks(), Eigen::MatrixXd::Random(rows, columns)); });
    };
    std::string const expected = "design must have a row for each effect, and no more columns than rows";
    EXPECT_TRUE(contains(design(2, 1), expected));
    EXPECT_TRUE(contains(design(3, 0), expected));
    EXPECT_TRUE(contains(design(3, 4), expected));
}

TEST(SharedControl, IsOneControl) {
    auto const studies = std::array{1, 1, 2};
    auto const tables =
        std::vector<two_arms<events>>{{{3, 50}, {5, 60}}, {{4, 55}, {5, 60}}, {{2, 40}, {1, 45}}};
    EXPECT_EQ(shared_control(log_odds_ratio{}, tables, studies).blocks.size(), 2u);
    for (auto const& control : {events{4, 60}, events{6, 60}, events{5, 59}, events{5, 61}}) {
        auto other = tables;
        other[1].control = control;
        auto const what = refusal([&] { (void)shared_control(log_odds_ratio{}, other, studies); });
        EXPECT_EQ(what.study, 1u);
        EXPECT_TRUE(contains(what, "control must be the same as that of study 1")) << what.text;
    }
    auto const means = std::vector<two_arms<arm>>{
        {{30, 1, 2}, {40, 0.5, 2}}, {{35, 1.2, 2}, {40, 0.5, 2}}, {{20, 1, 1}, {25, 1, 2}}};
    EXPECT_EQ(shared_control(mean_difference{}, means, studies).blocks.size(), 2u);
    for (auto const& control : {arm{40, 0.4, 2}, arm{40, 0.6, 2}, arm{40, 0.5, 1.9}, arm{40, 0.5, 2.1},
                                arm{39, 0.5, 2}, arm{41, 0.5, 2}}) {
        auto other = means;
        other[1].control = control;
        EXPECT_EQ(refusal([&] { (void)shared_control(mean_difference{}, other, studies); }).study, 1u);
    }
}

TEST(SeveralOutcomes, ThatDoNotFitTogetherAreNamed) {
    auto const identity = Eigen::MatrixXd(Eigen::MatrixXd::Identity(2, 2) * 0.1);
    auto const studies = std::vector<study_outcomes>{{{0.1, 0.2}, identity, {}},
                                                     {{0.3, 0.1}, identity, {}},
                                                     {{0.2, 0.4}, identity, {}},
                                                     {{0.1, 0.3}, identity, {}}};
    auto const changed = [&](auto const& change) {
        auto other = studies;
        change(other[2]);
        return refusal([&] { (void)multivariate{diagonal{}}(other); });
    };
    auto const lost = changed([](auto& study) { study.effects[1] = infinity; });
    EXPECT_EQ(lost.study, 2u);
    EXPECT_TRUE(contains(lost, "effects must be finite")) << lost.text;
    EXPECT_TRUE(
        contains(changed([](auto& study) { study.effects.clear(); }), "outcomes must be as many as effects"));
    EXPECT_TRUE(
        contains(changed([](auto& study) { study.outcomes = {0}; }), "outcomes must be as many as effects"));
    EXPECT_TRUE(contains(changed([](auto& study) { study.outcomes = {1, 1}; }), "outcomes must differ"));
    EXPECT_TRUE(contains(changed([](auto& study) { study.covariance = Eigen::MatrixXd::Ones(2, 3); }),
                         "covariance must be symmetric"));
    EXPECT_TRUE(contains(changed([](auto& study) { study.covariance = Eigen::MatrixXd::Ones(1, 2); }),
                         "covariance must be symmetric"));
    auto const fit = multivariate{diagonal{}}(studies);
    EXPECT_TRUE(contains(refusal([&] { (void)fit.outcome(2); }),
                         "outcome (counted from 0) must be below the number of outcomes, 2, but is 2"));
}

TEST(DiagnosticAccuracy, CountsAreNotNegative) {
    for (double const count : {-1.0, std::numeric_limits<double>::quiet_NaN(), infinity}) {
        auto const what = refusal([&] {
            (void)diagnostic_accuracy{}(std::vector<diagnostic_counts>{{9, 2, 3, 20}, {1, count, 3, 4}});
        });
        EXPECT_EQ(what.study, 1u);
        EXPECT_TRUE(contains(what, "counts must be zero or positive, and finite")) << what.text;
    }
    for (auto const& counts : {diagnostic_counts{0, 0, 3, 4}, diagnostic_counts{3, 4, 0, 0}}) {
        auto const what =
            refusal([&] { (void)diagnostic_accuracy{}(std::vector<diagnostic_counts>{counts}); });
        EXPECT_TRUE(contains(what, "with and without the disease")) << what.text;
    }
    // One empty cell of each pair is no lack of participants.
    EXPECT_TRUE(contains(refusal([&] {
                             (void)diagnostic_accuracy{}(
                                 std::vector<diagnostic_counts>{{0, 3, 0, 9}, {4, 0, 6, 0}, {1, 1, 0, 0}});
                         }),
                         "study 3: there must be participants"));
}

TEST(LeaveOneClusterOut, NeedsTwoClusters) {
    auto const estimates = std::vector<estimate>{{0.1, 0.2}, {0.3, 0.1}, {0.2, 0.3}, {0.5, 0.2}};
    auto const given = moderators{}.with("dose", {1, 2, 3, 5});
    EXPECT_TRUE(
        contains(refusal([&] {
                     (void)leave_one_cluster_out(three_level{}, estimates, given, std::array{1, 1, 1, 1});
                 }),
                 "needs at least two clusters"));
}

// A working model that was made by hand is one of its own.
TEST(ClusterRobust, TakesAWorkingModelAsItIs) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}};
    auto const clusters = std::array{1, 1, 2, 3};
    auto const fit = three_level{}(estimates, clusters);
    auto const by_hand = working_model(working_model(fit));
    auto const robust = cluster_robust(by_hand, clusters);
    EXPECT_RELATIVE(robust.covariance(0, 0), cluster_robust(fit, clusters).variance, 1e-12);
}

// An effect of infinite variance has no weight, so that a column that it alone has is none.
TEST(ClusterRobust, RefusesADesignThatDependsOnlyOnceItIsWeighted) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}};
    auto fit = working_model(pool(common_effect{}, estimates), estimates);
    fit.design = Eigen::MatrixXd(4, 2); // the means of two groups
    fit.design << 1, 0, 1, 0, 1, 0, 0, 1;
    auto const clusters = std::array{1, 1, 2, 3};
    EXPECT_EQ(cluster_robust(fit, clusters).coefficients.size(), 2);
    fit.blocks[3].covariance(0, 0) = infinity;
    EXPECT_TRUE(contains(refusal([&] { (void)cluster_robust(fit, clusters); }),
                         "design must have columns of which none depends on the others"));
}

// Four coefficients of five clusters: too few to tell how uncertain their covariance is.
TEST(ClusterRobust, TestsOfMoreThanClustersTellAreUndefined) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}, {3, 0.2}};
    auto fit = working_model(pool(common_effect{}, estimates), estimates);
    fit.design = Eigen::MatrixXd(5, 4);
    fit.design << 1, 0, 1, 2, 1, 1, 4, 1, 1, 2, 2, 5, 1, 3, 7, 3, 1, 5, 1, 1;
    auto const robust = cluster_robust(fit, std::array{1, 2, 3, 4, 5});
    auto const all = hotelling_test(robust, Eigen::MatrixXd::Identity(4, 4));
    EXPECT_EQ(all.status, status::undefined);
    EXPECT_TRUE(std::isnan(all.p_value));
}

// Where each study is a cluster only the sum of the variances is known: either may have any share of it, and
// the sum's upper limit is that of tau² in two levels.
TEST(VarianceIntervals, OfClustersOfOneStudyGoFromZeroToThatOfTheSum) {
    auto const estimates =
        std::vector<estimate>{{0.1, 0.2}, {1.3, 0.1}, {-0.6, 0.3}, {0.5, 0.2}, {1.9, 0.15}};
    auto const clusters = std::array{1, 2, 3, 4, 5};
    auto const sets = variance_intervals(three_level{}, estimates, clusters, 0.9);
    auto const expected = tau_squared_interval(profile_likelihood{reml{}}, estimates, 0.9);
    for (auto const& one : {sets.between, sets.within}) {
        EXPECT_EQ(one.status, status::ok);
        EXPECT_EQ(one.lower, 0);
        EXPECT_RELATIVE(one.upper, expected.upper, 1e-7);
    }
    auto const given = moderators{}.with("dose", {1, 2, 3, 5, 4});
    auto const moderated_sets = variance_intervals(three_level{}, estimates, given, clusters, 0.9);
    EXPECT_EQ(moderated_sets.between.lower, 0);
    EXPECT_EQ(moderated_sets.within.lower, 0);
    EXPECT_RELATIVE(moderated_sets.within.upper, moderated_sets.between.upper, 1e-12);
    EXPECT_GT(moderated_sets.between.upper, 0);
    // At the limit the likelihood has fallen by half of chi²(1)'s quantile.
    auto const fit = meta_regression(random_effects{reml{}}, estimates, given);
    EXPECT_LT(fit.tau_squared, moderated_sets.between.upper);
}

TEST(ClusterRobust, RefusesAWorkingModelWhosePartsDoNotFit) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}};
    auto const clusters = std::array{1, 1, 2, 3};
    auto const right = working_model(pool(common_effect{}, estimates), estimates);
    auto const refused_after = [&](auto const& change) {
        auto fit = right;
        change(fit);
        return refusal([&] { (void)cluster_robust(fit, clusters); });
    };
    EXPECT_TRUE(contains(refused_after([](linear_fit& fit) { fit.blocks[1].places = {12345}; }),
                         "places must be less than the number of effects"));
    EXPECT_TRUE(
        contains(refused_after([](linear_fit& fit) { fit.blocks.pop_back(); }), "must be in a block"));
    EXPECT_TRUE(contains(refused_after([](linear_fit& fit) { fit.blocks[1].places = {0}; }),
                         "must be in one block only"));
    EXPECT_TRUE(contains(refused_after([](linear_fit& fit) { fit.blocks[2].places.clear(); }),
                         "places of a block must not be empty"));
    EXPECT_TRUE(contains(refused_after([](linear_fit& fit) { fit.blocks[2].covariance.resize(2, 2); }),
                         "covariance must have a row and a column for each effect of the block"));
    EXPECT_TRUE(contains(refused_after([](linear_fit& fit) { fit.design.resize(3, 1); }),
                         "design must have a row for each effect"));
    auto const infinite_effect = refused_after([](linear_fit& fit) { fit.effects[2] = infinity; });
    EXPECT_EQ(infinite_effect.study, 2U);
    auto const no_design = refused_after([](linear_fit& fit) { fit.design(3, 0) = std::nan(""); });
    EXPECT_EQ(no_design.study, 3U);
}

TEST(ClusterRobust, IsUndefinedWhereTheModelHasNoCovariance) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}};
    auto const clusters = std::array{1, 1, 2, 3};
    auto const expect_undefined = [&](linear_fit const& fit) {
        auto const robust = cluster_robust(fit, clusters);
        EXPECT_EQ(robust.status, status::undefined);
        EXPECT_TRUE(std::isnan(robust.coefficients[0]));
        EXPECT_TRUE(std::isnan(robust.covariance(0, 0)));
        EXPECT_EQ(hotelling_test(robust, Eigen::MatrixXd::Identity(1, 1)).status, status::undefined);
    };
    auto fit = working_model(pool(common_effect{}, estimates), estimates);
    fit.blocks[1].covariance(0, 0) = std::nan("");
    expect_undefined(fit);
    fit.blocks[1].covariance(0, 0) = -1;
    expect_undefined(fit);
    auto unknown = pool(random_effects{}, estimates);
    unknown.tau_squared = std::nan("");
    unknown.status = status::undefined;
    EXPECT_EQ(cluster_robust(unknown, estimates, clusters).status, status::undefined);
}

TEST(ClusterRobust, KeepsTheStatusOfTheModel) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}, {3, 0.2}, {0, 0.3}};
    auto const clusters = std::array{1, 1, 2, 3, 4, 5};
    auto const given = moderators{}.with("dose", {1, 2, 3, 5, 7, 9});
    auto fit = meta_regression(random_effects{}, estimates, given);
    EXPECT_EQ(cluster_robust(fit, estimates, given, clusters).status, status::ok);
    auto const others = moderators{}.with("year", {1, 2, 3, 5, 7, 9});
    EXPECT_TRUE(contains(refusal([&] { (void)cluster_robust(fit, estimates, others, clusters); }),
                         "moderators must be those that the regression was fitted with"));
    fit.status = status::not_converged;
    auto const robust = cluster_robust(fit, estimates, given, clusters);
    EXPECT_EQ(robust.status, status::not_converged);
    EXPECT_EQ(hotelling_test(robust, Eigen::MatrixXd::Identity(2, 2)).status, status::not_converged);
    auto levels = three_level{}(estimates, given, clusters);
    levels.status = status::not_converged;
    EXPECT_EQ(cluster_robust(levels, clusters).status, status::not_converged);
    fit.tau_squared = std::nan("");
    EXPECT_EQ(cluster_robust(fit, estimates, given, clusters).status, status::undefined);
}

// Robust variances are of the coefficients that inverse variances give: others are not taken for these.
TEST(ClusterRobust, RefusesAResultOfOtherEstimatesOrAnotherModel) {
    auto const studies = std::vector<estimate>{{0.9, 0.02}, {0.8, 0.09}, {1.1, 0.05},  {0.2, 0.04},
                                               {0.1, 0.10}, {1.4, 0.20}, {-0.2, 0.03}, {-0.1, 0.07}};
    auto const clusters = std::array{1, 1, 1, 2, 2, 3, 4, 4};
    auto const given = moderators{}.with("year", {3, 1, 4, 1, 5, 9, 2, 6});
    std::string const expected =
        "robust errors are of a common effect, random effects or a regression by either, and of the "
        "estimates that it was fitted to";
    auto const of_mean = [&](pooled const& result, std::vector<estimate> const& estimates) {
        return refusal([&] { (void)cluster_robust(result, estimates, clusters); }).text;
    };
    auto const of_regression = [&](regression const& result, std::vector<estimate> const& estimates) {
        return refusal([&] { (void)cluster_robust(result, estimates, given, clusters); }).text;
    };
    auto const taken = [&](auto const& model) {
        for (std::size_t i = 0; i < studies.size(); ++i) {
            auto others = studies;
            others[i].effect += 0.01;
            EXPECT_EQ(of_mean(pool(model, studies), others), expected) << i;
            EXPECT_EQ(of_regression(meta_regression(model, studies, given), others), expected) << i;
        }
        EXPECT_EQ(of_mean(pool(model, studies), studies), "nothing was refused");
        EXPECT_EQ(of_regression(meta_regression(model, studies, given), studies), "nothing was refused");
    };
    taken(common_effect{});
    taken(random_effects{});
    taken(random_effects{paule_mandel{}, hartung_knapp{}});
    auto const selection = selection_model{fixed_step_weights{{0.025}, {1, 0.5}}};
    EXPECT_EQ(of_mean(three_level{}(studies, clusters), studies), expected);
    EXPECT_EQ(
        of_mean(hierarchical_effects{}(correlated(studies, clusters, constant_correlation{0.5})), studies),
        expected);
    EXPECT_EQ(of_mean(selection(studies).pooled, studies), expected);
    EXPECT_EQ(of_regression(three_level{}(studies, given, clusters), studies), expected);
    EXPECT_EQ(of_regression(meta_regression(selection, studies, given), studies), expected);
}

TEST(CorrelatedEstimates, NameACorrelationThatIsNone) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}};
    auto const clusters = std::array{1, 1, 2};
    for (double const correlation : {2.0, -1.0, 1.0, std::nan("")}) {
        EXPECT_TRUE(contains(
            refusal([&] { (void)correlated(estimates, clusters, constant_correlation{correlation}); }),
            "correlation must be above -1 and below 1, but is "));
    }
    for (double const correlation : {1.0, -0.5, std::nan("")}) {
        EXPECT_TRUE(contains(
            refusal([&] {
                (void)correlated(estimates, clusters, autoregressive_correlation{correlation, {0, 2, 0}});
            }),
            "correlation must be from 0 to less than 1, but is "));
    }
    auto const no_time = refusal([&] {
        (void)correlated(estimates, clusters, autoregressive_correlation{0.5, {0, std::nan(""), 0}});
    });
    EXPECT_EQ(no_time.study, 1U);
    EXPECT_TRUE(contains(no_time, "time must be finite"));
}

// Each step sees clusters whose effects may stand anywhere among all.
TEST(CumulativeClusters, NameAStudyByItsPlaceAmongAll) {
    auto const clusters = std::array{1, 2, 1, 3, 2, 3, 1};
    auto const given = moderators{}.with("dose", {1, 2, 3, 5, 2, 1, 4});
    for (std::size_t bad = 0; bad < clusters.size(); ++bad) {
        auto estimates = std::vector<estimate>{{0.1, 0.2}, {0.3, 0.1}, {0.2, 0.3}, {0.5, 0.2},
                                               {0.4, 0.1}, {0.2, 0.2}, {0.6, 0.3}};
        estimates[bad].variance = -1;
        EXPECT_EQ(refusal([&] { (void)cumulative(three_level{}, estimates, clusters); }).study, bad);
        EXPECT_EQ(refusal([&] { (void)cumulative(three_level{}, estimates, given, clusters); }).study, bad);
        EXPECT_EQ(refusal([&] { (void)leave_one_cluster_out(three_level{}, estimates, clusters); }).study,
                  bad);
    }
    EXPECT_TRUE(contains(
        refusal([] { (void)cumulative(three_level{}, std::vector<estimate>{}, std::vector<int>{}); }),
        "estimates must not be empty"));
}

TEST(ClusterRobust, HasNoCoefficientBeyondTheLast) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}};
    auto const robust =
        cluster_robust(three_level{}(estimates, std::array{1, 1, 2, 3}), std::array{1, 1, 2, 3});
    EXPECT_EQ(robust.coefficients.coefficient(0).variance, robust.variance);
    for (std::size_t const beyond :
         {std::size_t{1}, std::size_t{7}, std::numeric_limits<std::size_t>::max()}) {
        EXPECT_TRUE(contains(refusal([&] { (void)robust.coefficients.coefficient(beyond); }),
                             "coefficient (counted from 0) must be below the number of coefficients, 1"));
    }
}

// One outcome as a model refuses what the model of all does, in the same words, also where so few studies
// have it that nothing is pooled.
TEST(OneOutcome, RefusesWhatTheModelOfAllDoes) {
    auto const covariance = Eigen::MatrixXd(0.1 * Eigen::MatrixXd::Identity(2, 2));
    auto const flaws = std::vector<std::function<void(study_outcomes&)>>{
        [](study_outcomes& study) { study.effects[1] = std::nan(""); },
        [](study_outcomes& study) { study.effects[0] = infinity; },
        [](study_outcomes& study) { study.covariance(0, 0) = -1; },
        [](study_outcomes& study) { study.covariance(0, 1) = 0.05; },
        [](study_outcomes& study) { study.covariance.resize(1, 1); },
        [](study_outcomes& study) { study.outcomes = {0}; },
        [](study_outcomes& study) {
            study.outcomes = {1, 1};
        },
        [](study_outcomes& study) { study = {}; }};
    for (std::size_t count = 0; count < 4; ++count) {
        for (std::size_t bad = 0; bad < count; ++bad) {
            for (auto const& spoil : flaws) {
                auto studies = std::vector<study_outcomes>(count, {{0.1, 0.3}, covariance});
                spoil(studies[bad]);
                auto const by_all = refusal([&] { (void)multivariate{}(studies); });
                auto const by_one = refusal([&] { (void)pool(outcome_of{multivariate{}, 0}, studies); });
                auto const of_none = refusal([&] { (void)pool(outcome_of{multivariate{}, 9}, studies); });
                EXPECT_EQ(by_one.study, bad);
                EXPECT_EQ(by_one.text, by_all.text);
                EXPECT_EQ(of_none.text, by_all.text);
            }
        }
    }
    EXPECT_EQ(refusal([] { (void)pool(outcome_of{}, std::vector<study_outcomes>{}); }).text,
              refusal([] { (void)multivariate{}(std::vector<study_outcomes>{}); }).text);
}

// Outcomes that studies lack are left out, however many a number leaves room for.
TEST(OneOutcome, MayHaveAnyNumber) {
    auto const largest = std::numeric_limits<std::size_t>::max();
    auto const covariance = Eigen::MatrixXd(0.1 * Eigen::MatrixXd::Identity(2, 2));
    auto plain = std::vector<study_outcomes>{
        {{0.1, 0.3}, covariance}, {{0.4, 0.2}, covariance}, {{0.9, 0.5}, covariance}};
    for (std::size_t const second : {std::size_t{2}, std::size_t{1} << 40U, largest - 1, largest}) {
        auto named = plain;
        for (auto& study : named) {
            study.outcomes = {0, second};
        }
        for (std::size_t const which : {0, 1}) {
            auto const expected = pool(outcome_of{multivariate{diagonal{}}, which}, plain);
            auto const found = pool(outcome_of{multivariate{diagonal{}}, which == 0 ? 0 : second}, named);
            EXPECT_EQ(found.effect, expected.effect) << second;
            EXPECT_EQ(found.variance, expected.variance) << second;
        }
    }
}

// Clusters are what is too few, however many effects they have.
TEST(PredictionOfClusters, SaysHowManyClustersItNeeds) {
    auto const estimates = std::vector<estimate>{{1, 0.5}, {2, 0.4}, {4, 0.5}, {1, 0.3}, {2, 0.2}};
    auto const clusters = std::array{1, 1, 1, 2, 2};
    auto const words = [](int const count) {
        return "a prediction interval needs more clusters: at least 3 with m - 2 degrees of freedom, but "
               "there " +
               std::string(count == 1 ? "is " : "are ") + std::to_string(count);
    };
    auto const fit = three_level{}(estimates, clusters);
    EXPECT_EQ(refusal([&] { (void)prediction_interval(fit, 0.95); }).text, words(2));
    EXPECT_EQ(refusal([&] { (void)prediction_interval(cluster_robust(fit, clusters), 0.95); }).text,
              words(2));
    auto const of_one = three_level{}(estimates, std::array{1, 1, 1, 1, 1});
    EXPECT_EQ(refusal([&] { (void)prediction_interval(of_one, 0.95); }).text, words(1));
    EXPECT_TRUE(
        contains(refusal([&] { (void)prediction_interval(fit, 95); }), "level must be between 0 and 1"));
    EXPECT_GT(prediction_interval(fit, 0.95, infinite_degrees_of_freedom{}).width(), 0);
}

TEST(OneOutcome, IsNamedInReports) {
    EXPECT_EQ(name_of(outcome_of{multivariate{}, 1}, ""), "a multivariate model (outcome 1, counted from 0)");
}

} // namespace
} // namespace accrue::test_dependence_refusals
