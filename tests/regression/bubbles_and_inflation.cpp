// Bubbles of a plot, and the inflation of a factor with more than one coefficient, where a formula says them.

#include "support/relative.hpp"
#include <accrue/model/random_effects.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_regression_bubbles_and_inflation {
namespace {

auto const studies = std::vector<estimate>{{0.1, 0.1}, {0.4, 0.2}, {0.3, 0.3},  {0.9, 0.1},
                                           {0.2, 0.4}, {0.7, 0.2}, {0.55, 0.3}, {0.35, 0.25}};
auto const doses = std::vector<double>{1, 2, 4, 7, 3, 5, 8, 2};

TEST(Bubbles, HaveTheirModeratorAndTheWeightOfTheModel) {
    auto const given = moderators{}.with("year", {9, 8, 7, 6, 5, 4, 3, 1}).with("dose", doses);
    auto const found = bubbles(random_effects{fixed_tau_squared{0.3}}, studies, given, "dose");
    ASSERT_EQ(found.size(), studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        EXPECT_EQ(found[i].moderator, doses[i]);
        EXPECT_EQ(found[i].effect, studies[i].effect);
        EXPECT_RELATIVE(found[i].weight, 1 / (studies[i].variance + 0.3), 1e-15);
    }
}

// GVIF^(1/(2 d)); of two moderators both have the same GVIF, whatever coefficients they have.
TEST(VarianceInflation, OfTwoModeratorsIsOneAndAsARootPerCoefficient) {
    auto const given =
        moderators{}.with("dose", doses).with_factor("kind", {"a", "b", "c", "c", "a", "b", "c", "a"});
    auto const factors = variance_inflation(meta_regression(common_effect{}, studies, given));
    ASSERT_EQ(factors.size(), 2U);
    EXPECT_GT(factors[0].factor, 1);
    EXPECT_RELATIVE(factors[1].factor, factors[0].factor, 1e-12);
    EXPECT_EQ(factors[1].coefficients, 2U);
    EXPECT_RELATIVE(factors[0].per_coefficient, std::sqrt(factors[0].factor), 1e-14);
    EXPECT_RELATIVE(factors[1].per_coefficient, std::pow(factors[1].factor, 0.25), 1e-14);
}

TEST(DesignMatrix, NamesAnEntryThatIsNotFinite) {
    auto columns = Eigen::MatrixXd(4, 2);
    columns << 1, 2, 1, 3, 1, std::numeric_limits<double>::infinity(), 1, 5;
    try {
        (void)design_matrix(columns, {"intercept", "dose"});
        FAIL() << "an infinite moderator was taken";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 2U);
        EXPECT_NE(std::string(error.what()).find("'dose' must be finite, but is inf"), std::string::npos)
            << error.what();
    }
}

} // namespace
} // namespace accrue::test_regression_bubbles_and_inflation
