// Dependent effects in any units, and shapes that do not fit: nothing is read beyond its end, nothing unknown
// is `ok`.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/dependence.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_dependence_units_and_shapes {
namespace {

using accrue::test::refusal_of;

Eigen::MatrixXd square(double const a, double const b, double const c) {
    Eigen::MatrixXd result(2, 2);
    result << a, c, c, b;
    return result;
}
Eigen::MatrixXd single(double const v) {
    return Eigen::MatrixXd::Constant(1, 1, v);
}

std::vector<study_outcomes> two_outcomes() {
    return {{{0.5, 0.9}, square(0.05, 0.2, 0.06), {}},
            {{-0.3, 0.1}, square(0.1, 0.04, 0.02), {}},
            {{1.1}, single(0.08), {0}},
            {{0.6}, single(0.15), {1}},
            {{0.9, 1.4}, square(0.3, 0.09, 0.08), {}},
            {{-0.6, -0.8}, square(0.02, 0.11, 0.01), {}},
            {{0.2, 0.7}, square(0.07, 0.05, 0.03), {}},
            {{0.4, -0.2}, square(0.06, 0.3, 0.05), {}}};
}

// A unit that is no power of two rounds every number that is given, and no step of the fits depends on units:
// what differs is rounding, 2e-15 where it was measured.
constexpr double rounding = 1e-13;

template <class Model>
void expect_units_do_not_matter(Model const& model) {
    auto const plain = model(two_outcomes());
    ASSERT_EQ(plain.status, status::ok);
    for (double const unit : {1e-6, 1e5, 1e9}) {
        auto studies = two_outcomes();
        for (auto& study : studies) {
            auto const place = static_cast<Eigen::Index>(study.effects.size()) - 1;
            if (study.outcomes.empty() || study.outcomes.front() == 1) {
                study.effects[static_cast<std::size_t>(place)] *= unit;
                study.covariance.row(place) *= unit;
                study.covariance.col(place) *= unit;
            }
        }
        auto const changed = model(studies);
        EXPECT_EQ(changed.status, status::ok) << unit;
        EXPECT_RELATIVE(changed.effects[0], plain.effects[0], rounding);
        EXPECT_RELATIVE(changed.effects[1] / unit, plain.effects[1], rounding);
        EXPECT_RELATIVE(changed.between_covariance(1, 1) / unit / unit, plain.between_covariance(1, 1),
                        rounding);
    }
}

TEST(UnitsAndShapes, OneOutcomesUnitIsItsOwn) {
    expect_units_do_not_matter(multivariate<>{});
    expect_units_do_not_matter(multivariate<diagonal>{});
}

TEST(UnitsAndShapes, AnOutcomeIsBelowTheNumberOfEffects) {
    for (std::size_t const which : {std::size_t(9), std::numeric_limits<std::size_t>::max()}) {
        auto studies = two_outcomes();
        studies.resize(4);
        studies[3].outcomes = {which};
        EXPECT_EQ(refusal_of([&] { (void)multivariate{}(studies); }),
                  "study 4: outcome must be below the number of effects, 6, but is " + std::to_string(which));
    }
}

TEST(UnitsAndShapes, ACovarianceThatNoStudyTellsIsNotKnown) {
    auto const studies = std::vector<study_outcomes>{{{0.1}, single(0.1), {0}},
                                                     {{0.9}, single(0.1), {0}},
                                                     {{0.3}, single(0.1), {1}},
                                                     {{-0.8}, single(0.2), {1}}};
    auto const fit = multivariate<compound_symmetric>{}(studies);
    EXPECT_EQ(fit.status, status::undefined);
    EXPECT_TRUE(std::isnan(fit.between_covariance(0, 1)));
    EXPECT_TRUE(fit.between_covariance(0, 0) >= 0);
}

TEST(UnitsAndShapes, AClusteringNumbersItsOwnClusters) {
    auto const studies = std::vector<estimate>{{0.1, 0.1}, {0.2, 0.1}, {0.7, 0.2}};
    EXPECT_EQ(refusal_of([&] {
                  (void)three_level{}(studies, clustering{{0, 1, 7}, 2});
              }),
              "study 3: cluster must be below the number of clusters, 2, but is 7");
    EXPECT_EQ(refusal_of([&] {
                  (void)three_level{}(studies, clustering{{0, 2, 2}, 3});
              }),
              "clusters must have an effect each: of 3, 1 have none");
    EXPECT_EQ(refusal_of([&] {
                  (void)three_level{}(studies, clustering{{0, 1, 1}, std::size_t(1) << 47});
              }),
              "clusters must have an effect each, but are 140737488355328 for 3 estimates");
}

TEST(UnitsAndShapes, ThreeLevelsScaleToTheEndsOfTheType) {
    auto const studies =
        std::vector<estimate>{{0.1, 0.1}, {0.9, 0.2}, {-0.7, 0.1}, {0.4, 0.3}, {1.9, 0.2}, {-1.2, 0.1}};
    auto const clusters = std::vector<int>{1, 1, 1, 2, 2, 3};
    auto const given = moderators{}.with("x", {0.0, 1.0, 0.3, 0.9, 0.2, 0.5});
    auto const plain = three_level{}(studies, clusters);
    auto const regression = three_level{}(studies, given, clusters);
    ASSERT_GT(plain.tau_squared_within, 0.1);
    for (double const unit : {1e-145, 1e-90, 1e90, 1e145}) {
        auto scaled = studies;
        for (auto& study : scaled) {
            study.effect *= unit;
            study.variance = study.variance * unit * unit;
        }
        auto const fit = three_level{}(scaled, clusters);
        EXPECT_EQ(fit.status, plain.status) << unit;
        EXPECT_RELATIVE(fit.effect / unit, plain.effect, rounding);
        EXPECT_RELATIVE(fit.tau_squared_within / unit / unit, plain.tau_squared_within, rounding);
        auto const along = three_level{}(scaled, given, clusters);
        EXPECT_EQ(along.status, regression.status) << unit;
        EXPECT_RELATIVE(along.coefficients[1] / unit, regression.coefficients[1], rounding);
    }
}

TEST(UnitsAndShapes, CovariancesOfTinyVariancesDoNotVanish) {
    auto const outcomes = correlated(std::vector<estimate>{{1e-150, 1e-300}, {2e-150, 4e-300}},
                                     std::vector<int>{1, 1}, constant_correlation{0.5});
    EXPECT_RELATIVE(outcomes.blocks[0].covariance(0, 1), 1e-300, 1e-15);
}

TEST(UnitsAndShapes, DependentContrastsAreRefused) {
    Eigen::MatrixXd contrasts(2, 2);
    contrasts << 1, -1, 2, -2;
    auto const fit = multivariate{}(two_outcomes());
    std::string const refusal = "contrasts must have rows of which none depends on the others";
    EXPECT_EQ(refusal_of([&] { (void)wald_test(fit, contrasts); }), refusal);
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8};
    auto const robust = cluster_robust(working_model(fit), clusters);
    EXPECT_EQ(refusal_of([&] { (void)hotelling_test(robust, contrasts); }), refusal);
}

// What is a template only for the sake of compile time takes what a function would: expressions, derived
// types, references, indices of any type, lists in braces.
TEST(UnitsAndShapes, WhatConvertsIsTaken) {
    struct named_fit : multivariate_fit {
        std::string name;
    };
    auto const fit = named_fit{multivariate{}(two_outcomes()), "two"};
    auto const expected = wald_test(multivariate_fit(fit), Eigen::MatrixXd::Identity(2, 2)).statistic;
    EXPECT_EQ(wald_test(fit, Eigen::MatrixXd::Identity(2, 2)).statistic, expected);
    EXPECT_EQ(wald_test(std::ref(fit), Eigen::MatrixXd::Identity(2, 2)).statistic, expected);
    EXPECT_EQ(p_values(std::ref(fit)).size(), 2U);
    EXPECT_EQ(confidence_intervals(fit, 0.95).size(), 2U);
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8};
    auto const robust = cluster_robust(working_model(fit), clusters);
    EXPECT_EQ(hotelling_test(std::ref(robust), Eigen::RowVector2d(1, -1)).statistic,
              hotelling_test(robust, Eigen::RowVector2d(1, -1)).statistic);
    EXPECT_EQ(robust.between(std::size_t{1}, 0), robust.between(1, 0U));
    Eigen::VectorXd const parameters = Eigen::Vector3d(1, 0.5, 2);
    EXPECT_EQ(unstructured::covariance(Eigen::Vector3d(1, 0.5, 2), 2),
              unstructured::covariance(parameters, 2));
    EXPECT_EQ(unstructured::gradient(2 * parameters, square(1, 2, 0)),
              2 * unstructured::gradient(parameters, square(1, 2, 0)));
    EXPECT_EQ(unstructured::start(parameters.head(2), 0.5),
              unstructured::start(Eigen::Vector2d(1, 0.5), 0.5));
    EXPECT_EQ(aggregate({Eigen::Vector2d(1, 2), {{{0, 1}, square(1, 1, 0)}}}).front().effect, 1.5);
    auto const bread = single(0.5);
    auto const root = single(std::sqrt(0.5));
    EXPECT_RELATIVE(cr2{}({single(1), single(1), bread, 2, root, 1})(0, 0), std::sqrt(2.0), rounding);
}

TEST(AggregatedEffects, AreTheSameInAnyUnit) {
    auto const effects = std::vector<double>{0.3, -1.1, 0.4, 0.7};
    auto const variances = std::vector<double>{0.2, 0.9, 0.05, 3.0};
    auto const clusters = std::vector{1, 1, 1, 2};
    auto const in_unit = [&](int const power) {
        auto studies = std::vector<estimate>{};
        for (std::size_t i = 0; i < effects.size(); ++i) {
            studies.push_back({std::ldexp(effects[i], power), std::ldexp(variances[i], 2 * power)});
        }
        return aggregate(correlated(studies, clusters, constant_correlation{0.6}));
    };
    auto const plain = in_unit(0);
    for (int const power : {-500, -300, 300, 500}) {
        auto const scaled = in_unit(power);
        for (std::size_t i = 0; i < plain.size(); ++i) {
            EXPECT_RELATIVE(scaled[i].effect, std::ldexp(plain[i].effect, power), 1e-14) << power;
            EXPECT_RELATIVE(scaled[i].variance, std::ldexp(plain[i].variance, 2 * power), 1e-14) << power;
        }
    }
    // Where quotients of variances underflow: the first effect counts for -1e-301, and a share r² of the
    // variance is saved.
    auto const apart = aggregate(correlated(std::vector<estimate>{{1e160, 1e300}, {2, 1e-300}},
                                            std::vector{1, 1}, constant_correlation{0.1}));
    EXPECT_RELATIVE(apart.front().effect, 2, 1e-14);
    EXPECT_RELATIVE(apart.front().variance, 0.99e-300, 1e-14);
    // It is heard where it is large enough.
    auto const loud = aggregate(correlated(std::vector<estimate>{{1.7e308, 1e300}, {2, 1e-300}},
                                           std::vector{1, 1}, constant_correlation{0.1}));
    EXPECT_RELATIVE(loud.front().effect, 2 - 1.7e7, 1e-13);
    // At the ends of the type.
    for (double const other : {1.6e308, -1.6e308}) {
        auto const large = aggregate(correlated(std::vector<estimate>{{1.7e308, 1}, {other, 1}},
                                                std::vector{1, 1}, constant_correlation{0.1}));
        EXPECT_RELATIVE(large.front().effect, 1.7e308 / 2 + other / 2, 1e-14);
    }
}

TEST(UnitsAndShapes, ContrastsMayBeInAnyUnit) {
    auto const fit = multivariate{}(two_outcomes());
    Eigen::MatrixXd contrasts(2, 2);
    contrasts << 1, 0, 0, 1;
    auto const expected = wald_test(fit, contrasts);
    for (double const unit : {1e-150, 1e-20, 1e20, 1e150}) {
        contrasts << 1, 0, 0, unit;
        EXPECT_RELATIVE(wald_test(fit, contrasts).statistic, expected.statistic, rounding) << unit;
    }
}

TEST(UnitsAndShapes, ModeratorsMayBeInAnyUnit) {
    auto const outcomes = correlated(
        std::vector<estimate>{{0.1, 0.1}, {0.9, 0.2}, {-0.7, 0.1}, {0.4, 0.3}, {1.9, 0.2}, {-1.2, 0.1}},
        std::vector<int>{1, 1, 1, 2, 2, 3}, constant_correlation{0.5});
    auto const at = [&](double const unit) {
        Eigen::MatrixXd design = Eigen::MatrixXd::Ones(6, 2);
        design.col(1) << 0, unit, 0.3 * unit, 0.9 * unit, 0.2 * unit, 0.5 * unit;
        return hierarchical_effects{}(outcomes, design);
    };
    auto const plain = at(1);
    ASSERT_EQ(plain.status, status::ok);
    for (double const unit : {1e-150, 1e-18, 1e-16, 1e-10, 1e10, 1e15, 1e18, 1e150}) {
        auto const scaled = at(unit);
        EXPECT_EQ(scaled.status, status::ok) << unit;
        EXPECT_RELATIVE(scaled.coefficients[0], plain.coefficients[0], 1e-9);
        EXPECT_RELATIVE(scaled.coefficients[1] * unit, plain.coefficients[1], 1e-9);
        EXPECT_RELATIVE(scaled.covariance(1, 1) * unit * unit, plain.covariance(1, 1), 1e-9);
    }
    Eigen::MatrixXd dependent = Eigen::MatrixXd::Constant(6, 2, 1e18);
    dependent.col(0).setOnes();
    EXPECT_EQ(refusal_of([&] { (void)hierarchical_effects{}(outcomes, dependent); }),
              "design must have columns of which none depends on the others");
}

TEST(UnitsAndShapes, StudiesAreCountedFromOneInBlocksThatPart) {
    auto const fit = linear_fit{Eigen::MatrixXd::Ones(3, 1),
                                Eigen::Vector3d(0.1, 0.2, 0.3),
                                {{{0}, single(0.1)}, {{1, 2}, square(0.1, 0.2, 0.05)}}};
    EXPECT_EQ(
        refusal_of([&] {
            (void)cluster_robust(fit, std::vector<int>{1, 1, 2});
        }),
        "study 3: must be in the cluster of study 2, whose effects the model takes to vary with its own");
}

TEST(UnitsAndShapes, AnEmptyCellNeedsACorrection) {
    auto const studies = std::vector<diagnostic_counts>{{10, 2, 20, 3}, {5, 0, 10, 2}, {8, 2, 9, 1}};
    EXPECT_EQ(refusal_of([&] {
                  (void)diagnostic_accuracy{reml{}, 0.0}(studies);
              }),
              "study 2: a study with an empty cell needs a correction above 0");
    EXPECT_EQ(refusal_of([&] { (void)diagnostic_accuracy<reml>{.correction = -0.5}(studies); }),
              "correction must be zero or positive, and finite, but is -0.5");
}

TEST(Satterthwaite, DoesNotDependOnTheUnitOfTheEffects) {
    auto const clusters = std::vector{1, 1, 2, 2, 3, 4, 4, 4, 5, 6};
    auto const years = moderators{}.with("year", std::vector<double>{-2, -2, 3, 3, -1, 11, 11, 11, 1, 6});
    auto const at = [&](int const exponent) {
        auto studies = std::vector<estimate>{{.42, .05},  {.31, .05},  {1.10, .02}, {.22, .02}, {.65, .11},
                                             {-.08, .03}, {-.74, .03}, {.15, .03},  {.38, .07}, {1.27, .04}};
        for (auto& study : studies) {
            study = {std::ldexp(study.effect, exponent), std::ldexp(study.variance, 2 * exponent)};
        }
        return studies;
    };
    auto const model = three_level{reml{}, satterthwaite{}};
    auto const mean = model(at(0), clusters);
    auto const slope = coefficient(model(at(0), years, clusters), 1);
    for (int const exponent : {-200, -100, 100, 200, 250}) {
        EXPECT_RELATIVE(model(at(exponent), clusters).degrees_of_freedom, mean.degrees_of_freedom, 1e-9);
        auto const scaled = coefficient(model(at(exponent), years, clusters), 1);
        EXPECT_RELATIVE(scaled.degrees_of_freedom, slope.degrees_of_freedom, 1e-9) << exponent;
    }
    for (int const exponent : {-260, 280}) { // where informations leave the type
        EXPECT_EQ(model(at(exponent), clusters).status, status::undefined) << exponent;
        EXPECT_EQ(model(at(exponent), years, clusters).status, status::undefined) << exponent;
    }
}

TEST(AccuracyRegion, HasTheRadiusOfItsLevelAndOneDimensionWhereTheCovarianceHas) {
    auto fit = diagnostic_accuracy{}(std::vector<diagnostic_counts>{{47, 9, 101, 738}, {126, 51, 272, 1543}});
    fit.covariance << 4, -2, -2, 1;
    for (double const level : {1e-20, 1e-12, 0.5, 0.95}) {
        auto const region = fit.confidence_region(level);
        double const radius = std::sqrt(-2 * std::log1p(-level));
        EXPECT_RELATIVE(region.root(0, 0), 2 * radius, 1e-14) << level;
        EXPECT_RELATIVE(region.root(1, 0), -radius, 1e-14) << level;
        EXPECT_EQ(region.root(1, 1), 0) << level;
    }
}

TEST(WaldTest, OfAnOutcomeWhoseVarianceIsNotKnownIsUndefinedAndOfOthersIsTheirs) {
    // Outcome 1 is reported once: there is no telling how it varies between studies.
    auto const fit = multivariate{}(std::vector<study_outcomes>{
        {{1, 2}, square(0.1, 0.1, 0)}, {{1.5}, single(0.1), {0}}, {{1.2}, single(0.1), {0}}});
    ASSERT_TRUE(std::isnan(fit.covariance(1, 1)));
    Eigen::MatrixXd const both = Eigen::MatrixXd::Identity(2, 2);
    for (Eigen::MatrixXd const& contrasts :
         {Eigen::MatrixXd(Eigen::RowVector2d(0, 1)), Eigen::MatrixXd(Eigen::RowVector2d(1, -1)), both}) {
        auto const test = wald_test(fit, contrasts);
        EXPECT_EQ(test.status, status::undefined) << contrasts;
        EXPECT_TRUE(std::isnan(test.statistic) && std::isnan(test.p_value)) << contrasts;
    }
    auto const test = wald_test(fit, Eigen::RowVector2d(1, 0));
    EXPECT_EQ(test.status, status::ok);
    EXPECT_RELATIVE(test.statistic, fit.effects[0] * fit.effects[0] / fit.covariance(0, 0), 1e-13);
}

TEST(ContrastTests, DoNotDependOnTheUnitsOfAContrast) {
    auto const fit = multivariate{}(std::vector<study_outcomes>{{{1, 2}, square(0.1, 0.1, 0.02)},
                                                                {{1.5, 2.5}, square(0.1, 0.2, 0)},
                                                                {{1.1, 2.2}, square(0.15, 0.1, 0.05)},
                                                                {{0.7, 2.3}, square(0.15, 0.1, 0.05)}});
    auto const robust = cluster_robust(fit, std::vector<int>{0, 0, 1, 1, 2, 2, 3, 3});
    for (Eigen::RowVector2d const& contrast : {Eigen::RowVector2d(1, 0), Eigen::RowVector2d(-0.5, 1)}) {
        auto const wald = wald_test(fit, contrast);
        auto const hotelling = hotelling_test(robust, contrast);
        ASSERT_EQ(wald.status, status::ok);
        ASSERT_EQ(hotelling.status, status::ok);
        for (double const unit : {1e-200, 3e-9, 7e8, -1e200}) {
            auto const same = wald_test(fit, unit * contrast);
            EXPECT_EQ(same.status, status::ok) << unit;
            EXPECT_RELATIVE(same.statistic, wald.statistic, 1e-14);
            EXPECT_RELATIVE(same.p_value, wald.p_value, 1e-13);
            auto const again = hotelling_test(robust, unit * contrast);
            EXPECT_EQ(again.status, status::ok) << unit;
            EXPECT_RELATIVE(again.p_value, hotelling.p_value, 1e-13);
        }
    }
    Eigen::RowVector2d const unknown(1, std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(refusal_of([&] { (void)wald_test(fit, unknown); }), "contrasts must be finite");
    EXPECT_EQ(refusal_of([&] { (void)hotelling_test(robust, unknown); }), "contrasts must be finite");
}

} // namespace
} // namespace accrue::test_dependence_units_and_shapes
