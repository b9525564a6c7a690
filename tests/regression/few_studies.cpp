// Tests of several coefficients where there are hardly more studies than coefficients.

#include "support/relative.hpp"
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_regression_few_studies {
namespace {

struct small_review {
    std::vector<estimate> studies;
    moderators given;
};

/// Variances spread over `decades`; 0 for equal ones.
small_review drawn(std::mt19937& generator, std::size_t const k, std::size_t const slopes,
                   double const decades) {
    auto normal = std::normal_distribution<>();
    auto result = small_review{};
    for (std::size_t i = 0; i < k; ++i) {
        double const effect = normal(generator);
        result.studies.push_back({effect, std::pow(10.0, decades * normal(generator))});
    }
    for (std::size_t j = 0; j < slopes; ++j) {
        auto values = std::vector<double>(k);
        for (auto& value : values) {
            value = normal(generator);
        }
        result.given = result.given.with(std::string(1, 'x').append(std::to_string(j)), values);
    }
    return result;
}

TEST(OmnibusTest, IsOkWithFiniteNumbersOnly) {
    auto generator = std::mt19937(7);
    int defined = 0;
    for (unsigned draw = 0; draw < 600; ++draw) {
        std::size_t const slopes = 1 + draw % 3;
        auto const review = drawn(generator, slopes + 2 + draw % 5, slopes, 0.5 * (draw % 4));
        auto const fit =
            meta_regression(random_effects{reml{}, kenward_roger{}}, review.studies, review.given);
        auto const test = omnibus_test(fit);
        if (test.status == status::undefined) {
            EXPECT_TRUE(std::isnan(test.p_value) && slopes > 1) << test.p_value;
            continue;
        }
        ++defined;
        EXPECT_TRUE(test.p_value >= 0 && test.p_value <= 1) << test.p_value;
        EXPECT_TRUE(std::isfinite(test.statistic) && test.statistic >= 0) << test.statistic;
        EXPECT_GT(test.denominator_degrees_of_freedom, 0);
    }
    EXPECT_GT(defined, 300);
}

/// Kenward and Roger meant their test to be exact there.
TEST(OmnibusTest, IsTheFTestOfLeastSquaresWhereVariancesAreEqual) {
    auto generator = std::mt19937(11);
    for (unsigned draw = 0; draw < 60; ++draw) {
        std::size_t const slopes = 1 + draw % 3;
        std::size_t const k = slopes + 2 + draw % 4;
        auto const review = drawn(generator, k, slopes, 0);
        auto const exact = omnibus_test(meta_regression(
            random_effects{fixed_tau_squared{0.3}, hartung_knapp{}}, review.studies, review.given));
        auto const fit =
            meta_regression(random_effects{reml{}, kenward_roger{}}, review.studies, review.given);
        auto const test = omnibus_test(fit);
        EXPECT_EQ(to_string(test.status), "ok");
        EXPECT_RELATIVE(test.denominator_degrees_of_freedom, static_cast<double>(k - slopes - 1), 1e-9);
        if (fit.tau_squared > 0) { // else the scatter is less than that of the variances
            EXPECT_RELATIVE(test.statistic, exact.statistic, 1e-7);
            EXPECT_RELATIVE(test.p_value, exact.p_value, 1e-7);
        }
    }
}

TEST(OmnibusTest, OfAnUndefinedRegressionIsUndefined) {
    auto const studies = std::vector<estimate>{{1e308, 1}, {-1e308, 1}, {1e308, 2}, {0, 1}, {-1e308, 3}};
    auto const given = moderators{}.with("x", {1.0, 2, 3, 4, 6}).with("z", {1.0, 0, 1, 0, 0});
    auto const fit = meta_regression(random_effects{}, studies, given);
    ASSERT_EQ(to_string(fit.status), "undefined");
    auto const test = omnibus_test(fit);
    EXPECT_EQ(to_string(test.status), "undefined");
    EXPECT_TRUE(std::isnan(test.p_value));
}

} // namespace
} // namespace accrue::test_regression_few_studies
