// Selection models with moderators: the values of metafor and of quadrature in R, and the special cases that
// the library computes otherwise.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/regression/selection_regression.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_regression_selection {
namespace {

struct moderated_set {
    std::vector<estimate> estimates;
    std::vector<double> x;
    std::vector<double> f;
};

moderators x_and_f(moderated_set const& set) {
    return moderators{}.with("x", set.x).with("f", set.f);
}

template <class Weights>
selection_regression with_side(Weights const& weights, std::string const& side, moderated_set const& set) {
    return side == "less"
               ? meta_regression(selection_model{weights, selects_negative{}}, set.estimates, x_and_f(set))
               : meta_regression(selection_model{weights, selects_positive{}}, set.estimates, x_and_f(set));
}

selection_regression fit_of(std::string const& family, std::string const& side, moderated_set const& set) {
    return family == "halfnorm"     ? with_side(half_normal_weights{}, side, set)
           : family == "negexp"     ? with_side(negative_exponential_weights{}, side, set)
           : family == "logistic"   ? with_side(logistic_weights{}, side, set)
           : family == "power"      ? with_side(power_weights{}, side, set)
           : family == "beta"       ? with_side(beta_weights{}, side, set)
           : family == "fixed 0.05" ? with_side(fixed_step_weights{{0.05}, {1, 0.5}}, side, set)
           : family == "step 0.025" ? with_side(step_weights{{0.025}}, side, set)
                                    : with_side(step_weights{{0.05, 0.5}}, side, set);
}

// The maximum in R is a root of numDeriv's gradient, which has some ten digits.
TEST(SelectionWithModerators, AgreesWithMetaforCarriedOnToTheMaximum) {
    auto sets = std::map<std::string, moderated_set>{};
    for (auto const& row : test::golden("small_study/selection_moderators_data.csv")) {
        auto& set = sets[row.text("dataset")];
        set.estimates.push_back({row.number("yi"), row.number("vi")});
        set.x.push_back(row.number("x"));
        set.f.push_back(row.number("f"));
    }
    auto values = std::map<std::string, std::map<std::string, double>>{};
    for (auto const& row : test::golden("small_study/selection_moderators.csv")) {
        values[row.text("dataset") + "|" + row.text("family") + "|" + row.text("side")]
              [row.text("quantity")] = row.number("value");
    }
    std::size_t compared = 0;
    std::size_t of_metafor = 0;
    for (auto const& [key, expected] : values) {
        SCOPED_TRACE(key);
        auto const first = key.find('|');
        auto const second = key.rfind('|');
        auto const fit = fit_of(key.substr(first + 1, second - first - 1), key.substr(second + 1),
                                sets.at(key.substr(0, first)));
        // metafor keeps p-values away from 0 and 1, so that its likelihood of beta and power is another one.
        double const theirs = expected.at("metafor logLik");
        if (std::abs(theirs - expected.at("logLik at metafor")) < 1e-6 && fit.status == status::ok) {
            EXPECT_GE(fit.log_likelihood, theirs - 1e-8 * (1 + std::abs(theirs)));
            ++of_metafor;
        }
        if (!expected.contains("logLik")) {
            continue; // nothing to compare with: the likelihood has no maximum, or R did not get there
        }
        ASSERT_EQ(fit.status, status::ok) << fit.message;
        // Another maximum, higher than R's, is no error.
        EXPECT_GE(fit.log_likelihood, expected.at("logLik") - 1e-8);
        if (fit.log_likelihood > expected.at("logLik") + 1e-6) {
            std::cout << key << ": a higher maximum than R's\n";
            continue;
        }
        double const se = expected.at("se x");
        EXPECT_NEAR(fit.coefficients[1], expected.at("x"), 1e-7 * se);
        EXPECT_NEAR(fit.coefficients[2], expected.at("f"), 1e-7 * expected.at("se f"));
        EXPECT_RELATIVE(std::sqrt(fit.covariance(1, 1)), se, 1e-6);
        EXPECT_RELATIVE(std::sqrt(fit.covariance(2, 2)), expected.at("se f"), 1e-6);
        EXPECT_RELATIVE(fit.tau_squared, expected.at("tau2"), 1e-6, 1e-9);
        if (expected.contains("LRT")) {
            EXPECT_RELATIVE(fit.likelihood_ratio.statistic, expected.at("LRT"), 1e-7, 1e-7);
        }
        for (std::size_t j = 0; expected.contains("weight " + std::to_string(j + 1)); ++j) {
            EXPECT_RELATIVE(fit.weights[j], expected.at("weight " + std::to_string(j + 1)), 1e-6, 1e-7);
        }
        ++compared;
    }
    std::cout << compared << " maxima compared, " << of_metafor << " likelihoods of metafor\n";
    EXPECT_GE(compared, 8U);
}

moderated_set drawn(unsigned const seed) {
    auto random = std::mt19937{seed};
    auto normal = std::normal_distribution<>{};
    auto set = moderated_set{};
    while (set.estimates.size() < 40) {
        double const v = 0.02 + 0.1 * std::abs(normal(random));
        double const x = normal(random);
        double const y = 0.1 + 0.2 * x + 0.2 * normal(random) + std::sqrt(v) * normal(random);
        if (y / std::sqrt(v) < 1.96 && random() % 3 == 0) {
            continue; // not published
        }
        set.estimates.push_back({y, v});
        set.x.push_back(x);
        set.f.push_back(random() % 2 == 0 ? 0 : 1);
    }
    return set;
}

/// \param weight the place of one that is estimated
template <class Model>
void expect_the_same_without_moderators(Model const& model, moderated_set const& set,
                                        std::size_t const weight) {
    auto const expected = model(set.estimates);
    auto const fit = meta_regression(model, set.estimates, moderators{});
    EXPECT_EQ(fit.status, expected.status);
    EXPECT_RELATIVE(fit.coefficients[0], expected.pooled.effect, 1e-7, 1e-8);
    EXPECT_RELATIVE(fit.covariance(0, 0), expected.pooled.variance, 1e-7);
    EXPECT_RELATIVE(fit.tau_squared, expected.pooled.tau_squared, 1e-6, 1e-8);
    EXPECT_RELATIVE(fit.log_likelihood, expected.log_likelihood, 1e-11);
    EXPECT_RELATIVE(fit.likelihood_ratio.p_value, expected.likelihood_ratio.p_value, 1e-7);
    auto const here = coefficient_interval(model, set.estimates, moderators{}, 0, 0.9);
    auto const there = model.mean_interval(set.estimates, 0.9);
    EXPECT_RELATIVE(here.lower, there.lower, 1e-6, 1e-7);
    EXPECT_RELATIVE(here.upper, there.upper, 1e-6, 1e-7);
    auto const tau = tau_squared_interval(model, set.estimates, moderators{}, 0.9);
    EXPECT_RELATIVE(tau.upper, model.tau_squared_interval(set.estimates, 0.9).upper, 1e-6);
    auto const weights = weight_interval(model, set.estimates, moderators{}, weight, 0.9);
    EXPECT_RELATIVE(weights.lower, model.weight_interval(set.estimates, weight, 0.9).lower, 1e-6, 1e-7);
    EXPECT_RELATIVE(weights.upper, model.weight_interval(set.estimates, weight, 0.9).upper, 1e-6);
}

TEST(SelectionWithModerators, AnInterceptAloneIsTheSelectionModel) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        SCOPED_TRACE(seed);
        auto const set = drawn(seed);
        expect_the_same_without_moderators(selection_model{step_weights{{0.025}}}, set, 1);
        expect_the_same_without_moderators(selection_model{step_weights{{0.025}}, selects_negative{}}, set,
                                           1);
        expect_the_same_without_moderators(selection_model{negative_exponential_weights{}}, set, 0);
    }
}

TEST(SelectionWithModerators, EqualWeightsAreMetaRegressionByMaximumLikelihood) {
    auto const set = drawn(4);
    auto const plain =
        meta_regression(random_effects{maximum_likelihood{}, wald{}}, set.estimates, x_and_f(set));
    auto const fit =
        meta_regression(selection_model{fixed_step_weights{{0.05}, {1, 1}}}, set.estimates, x_and_f(set));
    for (std::size_t j = 0; j < 3; ++j) {
        EXPECT_RELATIVE(fit.coefficients[j], plain.coefficients[j], 1e-7, 1e-8);
    }
    EXPECT_RELATIVE(fit.tau_squared, plain.tau_squared, 1e-7);
    EXPECT_NEAR(fit.likelihood_ratio.statistic, 0, 1e-9);
    EXPECT_RELATIVE(fit.q, plain.q, 1e-12);
}

TEST(SelectionWithModerators, WithoutSignsOfSelectionAParameterIsAtItsBoundAndTheFitIsMaximumLikelihood) {
    std::mt19937 random(12);
    std::normal_distribution<> normal;
    int at_the_bound = 0;
    int within = 0;
    for (int i = 0; i < 20; ++i) {
        auto set = moderated_set{};
        for (int j = 0; j < 14; ++j) {
            double const variance = std::exp(normal(random) - 2);
            set.x.push_back(normal(random));
            set.f.push_back(j % 2);
            set.estimates.push_back(
                {0.2 + 0.1 * set.x.back() + std::sqrt(variance + 0.02) * normal(random), variance});
        }
        auto const plain = meta_regression(random_effects{maximum_likelihood{}}, set.estimates, x_and_f(set));
        for (auto const* const family : {"halfnorm", "negexp", "logistic", "power"}) {
            auto const fit = fit_of(family, "greater", set);
            if (fit.status != status::ok) {
                continue;
            }
            if (fit.weights[0] > 0) {
                ++within;
                EXPECT_GT(fit.weight_standard_errors[0], 0) << family;
                continue;
            }
            ++at_the_bound;
            EXPECT_TRUE(std::isnan(fit.weight_standard_errors[0])) << family;
            for (std::size_t j = 0; j < 3; ++j) {
                // Maxima are found to half the digits of where they are.
                EXPECT_NEAR(fit.coefficients[j], plain.coefficients[j],
                            1e-7 * std::sqrt(plain.covariance(j, j)))
                    << family;
            }
        }
    }
    EXPECT_GE(at_the_bound, 10);
    EXPECT_GE(within, 10);
}

TEST(SelectionWithModerators, AffineChangesOfAModeratorMoveCoefficientsAlong) {
    auto const set = drawn(5);
    auto const model = selection_model{step_weights{{0.025, 0.5}}};
    auto years = set.x;
    for (auto& x : years) {
        x = 1990 + x / 8;
    }
    auto const fit = meta_regression(model, set.estimates, x_and_f(set));
    auto const given = moderators{}.with("x", years).with("f", set.f);
    auto const other = meta_regression(model, set.estimates, given);
    EXPECT_RELATIVE(other.coefficients[1], 8 * fit.coefficients[1], 1e-8);
    EXPECT_RELATIVE(other.coefficients[2], fit.coefficients[2], 1e-8);
    EXPECT_RELATIVE(predict(other, {1990.0, 0.0}, 0.9).effect, fit.coefficients[0], 1e-7);
    EXPECT_RELATIVE(omnibus_test(other).statistic, omnibus_test(fit).statistic, 1e-7);
    EXPECT_RELATIVE(other.weights[2], fit.weights[2], 1e-7);
    auto const here = coefficient_interval(model, set.estimates, x_and_f(set), 1, 0.9);
    auto const there = coefficient_interval(model, set.estimates, given, 1, 0.9);
    EXPECT_RELATIVE(there.lower, 8 * here.lower, 1e-6, 1e-7);
    EXPECT_RELATIVE(there.upper, 8 * here.upper, 1e-6);
    EXPECT_LT(here.lower, fit.coefficients[1]);
    EXPECT_GT(here.upper, fit.coefficients[1]);
}

// At a profile's limit, the model with an offset there has fallen by half the quantile: by a fit of its own.
TEST(SelectionWithModerators, LimitsOfACoefficientAreWhereTheLikelihoodHasFallen) {
    auto const set = drawn(6);
    auto const model = selection_model{fixed_step_weights{{0.025}, {1, 0.4}}};
    auto const given = moderators{}.with("x", set.x);
    auto const fit = meta_regression(model, set.estimates, given);
    auto const limits = coefficient_interval(model, set.estimates, given, 1, 0.95);
    auto const fallen = [&](double const slope) {
        // By brute force over intercept and tau², on a grid that closes in.
        auto weighting = model.weighting_of<double>();
        auto columns = std::vector<std::vector<double>>{std::vector<double>(set.x.size(), 1.0), set.x};
        auto likelihood = detail::selection_likelihood<double>(weighting, set.estimates, columns);
        double best = -1e300, a = fit.coefficients[0], t = fit.tau_squared, reach = 0.2;
        for (int round = 0; round < 30; ++round, reach *= 0.6) {
            double const a0 = a, t0 = t;
            for (int i = -3; i <= 3; ++i) {
                for (int j = -3; j <= 3; ++j) {
                    double const ai = a0 + reach * i / 3, tj = (std::max)(0.0, t0 + reach * j / 3);
                    double const value = likelihood({ai, slope, tj}).value;
                    if (value > best) {
                        best = value, a = ai, t = tj;
                    }
                }
            }
        }
        return fit.log_likelihood - best;
    };
    EXPECT_NEAR(fallen(limits.lower), 3.841458820694124 / 2, 1e-9);
    EXPECT_NEAR(fallen(limits.upper), 3.841458820694124 / 2, 1e-9);
}

// With a weight held at its limit, as a given one.
TEST(SelectionWithModerators, LimitsOfAWeightAreWhereTheLikelihoodHasFallen) {
    auto const set = drawn(6);
    auto const model = selection_model{step_weights{{0.025}}};
    auto const fit = meta_regression(model, set.estimates, x_and_f(set));
    auto const limits = weight_interval(model, set.estimates, x_and_f(set), 1, 0.95);
    EXPECT_LT(limits.lower, fit.weights[1]);
    EXPECT_GT(limits.upper, fit.weights[1]);
    for (double const limit : {limits.lower, limits.upper}) {
        auto const given = selection_model{fixed_step_weights{{0.025}, {1, limit}}};
        auto const held = meta_regression(given, set.estimates, x_and_f(set));
        EXPECT_NEAR(fit.log_likelihood - held.log_likelihood, 3.841458820694124 / 2, 1e-9) << limit;
    }
}

// From elsewhere the search may not find the maximum where the likelihood hardly depends on a weight.
TEST(SelectionWithModerators, TheSearchBeginsAtTheMaximumWithoutSelection) {
    auto const set = drawn(8);
    auto const design = x_and_f(set).design(set.estimates.size());
    auto const means = detail::means_of_design<double>{design};
    auto const start = means.plain(set.estimates);
    auto const plain = meta_regression(random_effects{maximum_likelihood{}}, set.estimates, x_and_f(set));
    EXPECT_RELATIVE(start.tau_squared, plain.tau_squared, 1e-12);
    auto const columns = means.columns(set.estimates.size());
    for (std::size_t i = 0; i < set.estimates.size(); ++i) {
        double mean = 0;
        for (std::size_t j = 0; j < columns.size(); ++j) {
            mean += start.coefficients[j] * columns[j][i];
        }
        EXPECT_RELATIVE(mean, predict(plain, {set.x[i], set.f[i]}, 0.9).effect, 1e-11, 1e-12) << i;
    }
}

TEST(SelectionWithModerators, AnEmptyIntervalIsNamed) {
    auto set = drawn(7);
    for (auto& study : set.estimates) {
        study.effect = std::abs(study.effect) + 3; // all significant
    }
    auto const fit = meta_regression(selection_model{step_weights{{0.025}}}, set.estimates, x_and_f(set));
    EXPECT_EQ(fit.status, status::undefined);
    EXPECT_TRUE(std::isnan(fit.coefficients[1]));
    EXPECT_EQ(fit.sparse_interval, std::size_t{1});
    EXPECT_NE(fit.message.find("flat"), std::string::npos);
    EXPECT_THROW((void)weight_interval(selection_model{}, set.estimates, x_and_f(set), 0, 0.95),
                 invalid_input);
    EXPECT_THROW((void)coefficient_interval(selection_model{}, set.estimates, x_and_f(set), 3, 0.95),
                 invalid_input);
}

// The climb with few nodes ended where the integral over all results does not exist; it counted as the
// maximum, with a likelihood of 0.
TEST(SelectionWithModerators, ByBetaWeightsHaveALikelihood) {
    int known = 0;
    for (unsigned seed = 1; seed <= 6; ++seed) {
        auto engine = std::mt19937_64(seed);
        auto normal = std::normal_distribution<double>();
        auto uniform = std::uniform_real_distribution<double>();
        auto studies = std::vector<estimate>{};
        while (studies.size() < 40) {
            double const variance = 0.01 * std::pow(30, uniform(engine));
            double const effect = 0.1 + 0.3 * normal(engine) + std::sqrt(variance) * normal(engine);
            if (effect / std::sqrt(variance) > 1.96 || uniform(engine) < 0.3) {
                studies.push_back({effect, variance});
            }
        }
        auto year = std::vector<double>{};
        for (int i = 0; i < 40; ++i) {
            year.push_back(1990 + (i * 7) % 23);
        }
        auto const given = moderators{}.with("year", year);
        auto const fit = meta_regression(selection_model{beta_weights{}}, studies, given);
        auto const plain = meta_regression(random_effects{maximum_likelihood{}}, studies, given);
        if (fit.status == status::ok) {
            ++known;
            // Both weights 1 are no selection.
            EXPECT_GE(fit.log_likelihood, log_likelihood(moderated(studies, given), plain.tau_squared) - 1e-9)
                << seed;
        }
        EXPECT_NE(fit.status, status::undefined) << seed << " " << fit.message;
    }
    EXPECT_GT(known, 0);
}

} // namespace
} // namespace accrue::test_regression_selection
