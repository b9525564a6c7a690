// Many regressions at once against each by itself.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/inference/p_value.hpp>
#include <accrue/regression/regress_each.hpp>
#include <accrue/tau_squared/sidik_jonkman.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_regression_batches {
namespace {

struct columns {
    std::size_t studies;
    std::size_t size = 403; // packs, and a rest
    std::vector<double> effects = std::vector<double>(studies * size);
    std::vector<double> variances = std::vector<double>(studies * size);
    std::vector<double> age = std::vector<double>(studies);
    std::vector<double> dose = std::vector<double>(studies);

    explicit columns(double const spread, std::size_t const number = 14) : studies(number) {
        auto random = std::mt19937(5);
        auto normal = std::normal_distribution<double>();
        for (std::size_t study = 0; study < studies; ++study) {
            age[study] = std::round(1950 + 20 * normal(random));
            dose[study] = normal(random);
            for (std::size_t i = 0; i < size; ++i) {
                double const variance = 0.1 * std::exp(spread * normal(random));
                variances[study * size + i] = variance;
                effects[study * size + i] =
                    0.3 * dose[study] + std::sqrt(variance + 0.05 * (i % 3 == 0 ? 0 : 1)) * normal(random);
            }
        }
    }
    [[nodiscard]] study_matrix batch() const { return {effects, variances, studies}; }
    [[nodiscard]] moderators given() const { return moderators{}.with("age", age).with("dose", dose); }
    [[nodiscard]] std::vector<estimate> of(std::size_t const i) const {
        std::vector<estimate> result;
        for (std::size_t study = 0; study < studies; ++study) {
            result.push_back({effects[study * size + i], variances[study * size + i]});
        }
        return result;
    }
};

template <class Model>
void expect_same(Model const& model, columns const& data) {
    auto const found = regress_each(model, data.batch(), data.given());
    for (std::size_t i = 0; i < data.size; ++i) {
        auto const studies = data.of(i);
        auto const alone = meta_regression(model, studies, data.given());
        ASSERT_EQ(found.status[i], alone.status) << i;
        EXPECT_EQ(found.k[i], alone.k);
        EXPECT_RELATIVE(found.tau_squared[i], alone.tau_squared, 1e-9, 1e-11) << i;
        EXPECT_RELATIVE(found.q[i], alone.q, 1e-11) << i;
        EXPECT_RELATIVE(found.degrees_of_freedom[i], alone.degrees_of_freedom, 0) << i;
        for (std::size_t j = 0; j < 3; ++j) {
            double const error = standard_error(coefficient(alone, j));
            EXPECT_RELATIVE(found.coefficient(i, j).effect, alone.coefficients[j], 1e-9, 1e-9 * error) << i;
            EXPECT_RELATIVE(found.standard_errors[j * data.size + i], error, 1e-9) << i;
            EXPECT_RELATIVE(found.coefficient(i, j).variance, error * error, 2e-9) << i;
            EXPECT_RELATIVE(found.coefficient(i, j).degrees_of_freedom,
                            coefficient(alone, j).degrees_of_freedom, 0)
                << i;
        }
    }
}

TEST(BatchOfRegressions, IsEachByItself) {
    // With the wider spread single studies dominate, which packs leave to the regression of one.
    for (double const spread : {0.5, 3.0}) {
        auto const data = columns(spread);
        expect_same(common_effect{}, data);
        expect_same(random_effects{dersimonian_laird{}}, data);
        expect_same(random_effects{reml{}, hartung_knapp{}}, data);
    }
    // Of many studies none dominates, and all is as the packs have it.
    auto const many = columns(0.3, 120);
    expect_same(common_effect{}, many);
    expect_same(random_effects{dersimonian_laird{}, hartung_knapp{}}, many);
    expect_same(random_effects{reml{}}, many);
}

/// The variance of `wald`, and how often it was asked for.
struct counted_wald {
    std::size_t* asked;

    [[nodiscard]] basic_precision<double> operator()(weighted_fit<double> const& fit) const {
        ++*asked;
        return wald{}(fit);
    }
};

// A pack that does not hold is done again alone, which costs more than the pack saved.
TEST(BatchOfRegressions, OfOrdinaryStudiesAreComputedOnce) {
    auto const data = columns(0.3, 40);
    std::size_t asked = 0;
    auto const found =
        regress_each(random_effects{dersimonian_laird{}, counted_wald{&asked}}, data.batch(), data.given());
    EXPECT_EQ(found.status, std::vector(data.size, status::ok));
    EXPECT_EQ(asked, data.size);
}

TEST(BatchOfRegressions, TakesAnyModelOneByOne) {
    expect_same(random_effects{sidik_jonkman{}, kenward_roger{}}, columns(0.5));
}

TEST(BatchOfRegressions, MissingStudiesTakeTheirRowsWithThem) {
    auto data = columns(0.5);
    data.effects[3 * data.size + 7] = std::numeric_limits<double>::quiet_NaN();
    data.variances[5 * data.size + 8] = -1;
    for (std::size_t study = 0; study < data.studies; ++study) {
        data.effects[study * data.size + 9] = std::numeric_limits<double>::quiet_NaN();
    }
    for (std::size_t study = 3; study < data.studies; ++study) {
        data.effects[study * data.size + 10] = std::numeric_limits<double>::quiet_NaN();
    }
    auto const found = regress_each(random_effects{}, data.batch(), data.given());
    EXPECT_EQ(found.k[7], 13U);
    EXPECT_EQ(found.status[7], status::ok);
    auto studies = data.of(7);
    auto age = data.age;
    auto dose = data.dose;
    studies.erase(studies.begin() + 3);
    age.erase(age.begin() + 3);
    dose.erase(dose.begin() + 3);
    auto const alone =
        meta_regression(random_effects{}, studies, moderators{}.with("age", age).with("dose", dose));
    EXPECT_RELATIVE(found.coefficient(7, 2).effect, alone.coefficients[2], 1e-11);
    EXPECT_EQ(found.status[8], status::invalid);
    EXPECT_TRUE(std::isnan(found.tau_squared[8]));
    EXPECT_EQ(found.status[9], status::undefined);
    EXPECT_EQ(found.status[10], status::invalid); // three studies for three coefficients
    EXPECT_EQ(found.status[6], status::ok);
    EXPECT_EQ(found.status[11], status::ok);
}

TEST(BatchOfRegressions, RefusesWhatDoesNotFit) {
    auto const data = columns(0.5);
    EXPECT_THROW((void)regress_each(common_effect{}, data.batch(), moderators{}.with("age", {1, 2, 3})),
                 invalid_input);
    auto const design = data.given().design(data.studies);
    auto results = regression_batch(design.names(), data.size);
    EXPECT_THROW(regress_each(common_effect{}, data.batch(), design, 5, data.size + 1, results),
                 invalid_input);
    EXPECT_THROW(regress_each(common_effect{}, data.batch(), design, 5, 4, results), invalid_input);
    EXPECT_NO_THROW(regress_each(common_effect{}, data.batch(), design, 5, 5, results)); // none of them
}

/// An uncertainty of one's own that has no answer for residuals that are too large.
struct wald_of_little_dispersion {
    double most;

    template <class Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        detail::require_that(fit.squares <= Real(most) * fit.unit, "there is too much dispersion");
        return wald{}(fit);
    }
};

TEST(BatchOfRegressions, KeepsTheRefusalsOfAnUncertaintyToTheirOwn) {
    auto const data = columns(0.3, 40);
    auto const model = random_effects{dersimonian_laird{}, wald_of_little_dispersion{35}};
    auto const found = regress_each(model, data.batch(), data.given());
    std::size_t refused = 0;
    for (std::size_t i = 0; i < data.size; ++i) {
        auto expected = status::ok;
        try {
            expected = meta_regression(model, data.of(i), data.given()).status;
        } catch (invalid_input const&) {
            expected = status::invalid;
            ++refused;
        }
        EXPECT_EQ(found.status[i], expected) << i;
    }
    EXPECT_GT(refused, 0U);
    EXPECT_LT(refused, data.size);
}

TEST(RegressEach, HasNoResultBeyondTheLast) {
    auto const design = moderators{}.with("dose", {1, 2, 3, 5});
    auto const effects = std::vector{0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.2, 0.6};
    auto const variances = std::vector<double>(effects.size(), 0.1);
    auto const found = regress_each(random_effects{}, study_matrix{effects, variances, 4}, design);
    ASSERT_EQ(found.size(), 2);
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    for (std::size_t const beyond : {std::size_t{2}, std::size_t{9}, most}) {
        for (std::size_t const held : {0U, 1U}) {
            EXPECT_NO_THROW((void)found.coefficient(held, 1 - held));
            auto const words = [](std::string const& what) {
                return what + " (counted from 0) must be below the number of " + what + "s, 2";
            };
            EXPECT_EQ(
                test::refusal_of([&] { (void)found.coefficient(beyond, held); }).find(words("regression")),
                0);
            EXPECT_EQ(
                test::refusal_of([&] { (void)found.coefficient(held, beyond); }).find(words("coefficient")),
                0);
        }
    }
}

} // namespace
} // namespace accrue::test_regression_batches
