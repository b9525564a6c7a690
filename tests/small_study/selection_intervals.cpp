// Where intervals of selection models end, and what is said where there is none.

#include "support/relative.hpp"
#include <accrue/small_study/p_uniform_star.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_small_study_selection_intervals {
namespace {

using list = std::vector<estimate>;

// With equal weights there is no selection, and the likelihood is that of the normal model.
TEST(SelectionModel, WithoutSelectionHasTheProfileIntervalOfTauSquared) {
    auto const without = selection_model{fixed_step_weights{{0.025}, {1, 1}}};
    for (auto const& studies : {list{{-1.1, 0.1}, {0.3, 0.2}, {0.9, 0.1}, {2.4, 0.15}, {3.1, 0.3}},
                                list{{0.1, 0.1}, {0.3, 0.2}, {0.9, 0.1}, {0.5, 0.15}, {1.1, 0.3}}}) {
        for (double const level : {0.5, 0.8, 0.95}) {
            auto const found = without.tau_squared_interval(studies, level);
            auto const expected =
                tau_squared_interval(profile_likelihood<maximum_likelihood>{}, studies, level);
            EXPECT_RELATIVE(found.lower, expected.lower, 1e-8, 1e-9) << level;
            EXPECT_RELATIVE(found.upper, expected.upper, 1e-8) << level;
        }
    }
}

TEST(SelectionModel, SaysThatAnIntervalWithoutPValuesMakesTheLikelihoodFlat) {
    auto const significant = list{{0.5, 0.01}, {0.6, 0.02}, {0.4, 0.015}, {0.55, 0.012}};
    EXPECT_EQ(selection_model{step_weights{{0.025}}}(significant).message,
              "the likelihood is flat: 0 p-values from 0.025 to 1");
    EXPECT_EQ((selection_model{step_weights{{0.025, 0.5}}}(significant).message),
              "the likelihood is flat: 0 p-values from 0.025 to 0.5");
}

// The profile rises again beyond a dip, along weights whose integral barely exists: a search that comes back
// from there must not end on the way.
TEST(SelectionModel, HasIntervalsThatGrowWithTheirLevelWhereTheProfileHasSeveralMaxima) {
    auto const studies = list{{1.63, 0.89},    {0.71, 0.148}, {0.23, 0.0244}, {0.39, 0.0684},
                              {-0.074, 0.329}, {0.566, 1.6},  {0.152, 0.133}, {0.683, 0.0235}};
    auto const model = selection_model{beta_weights{}, selects_positive{}};
    auto const mean = model(studies).pooled.effect;
    auto inner = interval{mean, mean};
    for (double const level : {0.5, 0.9, 0.95, 0.99}) {
        auto const outer = model.mean_interval(studies, level);
        EXPECT_LE(outer.lower, inner.lower) << level;
        EXPECT_GT(outer.upper, inner.upper) << level;
        inner = outer;
    }
    EXPECT_LT(inner.lower, -2); // it had been -0.6
}

// The likelihood of a mean of 10^6 is 0.99 below the maximum, by sixty digits: an exponential density below
// the cutpoint is all that is left. The search had ended where it could go no farther.
TEST(PUniformStar, HasOpenIntervalsWhereTheLikelihoodStopsFalling) {
    auto const studies = list{{0.1, 0.04}, {0.3, 0.05}, {0.2, 0.03}, {0.15, 0.02}};
    auto const mean = p_uniform_star{}.mean_interval(studies, 0.95);
    EXPECT_TRUE(std::isfinite(mean.lower));
    EXPECT_EQ(mean.upper, std::numeric_limits<double>::infinity());
    EXPECT_EQ(p_uniform_star{}.tau_squared_interval(studies, 0.95).upper,
              std::numeric_limits<double>::infinity());
}

TEST(SelectionModel, HasIntervalsInTheirOrderAtTheLeastLevels) {
    auto const studies = list{{0.4, 0.04}, {1.1, 0.09},  {0.3, 0.02}, {0.6, 0.05}, {0.2, 0.01},
                              {0.9, 0.12}, {0.45, 0.03}, {0.7, 0.08}, {0.1, 0.06}, {0.0, 0.05}};
    auto const model = selection_model{step_weights{{0.025}}};
    for (double const level : {1e-300, 1e-17, 1e-14, 1e-10, 1e-8, 1e-5}) {
        for (auto const& found :
             {model.mean_interval(studies, level), model.weight_interval(studies, 1, level),
              p_uniform_star{}.mean_interval(studies, level),
              p_uniform_star{}.tau_squared_interval(studies, level)}) {
            EXPECT_LE(found.lower, found.upper) << level;
            EXPECT_TRUE(std::isfinite(found.lower) && std::isfinite(found.upper)) << level;
        }
    }
}

TEST(SelectionModel, HasIntervalsWithinThoseOfHigherLevels) {
    auto random = std::mt19937(5);
    auto const uniform = [&] { return std::generate_canonical<double, 53>(random); };
    for (int set = 0; set < 2; ++set) {
        auto studies = list{};
        while (studies.size() < 14) {
            double const error = 0.1 + 0.4 * uniform();
            double const effect = 0.3 + 1.5 * (uniform() - 0.5) * std::hypot(error, 0.4);
            if (effect / error > 1.96 || uniform() < 0.5) {
                studies.push_back({effect, error * error});
            }
        }
        auto const expect_nested = [&](auto const& interval_at, char const* const of) {
            auto inner = interval_at(0.5);
            for (double const level : {0.95, 0.99}) {
                auto const outer = interval_at(level);
                EXPECT_LE(outer.lower, inner.lower) << of << ' ' << set << ' ' << level;
                EXPECT_GE(outer.upper, inner.upper) << of << ' ' << set << ' ' << level;
                inner = outer;
            }
        };
        auto const expect_all_nested = [&](auto const& model, char const* const of) {
            if (model(studies).status != status::ok) {
                return;
            }
            expect_nested([&](double const level) { return model.mean_interval(studies, level); }, of);
            expect_nested([&](double const level) { return model.tau_squared_interval(studies, level); }, of);
        };
        expect_all_nested(selection_model{step_weights{{0.025}}}, "steps");
        expect_all_nested(selection_model{half_normal_weights{}, selects_positive{}}, "half-normal");
        expect_all_nested(selection_model{negative_exponential_weights{}, selects_positive{}}, "exponential");
        expect_all_nested(p_uniform_star{}, "p-uniform*");
    }
}

} // namespace
} // namespace accrue::test_small_study_selection_intervals
