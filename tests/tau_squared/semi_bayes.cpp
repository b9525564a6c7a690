// Tau squared as a posterior mean under an informative prior.

#include "support/relative.hpp"
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/semi_bayes.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace accrue::test_tau_squared_semi_bayes {
namespace {

template <class Estimator>
double estimated(Estimator const& estimator, std::vector<estimate> const& trials) {
    auto const result = estimator(detail::as_evidence(trials));
    EXPECT_EQ(result.status, status::ok);
    return result.value;
}

// The posterior mean by the midpoint rule in tau², written from the definition of the restricted likelihood.
double by_midpoints(std::function<double(double)> const& log_prior, std::vector<estimate> const& trials,
                    double const end, int const points) {
    double mass = 0;
    double moment = 0;
    for (int i = 0; i < points; ++i) {
        double const tau_squared = end * std::pow((i + 0.5) / points, 3);
        double const width = 3 * end * std::pow((i + 0.5) / points, 2) / points;
        double weights = 0;
        double sum = 0;
        double log_variances = 0;
        for (auto const& trial : trials) {
            weights += 1 / (trial.variance + tau_squared);
            sum += trial.effect / (trial.variance + tau_squared);
            log_variances += std::log(trial.variance + tau_squared);
        }
        double q = 0;
        for (auto const& trial : trials) {
            q += std::pow(trial.effect - sum / weights, 2) / (trial.variance + tau_squared);
        }
        double const density =
            std::exp(log_prior(tau_squared) - (log_variances + std::log(weights) + q) / 2) * width;
        mass += density;
        moment += tau_squared * density;
    }
    return moment / mass;
}

std::vector<estimate> const trials = {{0.4, 0.05}, {-0.2, 0.1}, {0.9, 0.2}, {0.1, 0.02}, {0.5, 0.08}};

TEST(SemiBayes, IsThePosteriorMean) {
    // The midpoint sums have about ten digits; the tail beyond their end is below 1e-11.
    auto const informative = inverse_gamma_prior{.shape = 6, .scale = 0.5};
    EXPECT_RELATIVE(estimated(semi_bayes{informative}, trials),
                    by_midpoints([&](double const t) { return informative(t); }, trials, 200, 4'000'000),
                    1e-9);
    auto const predictive = log_normal_prior{.mean = -3, .sd = 1.2};
    EXPECT_RELATIVE(estimated(semi_bayes{predictive}, trials),
                    by_midpoints([&](double const t) { return predictive(t); }, trials, 200, 4'000'000),
                    1e-9);
}

TEST(SemiBayes, OfOneTrialIsThePriorsMean) {
    auto const one = std::vector<estimate>{{0.3, 0.1}};
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{.shape = 3, .scale = 0.4}}, one), 0.2, 1e-13);
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{.shape = 1.5, .scale = 0.08}}, one), 0.16,
                    1e-13);
    EXPECT_RELATIVE(estimated(semi_bayes{log_normal_prior{.mean = -2, .sd = 1.5}}, one),
                    std::exp(-2 + 1.5 * 1.5 / 2), 1e-13);
}

TEST(SemiBayes, FollowsTheUnitOfTheEffect) {
    auto scaled = trials;
    for (auto& trial : scaled) {
        trial.effect *= 1000;
        trial.variance *= 1e6;
    }
    auto const prior = inverse_gamma_prior{.shape = 2, .scale = 0.3};
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{.shape = 2, .scale = 0.3e6}}, scaled),
                    1e6 * estimated(semi_bayes{prior}, trials), 1e-12);
}

/// Trials with v = 0.1 about 0, where tau² = 0.5.
std::vector<estimate> equal_trials(unsigned const seed, int const count) {
    auto generator = std::mt19937_64(seed);
    auto normal = std::normal_distribution<double>();
    auto result = std::vector<estimate>{};
    for (int i = 0; i < count; ++i) {
        result.push_back({std::sqrt(0.1 + 0.5) * normal(generator), 0.1});
    }
    return result;
}

// With many trials the posterior is narrow, and the sum's steps are fine enough for it.
TEST(SemiBayes, IsThePosteriorMeanOfManyTrials) {
    auto const many = equal_trials(11, 400);
    auto const prior = inverse_gamma_prior{.shape = 2, .scale = 0.3};
    EXPECT_RELATIVE(estimated(semi_bayes{prior}, many),
                    by_midpoints([&](double const t) { return prior(t); }, many, 5, 20'000), 1e-11);
}

TEST(SemiBayes, GivesWayToTheDataAsTrialsAccrue) {
    auto const many = equal_trials(7, 5000);
    auto const restricted = estimated(reml{}, many);
    // A prior shifts log tau² by its slope there times the posterior variance: at most about 3.7 * 2 (0.6 /
    // 0.5)² / 5000 = 0.0021 here; the mean exceeds the mode by less than that.
    constexpr double shift = 0.004;
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{.shape = 1.5, .scale = 0.01}}, many), restricted,
                    shift);
    EXPECT_RELATIVE(estimated(semi_bayes{log_normal_prior{.mean = 3, .sd = 1}}, many), restricted, shift);
}

TEST(SemiBayes, RefusesPriorsWithoutAMean) {
    EXPECT_THROW((void)estimated(semi_bayes{inverse_gamma_prior{.shape = 1, .scale = 1}}, trials),
                 invalid_input);
    EXPECT_THROW((void)estimated(semi_bayes{inverse_gamma_prior{.shape = 2, .scale = 0}}, trials),
                 invalid_input);
    EXPECT_THROW((void)estimated(semi_bayes{log_normal_prior{.mean = 0, .sd = 0}}, trials), invalid_input);
    EXPECT_THROW((void)estimated(semi_bayes{log_normal_prior{.mean = std::nan(""), .sd = 1}}, trials),
                 invalid_input);
}

TEST(SemiBayes, OfOneTrialIsThePriorsMeanHoweverHeavyItsTail) {
    auto const one = std::vector<estimate>{{0.3, 0.2}};
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{1.01, 0.1}}, one), 10, 1e-13);
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{1.0001, 0.1}}, one), 1000, 1e-11);
    EXPECT_RELATIVE(estimated(semi_bayes{inverse_gamma_prior{2, 1e300}}, one), 1e300, 1e-15);
    EXPECT_RELATIVE(estimated(semi_bayes{log_normal_prior{-3, 30}}, one), std::exp(447.0), 1e-13);
    EXPECT_THROW((void)estimated(semi_bayes{inverse_gamma_prior{1, 1}}, one), invalid_input);
}

} // namespace
} // namespace accrue::test_tau_squared_semi_bayes
