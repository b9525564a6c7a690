// What moderators refuse, and how they name it.

#include "support/refusal.hpp"
#include <accrue/regression.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_regression_invalid_input {
namespace {

using test::refusal_of;

std::vector<estimate> const five = {{0.1, 0.2}, {0.3, 0.1}, {-0.2, 0.3}, {0.5, 0.2}, {0.2, 0.4}};
std::vector<double> const dose = {1, 2, 3, 5, 8};

std::string of_design(moderators const& given) {
    return refusal_of([&] { (void)meta_regression(common_effect{}, five, given); });
}

// Qualifies: REGRESSION-2
TEST(Moderators, NameTheOneThatDependsOnOthers) {
    auto twice = dose;
    for (double& value : twice) {
        value = 2 * value + 7;
    }
    EXPECT_EQ(of_design(moderators{}.with("dose", dose).with("again", twice)),
              "moderators must be linearly independent, but 'again' is a combination of 'intercept', 'dose'");
    EXPECT_EQ(of_design(moderators{}.with("same", {4, 4, 4, 4, 4})),
              "moderators must be linearly independent, but 'same' is a combination of 'intercept'");
    EXPECT_EQ(of_design(moderators{}.with("dose", dose).with("none", {0, 0, 0, 0, 0})),
              "moderators must be linearly independent, but 'none' is zero");
    EXPECT_EQ(
        of_design(moderators{}.with_factor("kind", {"a", "a", "b", "b", "b"}).with("is b", {0, 0, 1, 1, 1})),
        "moderators must be linearly independent, but 'is b' is a combination of 'kind: b'");
}

// Else `coefficient(fit, "intercept")` is one of two.
TEST(Moderators, HaveNoTwoCoefficientsOfOneName) {
    EXPECT_EQ(of_design(moderators{}.with("intercept", dose)),
              "coefficients must have names of their own, but two are called 'intercept'");
    EXPECT_EQ(of_design(moderators{}.with_factor("kind", {"a", "a", "b", "b", "b"}).with("kind: b", dose)),
              "coefficients must have names of their own, but two are called 'kind: b'");
    EXPECT_EQ(of_design(moderators{}.with("intercept", dose).without_intercept()), "");
}

TEST(Moderators, NeedMoreStudiesThanCoefficients) {
    EXPECT_EQ(of_design(moderators{}.with_factor("kind", {"a", "b", "c", "d", "e"})),
              "there must be more studies than coefficients ('intercept', 'kind: b', 'kind: c', 'kind: d', "
              "'kind: e'), but there are 5 studies");
}

TEST(Moderators, HaveOneValueAStudy) {
    EXPECT_EQ(of_design(moderators{}.with("dose", {1, 2, 3})),
              "moderator 'dose' must have one value a study, but has 3 for 5 studies");
    EXPECT_EQ(of_design(moderators{}.with_factor("kind", {"a", "b"})),
              "moderator 'kind' must have one value a study, but has 2 for 5 studies");
}

TEST(DesignMatrices, HaveOneNameAColumnAndOneRowAStudy) {
    auto const columns = Eigen::MatrixXd::Identity(5, 2).eval();
    EXPECT_EQ(refusal_of([&] { (void)design_matrix(columns, {"one"}); }),
              "a design must have one name a column, but has 1 for 2 columns");
    EXPECT_EQ(refusal_of([&] {
                  (void)moderated_evidence<double>(std::span(five).first(4),
                                                   design_matrix(columns, {"one", "two"}));
              }),
              "moderators must have one value a study, but have 5 for 4 studies");
}

TEST(Bubbles, NameTheCoefficientThatThereIsNot) {
    auto const message =
        refusal_of([&] { (void)bubbles(common_effect{}, five, moderators{}.with("dose", dose), "age"); });
    EXPECT_NE(message.find("'age'"), std::string::npos) << message;
}

TEST(Moderators, NameTheStudyWithoutAUsableValue) {
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    try {
        (void)moderators{}.with("dose", {1, 2, nan, 4, 5});
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 2U);
        EXPECT_EQ(std::string(error.what()), "study 3: moderator 'dose' must be finite, but is nan");
    }
    EXPECT_THROW((void)moderators{}.with_factor("kind", {"a", "", "b"}), invalid_input);
}

// Qualifies: REGRESSION-2
TEST(Factors, NameTheLevelWithoutStudies) {
    EXPECT_EQ(refusal_of([] {
                  (void)moderators{}.with_factor("kind", {"a", "b"}, "c");
              }),
              "factor 'kind' has no study at its reference level 'c'");
    EXPECT_EQ(refusal_of([] {
                  (void)moderators{}.with_factor("kind", {"a", "a"});
              }),
              "factor 'kind' must have two levels or more, but has only 'a'");
    auto const fit =
        meta_regression(common_effect{}, five, moderators{}.with_factor("kind", {"a", "b", "a", "b", "a"}));
    EXPECT_EQ(refusal_of([&] {
                  (void)predict(fit, {{"kind", "z"}}, 0.95);
              }),
              "factor 'kind' has no level 'z'");
}

TEST(Moderators, HaveNamesOfTheirOwn) {
    EXPECT_EQ(refusal_of([] { (void)moderators{}.with("dose", dose).with("dose", dose); }),
              "there is already a moderator 'dose'");
    EXPECT_THROW((void)moderators{}.with("", dose), invalid_input);
}

TEST(Rows, FitTheRegression) {
    auto const fit =
        meta_regression(common_effect{}, five,
                        moderators{}.with("dose", dose).with_factor("kind", {"a", "b", "a", "b", "a"}));
    EXPECT_EQ(
        refusal_of([&] { (void)predict(fit, {1.0}, 0.95); }),
        "a row must have 3 numbers, one a coefficient (that of the intercept may be left out), but has 1");
    EXPECT_EQ(refusal_of([&] {
                  (void)predict(fit, {{"dose", 1.0}}, 0.95);
              }),
              "moderator 'kind' must have one value in the row");
    EXPECT_EQ(refusal_of([&] {
                  (void)predict(fit, {{"dose", 1.0}, {"sort", "a"}}, 0.95);
              }),
              "there is no moderator 'sort'; there are 'dose' and 'kind'");
    EXPECT_EQ(refusal_of([&] { (void)moderator_test(fit, "sort"); }),
              "there is no moderator 'sort'; there are 'dose' and 'kind'");
    EXPECT_EQ(refusal_of([&] {
                  (void)predict(fit, {{"dose", "much"}, {"kind", "a"}}, 0.95);
              }),
              "moderator 'dose' must be a number");
    EXPECT_EQ(refusal_of([&] {
                  (void)predict(fit, {{"dose", 1.0}, {"kind", 1.0}}, 0.95);
              }),
              "moderator 'kind' must be a label");
    EXPECT_THROW((void)predict(fit, {{"dose", 1.0}, {"kind", "a"}}, 95), invalid_input);
    EXPECT_EQ(refusal_of([&] { (void)coefficient(fit, "doze"); }),
              "there is no coefficient 'doze'; there are 'intercept', 'dose' and 'kind: b'");
    EXPECT_THROW((void)contrast_test(fit, {{0, 1, 0}, {0, 2, 0}}), invalid_input);
    EXPECT_THROW((void)omnibus_test(meta_regression(common_effect{}, five, moderators{})), invalid_input);
}

TEST(Coefficients, AreInTheOrderOfInterceptAndModerators) {
    auto const given = moderators{}.with_factor("kind", {"b", "c", "a", "b", "c"}, "b").with("dose", dose);
    auto const names = std::vector<std::string>{"intercept", "kind: a", "kind: c", "dose"};
    EXPECT_EQ(meta_regression(common_effect{}, five, given).names, names);
    auto const without = std::vector<std::string>{"kind: b", "kind: a", "kind: c", "dose"};
    EXPECT_EQ(meta_regression(common_effect{}, five, given.without_intercept()).names, without);
}

TEST(MarginalMeans, AreOfTheModeratorsOfTheRegression) {
    auto const labels = std::vector<std::string>{"a", "a", "b", "b", "b"};
    auto const given = moderators{}.with("dose", dose);
    auto const more = given.with_factor("kind", labels);
    auto const others = moderators{}.with("year", {4, 2, 7, 1, 5}).with_factor("kind", labels);
    auto const fit = meta_regression(common_effect{}, five, given);
    EXPECT_EQ(refusal_of([&] { (void)marginal_means(fit, more, "kind", 0.95); }),
              "moderators must be those that the regression was fitted with, whose coefficients are "
              "'intercept', 'dose', but these have 'intercept', 'dose', 'kind: b'");
    auto const both = meta_regression(common_effect{}, five, more);
    EXPECT_TRUE(refusal_of([&] {
                    (void)marginal_means(both, others, "kind", 0.95);
                }).starts_with("moderators must be those that the regression was fitted with"));
    EXPECT_TRUE(refusal_of([&] {
                    (void)marginal_means(both, more.without_intercept(), "kind", 0.95);
                }).starts_with("moderators must be those that the regression was fitted with"));
    EXPECT_EQ(marginal_means(both, more, "kind", 0.95).size(), 2U);
}

TEST(RSquared, IsNotKnownWhereATauSquaredIsNot) {
    auto far = five;
    for (std::size_t i = 0; i < far.size(); ++i) {
        far[i].effect = i % 2 == 0 ? 1e160 : -1e160;
    }
    EXPECT_TRUE(std::isnan(r_squared(random_effects{}, far, moderators{}.with("dose", dose))));
    EXPECT_TRUE(std::isnan(r_squared(std::nan(""), 0.1)));
    EXPECT_TRUE(std::isnan(r_squared(0.1, std::nan(""))));
    EXPECT_EQ(r_squared(0.0, 0.0), 0);
    EXPECT_EQ(r_squared(0.1, 0.2), 0);
}

} // namespace
} // namespace accrue::test_regression_invalid_input
