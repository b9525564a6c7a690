// What likelihoods of rare events come to where a formula says it, and the search for their maxima.

#include "support/relative.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events/beta_binomial.hpp>
#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/random_intercept_maximum.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace accrue::test_rare_events_likelihoods_by_hand {
namespace {

// Counts that differ less than binomial ones have no intraclass correlation: the likelihood is a product of
// binomials with the risks 1/5 and 1/10.
TEST(BetaBinomial, OfCountsThatAreAlikeHasTheLikelihoodOfBinomials) {
    auto const result = pool(beta_binomial{}, std::vector<two_arms<events>>(3, {{2, 10}, {1, 10}}));
    EXPECT_EQ(result.intraclass_correlation, 0);
    EXPECT_RELATIVE(result.effect, std::log(9.0 / 4), 1e-13);
    double const treatment = std::log(45 * 0.2 * 0.2 * std::pow(0.8, 8));
    double const control = std::log(10 * 0.1 * std::pow(0.9, 9));
    EXPECT_RELATIVE(result.log_likelihood, 3 * (treatment + control), 1e-13);
}

// Risks of 2/5 and 1/5, each participant a trial's whole group: no likelihood has the correlation in it.
TEST(BetaBinomial, OfGroupsOfOneParticipantIsThatOfTheirSum) {
    auto trials = std::vector<two_arms<events>>{};
    for (int i = 0; i < 10; ++i) {
        trials.push_back({{i < 4 ? 1.0 : 0.0, 1}, {i < 2 ? 1.0 : 0.0, 1}});
    }
    auto const result = pool(beta_binomial{}, trials);
    EXPECT_EQ(result.status, status::ok);
    EXPECT_EQ(result.intraclass_correlation, 0);
    EXPECT_RELATIVE(result.effect, std::log(8.0 / 3), 1e-13);
    EXPECT_RELATIVE(result.variance, 1.0 / 4 + 1.0 / 6 + 1.0 / 2 + 1.0 / 8, 1e-13);
}

// Of atan Newton's method alone goes to and fro ever farther from 1.4 on; within the bracket no step does.
TEST(NewtonBracket, HoldsEveryStepOnceBothEndsAreKnown) {
    for (double const root : {-0.3, 0.0, 0.7}) {
        for (double const steepness : {1.0, 5.0, 300.0}) {
            auto bracket = detail::newton_bracket<double>(4);
            bracket.not_below(-3);
            bracket.not_above(3);
            double x = 2.5;
            for (int i = 0; i < 80; ++i) {
                double const u = steepness * (x - root);
                x = bracket.next(x, -std::atan(u), -steepness / (1 + u * u));
                ASSERT_GE(x, -3) << root << " " << steepness;
                ASSERT_LE(x, 3) << root << " " << steepness;
            }
            EXPECT_NEAR(x, root, 1e-14) << steepness;
        }
    }
}

// No event in 1000 and in 900: the likelihood is 1 over half of the plane of intercepts and effects and falls
// at a corner, far from where effects are expected in the last case. By the trapezoidal rule over the plane,
// whose 3e6 terms round to 1e-12.
TEST(RandomIntercepts, HaveTheMarginalLikelihoodOfASumOverThePlane) {
    auto const pair = detail::random_intercept_pair<double>{{0, 1000, 0}, {0, 900, 0}};
    for (auto const& unknown :
         {std::array{0.0, 0.0, 0.4, 0.3}, {0, 0, 3, 2}, {0, 0, 30, 2}, {6, -4, 0.3, 2}}) {
        auto const [a, m, s, t] = unknown;
        double const step = s < 1 ? 0.05 : 0.1;
        double sum = 0;
        for (double alpha = a - 9 * s - 12; alpha < a + 9 * s; alpha += step) {
            double const y = (alpha - a) / s;
            for (double theta = m - 9 * t - 12; theta < m + 9 * t + 12; theta += step) {
                double const x = (theta - m) / t;
                sum += std::exp(-1000 * std::log1p(std::exp(alpha + theta / 2)) -
                                900 * std::log1p(std::exp(alpha - theta / 2)) - (x * x + y * y) / 2);
            }
        }
        double const expected = std::log(sum * step * step / (2 * std::numbers::pi * s * t));
        EXPECT_RELATIVE(detail::marginal<double>(pair, unknown).value, expected, 1e-11) << a << " " << s;
    }
}

} // namespace
} // namespace accrue::test_rare_events_likelihoods_by_hand
