// What likelihoods of rare events come to where a formula says it, and the search for their maxima.

#include "support/relative.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events/beta_binomial.hpp>
#include <accrue/rare_events/binomial_normal.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/rare_events/detail/random_intercept_maximum.hpp>
#include <accrue/rare_events/exact_odds_ratio.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
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

// No event in 7589 and nothing but events in 1991: the likelihood is 1 beyond an effect of about -30, three
// and a half standard deviations from where it is expected, and Newton's steps to the peak go too far.
TEST(RandomIntercepts, HaveTheMarginalLikelihoodOfASumOverThePlaneWhereStepsGoTooFar) {
    auto const pair = detail::random_intercept_pair<double>{{0, 7589, 0}, {1991, 1991, 0}};
    double const a = -7.33131;
    double const m = -0.450447;
    double const s = 0.275754;
    double const t = 8.70425;
    double sum = 0;
    for (double y = -10; y < 10; y += 0.1) {
        for (double x = -14; x < 14; x += 0.01) {
            double const alpha = a + s * y;
            double const theta = m + t * x;
            sum += std::exp(-7589 * std::log1p(std::exp(alpha + theta / 2)) -
                            1991 * std::log1p(std::exp(theta / 2 - alpha)) - (x * x + y * y) / 2);
        }
    }
    double const expected = std::log(sum * 0.1 * 0.01 / (2 * std::numbers::pi));
    EXPECT_RELATIVE(detail::marginal<double>(pair, {a, m, s, t}).value, expected, 1e-11);
}

// At no spread the likelihood's second derivative by it is the sum of l'² + l'' over the trials at the common
// effect: where that is positive the maximum has a spread, however small.
TEST(MixedModels, HaveASpreadWhereverTheLikelihoodRisesWithIt) {
    int found = 0;
    for (double more = 40; more < 48; more += 1) {
        for (double total = 900; total < 1100; total += 20) {
            auto const trials = std::vector<two_arms<events>>{{{400 + more, 1000}, {400, 1000}},
                                                              {{400, total}, {400, total}}};
            double const common = pool(exact_odds_ratio{}, trials).effect;
            double rise = 0;
            for (auto const& trial : trials) {
                auto const here = detail::noncentral_hypergeometric<double>(trial).at(common);
                rise += here.slope * here.slope + here.curvature;
            }
            if (rise < 0.05) {
                continue;
            }
            auto const result = pool(binomial_normal{}, trials);
            EXPECT_EQ(result.status, status::ok);
            EXPECT_GT(result.tau_squared, 0) << more << " " << total << " " << rise;
            found += rise < 1 ? 1 : 0;
        }
    }
    EXPECT_GT(found, 0) << "some rise by little";
}

// One event a trial, once in the larger group under treatment and once in the larger one of the others: at no
// effect both are where 3 of 5 participants are. As effects spread without end either side becomes as likely,
// which is less: 1 / 4.
TEST(MixedModels, HaveAMaximumAboveWhatTheyTendToWithoutEnd) {
    auto const result =
        pool(binomial_normal{}, std::vector<two_arms<events>>{{{1, 60}, {0, 40}}, {{0, 40}, {1, 60}}});
    EXPECT_EQ(result.status, status::ok);
    EXPECT_EQ(result.tau_squared, 0);
    EXPECT_NEAR(result.effect, 0, 1e-14);
    EXPECT_RELATIVE(result.variance, 1 / (2 * 0.6 * 0.4), 1e-13);
    EXPECT_RELATIVE(result.log_likelihood, 2 * std::log(0.6), 1e-14);
}

// A likelihood of which fewer than half of the digits are known has no maximum that is.
TEST(MixedModels, AreNotOkWhereIntegralsHaveFewDigits) {
    for (double const error : {1e-16, 1e-9, 1e-7, 1e-3, 1.0}) {
        auto const point = [&](double const mean, double const sd, double) {
            return detail::marginal_point<double>{
                -(mean - 2) * (mean - 2) / 2 - sd * sd / 2, 2 - mean, -sd, -1, 0, -1, error};
        };
        auto search = detail::mixed_search<double, decltype(point)>(point, 0.0, 1.0,
                                                                    -std::numeric_limits<double>::infinity());
        auto const expected = error < 1e-8 ? status::ok : status::not_converged;
        for (auto const& result : {search.run(), search.at(1.0)}) {
            EXPECT_RELATIVE(result.mean, 2.0, 1e-15);
            EXPECT_EQ(result.status, expected) << error;
        }
    }
}

// The same at fifty digits: with spreads of next to nothing the normal density's derivatives would be
// differences of numbers 1e8 times as large.
TEST(FixedIntercepts, KeepTheDigitsOfDerivativesUnderSmallSpreads) {
    using precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>,
                                                  boost::multiprecision::et_off>;
    auto const lifted = [](events const& x) {
        return basic_events<precise>{precise(x.count), precise(x.total)};
    };
    auto const trial = two_arms<events>{{3, 20}, {5, 25}};
    auto const pair = fixed_intercepts{}(trial);
    auto const other =
        fixed_intercepts{}(two_arms<basic_events<precise>>{lifted(trial.treatment), lifted(trial.control)});
    for (double const sd : {1e-4, 1e-2}) {
        auto const found = detail::marginals<double>(pair)(0.3, sd, 1e-17);
        auto const expected = detail::marginals<precise>(other)(precise(0.3), precise(sd), precise(1e-30));
        EXPECT_RELATIVE(found.by_mean, static_cast<double>(expected.by_mean), 1e-12) << sd;
        EXPECT_RELATIVE(found.by_mean_twice, static_cast<double>(expected.by_mean_twice), 1e-12) << sd;
        EXPECT_RELATIVE(found.by_sd_twice, static_cast<double>(expected.by_sd_twice), 1e-12) << sd;
    }
}

} // namespace
} // namespace accrue::test_rare_events_likelihoods_by_hand
