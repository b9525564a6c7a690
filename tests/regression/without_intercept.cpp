// A regression without an intercept, whose first factor has a coefficient for each level, says the same in
// other words; and what it says where there are several factors.

#include "support/relative.hpp"
#include <accrue/model.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_regression_without_intercept {
namespace {

struct review {
    std::vector<estimate> studies;
    std::vector<double> dose;
    std::vector<std::string> kind;
    std::vector<std::string> place;
};

review random_review(unsigned const seed) {
    auto random = std::mt19937(seed);
    auto normal = std::normal_distribution<>();
    auto result = review{};
    for (int i = 0; i < 16; ++i) {
        double const variance = 0.1 * std::exp(normal(random) / 2);
        result.dose.push_back(3 + normal(random));
        result.kind.push_back(std::string(1, "abc"[i % 3]));
        result.place.push_back(i % 5 < 2 ? "north" : "south");
        result.studies.push_back(
            {0.2 * result.dose.back() + (i % 3) * 0.3 + std::sqrt(variance + 0.05) * normal(random),
             variance});
    }
    return result;
}

moderators of(review const& from) {
    return moderators{}
        .with_factor("kind", from.kind)
        .with("dose", from.dose)
        .with_factor("place", from.place, "south");
}

// 1e-10: both ways round, tau² included.
TEST(WithoutIntercept, IsTheSameRegressionInOtherWords) {
    for (unsigned seed = 1; seed < 6; ++seed) {
        auto const data = random_review(seed);
        auto const given = of(data);
        auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
        auto const with = meta_regression(model, data.studies, given);
        auto const without = meta_regression(model, data.studies, given.without_intercept());
        ASSERT_EQ(without.names,
                  (std::vector<std::string>{"kind: a", "kind: b", "kind: c", "dose", "place: north"}));
        EXPECT_RELATIVE(without.tau_squared, with.tau_squared, 1e-10, 1e-13);
        EXPECT_RELATIVE(coefficient(without, "kind: a").effect, coefficient(with, "intercept").effect, 1e-10);
        auto const level_b = linear_combination(with, std::vector<double>{1, 1, 0, 0, 0});
        EXPECT_RELATIVE(coefficient(without, "kind: b").effect, level_b.effect, 1e-10, 1e-12);
        EXPECT_RELATIVE(coefficient(without, "kind: b").variance, level_b.variance, 1e-10);
        EXPECT_RELATIVE(coefficient(without, "dose").variance, coefficient(with, "dose").variance, 1e-10);

        auto const expected = predict(with, {{"kind", "c"}, {"dose", 2.5}, {"place", "north"}}, 0.95);
        auto const actual = predict(without, {{"kind", "c"}, {"dose", 2.5}, {"place", "north"}}, 0.95);
        EXPECT_RELATIVE(actual.effect, expected.effect, 1e-10, 1e-12);
        EXPECT_RELATIVE(actual.prediction.upper, expected.prediction.upper, 1e-10);
        EXPECT_RELATIVE(predict(without, {0.0, 0.0, 1.0, 2.5, 1.0}, 0.95).effect, expected.effect, 1e-10,
                        1e-12);

        // The test of all coefficients but the differences within the factor is that of the numbers.
        EXPECT_RELATIVE(moderator_test(without, "dose").statistic, moderator_test(with, "dose").statistic,
                        1e-9);
        auto const same_levels = contrast_test(without, {{-1, 1, 0, 0, 0}, {-1, 0, 1, 0, 0}});
        EXPECT_RELATIVE(same_levels.statistic, moderator_test(with, "kind").statistic, 1e-9);
        // Without an intercept the omnibus test asks whether all effects are zero.
        auto const all = contrast_test(
            with, {{1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 1, 0}, {0, 0, 0, 0, 1}});
        EXPECT_EQ(omnibus_test(without).degrees_of_freedom, 5);
        EXPECT_RELATIVE(omnibus_test(without).statistic, all.statistic, 1e-9);
    }
}

// Every other factor's levels count alike: the mean of the predictions at them.
TEST(MarginalMeans, AreMeansOfPredictionsOverTheOtherFactors) {
    for (unsigned seed = 1; seed < 4; ++seed) {
        auto const data = random_review(seed);
        double dose = 0;
        for (double const one : data.dose) {
            dose += one / 16;
        }
        auto const given = of(data);
        auto const model = random_effects{reml{}, wald{}};
        auto const with = meta_regression(model, data.studies, given);
        auto const without = meta_regression(model, data.studies, given.without_intercept());
        // Columns of `with`: intercept, kind b, kind c, dose, place north.
        auto const kinds = std::vector<std::vector<double>>{
            {1, 0, 0, dose, 0.5}, {1, 1, 0, dose, 0.5}, {1, 0, 1, dose, 0.5}};
        auto const places =
            std::vector<std::vector<double>>{{1, 1.0 / 3, 1.0 / 3, dose, 0}, {1, 1.0 / 3, 1.0 / 3, dose, 1}};
        auto const check = [&](auto const& means, auto const& rows, std::vector<std::string> const& names) {
            ASSERT_EQ(means.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto const expected = linear_combination(with, rows[i]);
                EXPECT_EQ(means[i].level, names[i]);
                EXPECT_RELATIVE(means[i].mean.effect, expected.effect, 1e-9, 1e-12);
                EXPECT_RELATIVE(means[i].mean.confidence.upper, confidence_interval(expected, 0.95).upper,
                                1e-9);
            }
        };
        auto const kind_names = std::vector<std::string>{"a", "b", "c"};
        auto const place_names = std::vector<std::string>{"south", "north"};
        check(marginal_means(with, given, "kind", 0.95), kinds, kind_names);
        check(marginal_means(with, given, "place", 0.95), places, place_names);
        check(marginal_means(without, given.without_intercept(), "kind", 0.95), kinds, kind_names);
        check(marginal_means(without, given.without_intercept(), "place", 0.95), places, place_names);
    }
}

TEST(MarginalMeans, AreOfAFactorThatThereIs) {
    auto const data = random_review(1);
    auto const fit = meta_regression(common_effect{}, data.studies, of(data));
    for (std::string const name : {"dose", "colour"}) {
        try {
            (void)marginal_means(fit, of(data), name, 0.95);
            ADD_FAILURE() << name << " was taken for a factor";
        } catch (invalid_input const& error) {
            EXPECT_EQ(std::string(error.what()),
                      "there is no factor '" + name + "'; there are 'kind' and 'place'");
        }
    }
    EXPECT_THROW((void)of(data).mean("kind"), invalid_input);
    EXPECT_THROW((void)of(data).mean("colour"), invalid_input);
}

TEST(Combinations, HaveOneWeightACoefficient) {
    auto const data = random_review(1);
    auto const fit = meta_regression(common_effect{}, data.studies, of(data));
    EXPECT_THROW((void)linear_combination(fit, std::vector<double>{1, 0}), invalid_input);
    EXPECT_THROW((void)coefficient(fit, 5), invalid_input);
    EXPECT_NO_THROW((void)coefficient(fit, 4));
    // Six combinations of five coefficients depend on each other.
    EXPECT_THROW((void)contrast_test(fit, {{1, 0, 0, 0, 0},
                                           {0, 1, 0, 0, 0},
                                           {0, 0, 1, 0, 0},
                                           {0, 0, 0, 1, 0},
                                           {0, 0, 0, 0, 1},
                                           {1, 1, 1, 1, 1}}),
                 invalid_input);
    auto const without = meta_regression(common_effect{}, data.studies, of(data).without_intercept());
    try {
        (void)predict(without, {1.0, 2.5}, 0.95);
        ADD_FAILURE() << "a short row was taken";
    } catch (invalid_input const& error) {
        EXPECT_EQ(std::string(error.what()), "a row must have 5 numbers, one a coefficient, but has 2");
    }
    EXPECT_THROW((void)predict(without, {0.0, 1.0, 0.0, 2.5}, 0.95), invalid_input); // no 1 may be left out
    EXPECT_THROW((void)predict(without, {{"kind", "z"}, {"dose", 1.0}, {"place", "north"}}, 0.95),
                 invalid_input);
}

TEST(WithoutIntercept, NothingIsLeftWithoutModerators) {
    auto const data = random_review(1);
    EXPECT_THROW((void)meta_regression(common_effect{}, data.studies, moderators{}.without_intercept()),
                 invalid_input);
}

// GVIF = det(C_aa) det(C_bb) / det(C): with two numbers 1 / (1 - r²), r the correlation of their
// coefficients.
TEST(WithoutIntercept, VariancesAreInflatedByWhatMeansLeaveIn) {
    auto const data = random_review(2);
    auto squares = data.dose;
    std::transform(squares.begin(), squares.end(), squares.begin(), [](double const x) { return x * x; });
    auto const fit =
        meta_regression(common_effect{}, data.studies,
                        moderators{}.with("dose", data.dose).with("squares", squares).without_intercept());
    double const a = coefficient(fit, 0).variance;
    double const b = coefficient(fit, 1).variance;
    double const covariance = (linear_combination(fit, std::vector<double>{1, 1}).variance - a - b) / 2;
    auto const factors = variance_inflation(fit);
    ASSERT_EQ(factors.size(), 2u);
    EXPECT_RELATIVE(factors[0].factor, a * b / (a * b - covariance * covariance), 1e-8);
    EXPECT_RELATIVE(factors[1].factor, factors[0].factor, 1e-10);
    EXPECT_RELATIVE(factors[0].per_coefficient, std::sqrt(factors[0].factor), 1e-12);
}

// A coefficient for each level: the order of the labels decides which effect is called which.
TEST(WithoutIntercept, PermutationsAskWhetherAllCoefficientsAreZero) {
    auto const studies =
        std::vector<estimate>{{0.9, 0.1}, {1.1, 0.2}, {1, 0.15}, {-0.8, 0.1}, {-1.2, 0.2}, {-1, 0.3}};
    auto const given = moderators{}.with_factor("kind", {"a", "a", "a", "b", "b", "b"}).without_intercept();
    auto const result = permutation_test(common_effect{}, studies, given);
    ASSERT_TRUE(result.exact);
    ASSERT_TRUE(result.omnibus_p_value);
    // Of 6! / (3! 3!) = 20 orders those two that keep the signs apart are the most extreme.
    EXPECT_RELATIVE(*result.omnibus_p_value, 0.1, 0.51);
    EXPECT_GE(*result.omnibus_p_value, 1.0 / 20);
}

// Signs of 16 effects: 65,536 choices, of which a part is drawn.
TEST(Permutations, OfSignsAreDrawnWhereThereAreTooMany) {
    auto studies = random_review(3).studies;
    double mean = 0;
    for (auto const& study : studies) {
        mean += study.effect / 16;
    }
    for (auto& study : studies) {
        study.effect += 0.12 - mean;
    }
    auto const all = permutation_test(common_effect{}, studies, moderators{}, {.most = 65'536});
    auto const drawn = permutation_test(common_effect{}, studies, moderators{}, {.most = 4'000, .seed = 3});
    EXPECT_TRUE(all.exact);
    EXPECT_FALSE(drawn.exact);
    double const p = all.p_values[0];
    ASSERT_GT(p, 0.02);
    ASSERT_LT(p, 0.98);
    EXPECT_NEAR(drawn.p_values[0], p, 4 * std::sqrt(p * (1 - p) / 4'000)); // four standard errors
    EXPECT_NE(drawn.p_values[0], p);
}

TEST(LocationScale, ThatMayNotIterateHasNotConverged) {
    auto const data = random_review(4);
    auto const location = moderators{}.with("dose", data.dose);
    auto const scale = moderators{}.with_factor("place", data.place);
    auto const ended = location_scale<>{.max_iterations = 1}(data.studies, location, scale);
    EXPECT_EQ(ended.status, status::not_converged);
    EXPECT_EQ(ended.location.status, status::not_converged);
    EXPECT_TRUE(std::isnan(coefficient(ended.scale, 0).variance));
    EXPECT_LE(ended.log_likelihood, location_scale{}(data.studies, location, scale).log_likelihood);
}

TEST(RegressEach, RefusesWhatDoesNotFitTogether) {
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    auto const data = random_review(5);
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (auto const& study : data.studies) {
        effects.insert(effects.end(), {study.effect, study.effect});
        variances.insert(variances.end(), {study.variance, study.variance});
    }
    variances[2 * 3 + 1] = nan; // of the second meta-analysis the fourth study is missing
    auto const batch = study_matrix{effects, variances, 16};
    auto const given = moderators{}.with("dose", data.dose);
    auto const model = random_effects{sidik_jonkman{}}; // one at a time
    auto const results = regress_each(model, batch, given);
    EXPECT_EQ(results.k[0], 16u);
    EXPECT_EQ(results.k[1], 15u);
    auto rest = data;
    rest.studies.erase(rest.studies.begin() + 3);
    rest.dose.erase(rest.dose.begin() + 3);
    auto const alone = meta_regression(model, rest.studies, moderators{}.with("dose", rest.dose));
    EXPECT_RELATIVE(results.tau_squared[1], alone.tau_squared, 1e-12);

    auto const design = given.design(16);
    auto own = regression_batch(design.names(), 2);
    EXPECT_THROW(regress_each(model, batch, given.design(16), 0, 3, own), invalid_input);
    EXPECT_THROW(regress_each(model, study_matrix{effects, variances, 8}, design, 0, 2, own), invalid_input);
    auto few = regression_batch({"intercept"}, 2);
    EXPECT_THROW(regress_each(model, batch, design, 0, 2, few), invalid_input);
    auto large = regression_batch(design.names(), 3);
    EXPECT_THROW(regress_each(model, batch, design, 0, 2, large), invalid_input);
    EXPECT_NO_THROW(regress_each(model, batch, design, 0, 2, own));
}

TEST(Combination, OfNoCoefficientIsZeroWithoutAnErrorAndOfWeightsBeyondTheTypeUndefined) {
    auto const studies = std::vector<estimate>{{.1, .1}, {.5, .2}, {.4, .1}, {1.2, .1}, {2, .3}};
    auto const dose = moderators{}.with("dose", std::vector<double>{1, 2, 3, 4, 5});
    auto const through_origin = meta_regression(random_effects{reml{}, kenward_roger{}}, studies,
                                                moderators{dose}.without_intercept());
    auto const at_origin = predict(through_origin, {0.0}, 0.95);
    EXPECT_EQ(at_origin.effect, 0);
    EXPECT_EQ(at_origin.variance, 0);
    auto const fit = meta_regression(random_effects{reml{}, hartung_knapp{}}, studies, dose);
    for (double const weight : {1e-100, 1.0, 1e100}) {
        EXPECT_EQ(linear_combination(fit, std::vector{0.0, weight}).status, status::ok) << weight;
    }
    for (double const weight : {1e-200, 1e200}) {
        EXPECT_EQ(linear_combination(fit, std::vector{0.0, weight}).status, status::undefined) << weight;
    }
}

} // namespace
} // namespace accrue::test_regression_without_intercept
