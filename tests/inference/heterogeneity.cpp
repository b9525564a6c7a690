// Distributions and intervals that no table of golden values defends to the last digit, against independent
// computations; models of tables against each other.

#include "support/relative.hpp"
#include <accrue/effect/effects.hpp>
#include <accrue/effect/peto_log_odds_ratio.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference.hpp>
#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/leave_one_out.hpp>
#include <accrue/inference/stratified_tests.hpp>
#include <accrue/inference/z_curve.hpp>
#include <accrue/model.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace accrue::test_inference_heterogeneity {
namespace {

/// Eigenvalues of a symmetric matrix by Jacobi's rotations.
std::vector<double> eigenvalues(std::vector<std::vector<double>> a) {
    std::size_t const n = a.size();
    for (int sweep = 0; sweep < 60; ++sweep) {
        for (std::size_t p = 0; p < n; ++p) {
            for (std::size_t q = p + 1; q < n; ++q) {
                if (!(std::abs(a[p][q]) > 1e-300)) {
                    continue;
                }
                double const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
                double const t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::hypot(theta, 1.0));
                double const c = 1 / std::hypot(t, 1.0);
                double const s = t * c;
                for (std::size_t i = 0; i < n; ++i) {
                    double const x = a[i][p];
                    a[i][p] = c * x - s * a[i][q];
                    a[i][q] = s * x + c * a[i][q];
                }
                for (std::size_t i = 0; i < n; ++i) {
                    double const x = a[p][i];
                    a[p][i] = c * x - s * a[q][i];
                    a[q][i] = s * x + c * a[q][i];
                }
            }
        }
    }
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(a[i][i]);
    }
    return values;
}

/// P(sum of lambda chi²(1) <= q) by Ruben's series of chi² distributions (Ruben 1962, Ann Math Stat
/// 33:542-570), whose coefficients are positive and add up to 1.
double ruben(std::vector<double> const& lambda, double const q) {
    double const beta = *std::min_element(lambda.begin(), lambda.end());
    double const m = double(lambda.size());
    double first = 1;
    for (double const l : lambda) {
        first *= std::sqrt(beta / l);
    }
    std::vector<double> c = {first};
    std::vector<double> g = {0};
    std::vector<double> powers(lambda.size(), 1.0);
    double total = first;
    double sum = first * (1 - chi_squared{m}.survival(q / beta));
    for (std::size_t j = 1; j < 20000 && total < 1 - 1e-15; ++j) {
        double power_sum = 0;
        for (std::size_t i = 0; i < lambda.size(); ++i) {
            powers[i] *= 1 - beta / lambda[i];
            power_sum += powers[i];
        }
        g.push_back(power_sum);
        double next = 0;
        for (std::size_t i = 1; i <= j; ++i) {
            next += g[i] * c[j - i];
        }
        c.push_back(next / (2 * double(j)));
        total += c[j];
        sum += c[j] * (1 - chi_squared{m + 2 * double(j)}.survival(q / beta));
    }
    return sum;
}

template <class Weights>
double by_eigenvalues(std::vector<estimate> const& studies, Weights const& weights, double const tau_squared,
                      double const q) {
    std::size_t const k = studies.size();
    double const smallest = detail::as_evidence(studies).smallest_variance();
    std::vector<double> a;
    double total = 0;
    for (auto const& study : studies) {
        a.push_back(weights(study.variance, smallest));
        total += a.back();
    }
    std::vector<std::vector<double>> matrix(k, std::vector<double>(k));
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            double const residual = (i == j ? a[i] : 0) - a[i] * a[j] / total;
            matrix[i][j] = residual * std::sqrt((studies[i].variance + tau_squared) *
                                                (studies[j].variance + tau_squared));
        }
    }
    auto values = eigenvalues(matrix);
    std::sort(values.begin(), values.end());
    values.erase(values.begin()); // the one that is zero
    return ruben(values, q);
}

TEST(GeneralisedQ, DistributionIsThatOfAWeightedSumOfChiSquared) {
    auto generator = std::mt19937_64(3);
    auto uniform = std::uniform_real_distribution<>();
    double worst = 0;
    for (int set = 0; set < 100; ++set) {
        std::vector<estimate> studies;
        auto const k = 2 + std::size_t(9 * uniform(generator));
        for (std::size_t i = 0; i < k; ++i) {
            studies.push_back({0, std::pow(10, uniform(generator))});
        }
        double const tau_squared = uniform(generator) < 0.3 ? 0.0 : 3 * uniform(generator);
        auto const evidence = detail::as_evidence(studies);
        auto const compare = [&](auto const& weights) {
            using weights_type = std::remove_cvref_t<decltype(weights)>;
            double const q = std::pow(10, 2.5 * uniform(generator) - 1);
            double const found = detail::generalised_q_distribution<study_evidence<double>, weights_type>(
                                     evidence, weights, tau_squared)
                                     .cumulative(q);
            double const expected = by_eigenvalues(studies, weights, tau_squared, q);
            worst = std::max(worst, std::abs(found - expected));
        };
        compare(inverse_variance_weights{});
        compare(inverse_standard_error_weights{});
        compare(equal_weights{});
    }
    std::cout << "worst difference of a probability: " << worst << '\n';
    EXPECT_LT(worst, 1e-13);
}

TEST(GeneralisedQ, WithEqualVariancesTheDistributionIsChiSquared) {
    std::vector<estimate> const studies(6, estimate{0, 2});
    auto const evidence = detail::as_evidence(studies);
    auto const distribution = detail::generalised_q_distribution<study_evidence<double>, equal_weights>(
        evidence, equal_weights{}, 1.0);
    for (double const x : {0.01, 0.5, 3.0, 9.0, 25.0, 60.0}) {
        // Terms of up to exp(5) are summed.
        EXPECT_NEAR(distribution.cumulative(3 * x), 1 - chi_squared{5}.survival(x), 3e-14) << x;
    }
}

TEST(TauSquaredInterval, MethodsTakeOptionsByPositionAndByName) {
    static_assert(std::is_same_v<decltype(profile_likelihood{}), profile_likelihood<reml>>);
    static_assert(std::is_same_v<decltype(profile_likelihood{maximum_likelihood{}, 1e-9, 50}),
                                 profile_likelihood<maximum_likelihood>>);
    static_assert(std::is_same_v<decltype(generalised_q_profile{equal_weights{}, 1e-9}),
                                 generalised_q_profile<equal_weights>>);
    EXPECT_EQ(profile_likelihood<>{.tolerance = 1e-9}.tolerance, 1e-9);
#ifndef __clang__
    // Clang 16 deduces no types from designated options.
    static_assert(std::is_same_v<decltype(profile_likelihood{.tolerance = 1e-9}), profile_likelihood<reml>>);
    static_assert(
        std::is_same_v<decltype(profile_likelihood{.max_iterations = 9}), profile_likelihood<reml>>);
    static_assert(
        std::is_same_v<decltype(profile_likelihood{.estimator = maximum_likelihood{}, .tolerance = 1e-9}),
                       profile_likelihood<maximum_likelihood>>);
    static_assert(std::is_same_v<decltype(generalised_q_profile{.tolerance = 1e-9, .max_iterations = 9}),
                                 generalised_q_profile<inverse_standard_error_weights>>);
    EXPECT_EQ((profile_likelihood{.tolerance = 1e-9, .max_iterations = 9}.max_iterations), 9);
#endif
}

// Five studies; expected values by R metafor 3.8-1, hc(rma(y, v, method = "DL")), whose quadrature is good
// for 1e-7.
std::vector<estimate> const five = {{-0.9, 0.3}, {-1.5, 0.2}, {0.1, 0.1}, {-0.3, 0.05}, {0.4, 0.4}};

TEST(HenmiCopas, AgreesWithMetafor) {
    auto const result = pool(henmi_copas{}, five);
    EXPECT_RELATIVE(result.effect, -0.355102040816327, 1e-14);
    auto const ci = confidence_interval(result, 0.95);
    EXPECT_RELATIVE(ci.lower, -1.253476653183888, 1e-7);
    EXPECT_RELATIVE(ci.upper, 0.543272571551235, 1e-7);
}

TEST(HenmiCopas, TailProbabilityIsThatOfATrapeziumRule) {
    auto const result = pool(henmi_copas{}, five);
    auto const& q = result.q;
    for (double const u : {0.5, 1.0, 2.0, 4.0}) {
        double const start = u / q.deviation;
        double sum = 0;
        double const step = 1e-4;
        // The substitution z = start + x² makes the integrand smooth where Q's distribution begins.
        for (double x = step / 2; x < 6; x += step) {
            double const z = start + x * x;
            double const mean = q.mean_base + q.mean_slope * z * z;
            double const variance = q.variance_base + q.variance_slope * z * z;
            double const limit = 4 + (detail::square(z / start) - 1) * q.room;
            sum += 2 * x *
                   (1 - chi_squared{2 * mean * mean / variance}.survival(2 * limit * mean / variance)) *
                   normal::density(z) * step;
        }
        EXPECT_RELATIVE(detail::henmi_copas_tail(result, u), sum, 1e-8) << u;
    }
}

// So far out that no double holds the probability: by the same rule in units of the density at the start.
TEST(HenmiCopas, HasALogPValueAndAZHoweverFarOut) {
    for (double const shift : {5.0, 40.0, 300.0, 1e6, 1e30}) {
        auto studies = five;
        for (auto& study : studies) {
            study.effect += shift;
        }
        auto const result = pool(henmi_copas{}, studies);
        auto const& q = result.q;
        double const start = test_statistic(result) / q.deviation;
        double sum = 0;
        double const step = 1e-4;
        for (double x = step / 2; x < 7; x += step) {
            double const distance = x * x / start;
            double const z = start + distance;
            double const mean = q.mean_base + q.mean_slope * z * z;
            double const variance = q.variance_base + q.variance_slope * z * z;
            double const limit = 4 + distance / start * (2 + distance / start) * q.room;
            sum += 2 * x / start *
                   (1 - chi_squared{2 * mean * mean / variance}.survival(2 * limit * mean / variance)) *
                   std::exp(-distance * (start + distance / 2)) * step;
        }
        double const log_density = -start * start / 2 - 0.5 * std::log(2 * 3.141592653589793);
        EXPECT_RELATIVE(log_p_value(result), std::log(2 * sum) + log_density, 1e-9) << shift;
        EXPECT_RELATIVE(normal::log_survival(z_value(result)) + std::log(2.0), log_p_value(result), 1e-12)
            << shift;
    }
    auto const near = pool(henmi_copas{}, five);
    EXPECT_RELATIVE(log_p_value(near), std::log(p_value(near)), 1e-12);
    auto const one = pool(henmi_copas{}, std::vector<estimate>{{-50, 1}});
    EXPECT_RELATIVE(z_value(one), -50.0, 1e-14);
    auto const beyond = pool(henmi_copas{}, std::vector<estimate>{{1e308, 1}, {-1e308, 1}});
    EXPECT_TRUE(std::isnan(log_p_value(beyond)));
    EXPECT_TRUE(std::isnan(z_value(beyond)));
}

TEST(HenmiCopas, ConditionalMomentsAreThoseOfSimulatedData) {
    auto generator = std::mt19937_64(5);
    auto deviate = std::normal_distribution<>();
    auto const result = pool(henmi_copas{}, five);
    ASSERT_GT(result.tau_squared, 0);
    auto const& q = result.q;
    // E Q = base + slope, since E z² = 1; and regressing Q on z² gives the slope.
    double mean_q = 0;
    double mean_z2 = 0;
    double cross = 0;
    double squares = 0;
    int const runs = 400'000;
    double const w1 = 1 / pool(common_effect{}, five).variance;
    for (int run = 0; run < runs; ++run) {
        auto simulated = five;
        for (auto& study : simulated) {
            study.effect = std::sqrt(study.variance + result.tau_squared) * deviate(generator);
        }
        auto const fit = inverse_variance_fit(detail::as_evidence(simulated), 0.0);
        double const z2 = detail::square(fit.mean * std::sqrt(w1) / q.deviation);
        mean_q += fit.q() / runs;
        mean_z2 += z2 / runs;
        cross += z2 * fit.q() / runs;
        squares += z2 * z2 / runs;
    }
    double const slope = (cross - mean_q * mean_z2) / (squares - mean_z2 * mean_z2);
    double const standard_error_of_mean = std::sqrt((q.variance_base + q.variance_slope) / runs);
    EXPECT_NEAR(mean_q, q.mean_base + q.mean_slope, 6 * standard_error_of_mean);
    EXPECT_NEAR(slope, q.mean_slope, 6 * standard_error_of_mean);
}

TEST(HenmiCopas, WithoutHeterogeneityAndForOneStudyItsIntervalIsDefined) {
    std::vector<estimate> const one = {{0.4, 0.09}};
    auto const single = pool(henmi_copas{}, one);
    EXPECT_RELATIVE(confidence_interval(single, 0.95).upper, 0.4 + 0.3 * normal::upper_quantile(0.025),
                    1e-12);
    EXPECT_RELATIVE(p_value(single), 2 * normal::survival(0.4 / 0.3), 1e-14);
}

// Qualifies: DISTRIBUTION-1
TEST(LogPValue, DoesNotUnderflow) {
    auto const result = [](double const z, double const degrees_of_freedom) {
        return pooled{z, 1, 0, degrees_of_freedom, 10, status::ok};
    };
    double const infinite = std::numeric_limits<double>::infinity();
    // log(2) + log of the normal tail, by its asymptotic series.
    for (double const z : {40.0, 100.0, 1414.0, 1e5}) {
        double const r = 1 / (z * z);
        double const series = 1 - r * (1 - r * (3 - r * (15 - r * (105 - r * 945))));
        double const expected =
            std::log(2.0) - z * z / 2 - std::log(z * std::sqrt(2 * std::acos(-1.0))) + std::log(series);
        EXPECT_RELATIVE(log_p_value(result(z, infinite)), expected, 1e-14) << z;
        EXPECT_RELATIVE(log_p_value(result(-z, infinite)), expected, 1e-14) << z;
        EXPECT_EQ(log_p_value_greater(result(-z, infinite)), 0);
    }
    EXPECT_LT(log_p_value(result(1415, infinite)), -1e6);
    // Cauchy: P(|T| > x) = 2/(pi x) (1 - 1/(3 x²) + ...).
    EXPECT_RELATIVE(log_p_value(result(1e300, 1)), std::log(2 / std::acos(-1.0)) - std::log(1e300), 1e-14);
    // Two degrees of freedom: P(T > x) = (1 - x / sqrt(2 + x²)) / 2 = 1 / (2 x²) far out.
    EXPECT_RELATIVE(log_p_value_greater(result(1e200, 2)), -std::log(2.0) - 2 * std::log(1e200), 1e-14);
    // Both forms of the tail agree where both can be computed.
    for (double const degrees_of_freedom : {1.0, 3.0, 30.0, 1000.0, 1e6, infinite}) {
        for (double const x : {0.1, 2.0, 8.0, 25.0}) {
            EXPECT_RELATIVE(log_p_value(result(x, degrees_of_freedom)),
                            std::log(p_value(result(x, degrees_of_freedom))), 1e-13)
                << x << " " << degrees_of_freedom;
        }
    }
    // Continuous across the switch of method: the log-tail's slope changes little over a small step.
    for (double const degrees_of_freedom : {5.0, 50.0, 1000.0, 1e6, infinite}) {
        double before = log_p_value(result(1.0, degrees_of_freedom));
        double slope_before = 0;
        for (double x = 1.01; x < 1e8 && before > -5000; x *= 1.01) {
            double const now = log_p_value(result(x, degrees_of_freedom));
            double const slope = (now - before) / std::log(1.01);
            ASSERT_LT(now, before) << x << " " << degrees_of_freedom;
            if (slope_before < 0) {
                ASSERT_NEAR(slope / slope_before, 1, 0.025) << x << " " << degrees_of_freedom;
            }
            before = now;
            slope_before = x > 5 ? slope : 0;
        }
    }
}

TEST(Inconsistency, ByBothDefinitionsAndTheirIntervals) {
    auto const summary = heterogeneity(five);
    EXPECT_RELATIVE(i_squared_from_tau_squared(dersimonian_laird{}(detail::as_evidence(five)).value, five),
                    summary.i_squared, 1e-13);
    EXPECT_RELATIVE(h_squared_from_tau_squared(dersimonian_laird{}(detail::as_evidence(five)).value, five),
                    summary.h_squared, 1e-13);
    auto const by_profile = i_squared_interval(q_profile{}, five, 0.95);
    auto const by_test = i_squared_interval(test_based{}, five, 0.95);
    EXPECT_TRUE(by_profile.contains(summary.i_squared));
    EXPECT_TRUE(by_test.contains(summary.i_squared));
    EXPECT_GE(by_profile.lower, 0);
    EXPECT_LT(by_profile.upper, 1);
    EXPECT_THROW((void)i_squared_interval(test_based{}, five, 1.5), invalid_input);
}

std::vector<two_arms<events>> const trials = {
    {{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{0, 40}, {3, 38}}, {{12, 200}, {15, 180}}};

TEST(MantelHaenszel, FlippingTheArmsTurnsTheSign) {
    auto flipped = trials;
    for (auto& trial : flipped) {
        trial = flip(trial);
    }
    auto const check = [&](auto const& model) {
        auto const first = pool(model, trials);
        auto const second = pool(model, flipped);
        EXPECT_RELATIVE(second.effect, -first.effect, 1e-13);
        EXPECT_RELATIVE(second.variance, first.variance, 1e-13);
    };
    check(mantel_haenszel{});
    check(mantel_haenszel{log_risk_ratio{}});
    check(mantel_haenszel{risk_difference{}});
    check(mantel_haenszel{risk_difference{}, greenland_robins_variance{}});
    check(peto{});
}

TEST(MantelHaenszel, OfOneTrialIsThatTrialsOwnEffect) {
    auto const one = std::vector{trials[0]};
    auto const compare = [&](auto const& measure) {
        auto const found = pool(mantel_haenszel{measure}, one);
        auto const expected = measure(trials[0]);
        EXPECT_RELATIVE(found.effect, expected.effect, 1e-13);
        EXPECT_RELATIVE(found.variance, expected.variance, 1e-13);
    };
    compare(log_odds_ratio{});
    compare(log_risk_ratio{});
    auto const difference = pool(mantel_haenszel{risk_difference{}, greenland_robins_variance{}}, one);
    EXPECT_RELATIVE(difference.effect, risk_difference{}(trials[0]).effect, 1e-13);
    EXPECT_RELATIVE(difference.variance, risk_difference{}(trials[0]).variance, 1e-13);
    auto const rates = std::vector<two_arms<rate>>{{{9, 413.4}, {19, 450}}};
    EXPECT_RELATIVE(pool(mantel_haenszel{log_incidence_rate_ratio{}}, rates).variance,
                    log_incidence_rate_ratio{}(rates[0]).variance, 1e-13);
    EXPECT_RELATIVE(pool(mantel_haenszel{incidence_rate_difference{}}, rates).variance,
                    incidence_rate_difference{}(rates[0]).variance, 1e-13);
    EXPECT_RELATIVE(pool(peto{}, one).effect, peto_log_odds_ratio{}(trials[0]).effect, 1e-13);
    EXPECT_RELATIVE(pool(peto{}, one).variance, peto_log_odds_ratio{}(trials[0]).variance, 1e-13);
}

TEST(MantelHaenszel, ThePetoStatisticIsTheCochranMantelHaenszelTest) {
    auto const test = cochran_mantel_haenszel_test(trials);
    EXPECT_RELATIVE(test.statistic, detail::square(test_statistic(pool(peto{}, trials))), 1e-13);
    EXPECT_RELATIVE(test.p_value, p_value(pool(peto{}, trials)), 1e-12);
}

TEST(MantelHaenszel, WorksWhereverAModelDoes) {
    auto const model = mantel_haenszel{log_risk_ratio{}};
    auto const results = cumulative(model, trials);
    ASSERT_EQ(results.size(), trials.size());
    EXPECT_EQ(results.back().effect, pool(model, trials).effect);
    EXPECT_EQ(leave_one_out(model, trials).back().effect,
              pool(model, std::vector(trials.begin(), trials.end() - 1)).effect);
    EXPECT_RELATIVE(z_curve(model, trials).back(), test_statistic(pool(model, trials)), 1e-15);
    double total = 0;
    for (double const share : model.weights(std::span<two_arms<events> const>(trials))) {
        total += share;
    }
    EXPECT_RELATIVE(total, 1, 1e-14);
}

TEST(MantelHaenszel, NothingToPoolIsUndefinedAndBadTablesAreNamed) {
    auto const empty_cells = std::vector<two_arms<events>>{{{0, 10}, {0, 12}}, {{0, 5}, {0, 6}}};
    EXPECT_EQ(pool(mantel_haenszel{}, empty_cells).status, status::undefined);
    EXPECT_TRUE(std::isnan(pool(mantel_haenszel{}, empty_cells).effect));
    EXPECT_EQ(pool(peto{}, empty_cells).status, status::undefined);
    auto wrong = trials;
    wrong[2].control.count = 99;
    for (auto const& attempt :
         {+[](std::vector<two_arms<events>> const& t) { (void)pool(mantel_haenszel{}, t); },
          +[](std::vector<two_arms<events>> const& t) { (void)pool(peto{}, t); },
          +[](std::vector<two_arms<events>> const& t) { (void)breslow_day_test(t); }}) {
        try {
            attempt(wrong);
            ADD_FAILURE() << "more events than participants were accepted";
        } catch (invalid_input const& error) {
            EXPECT_EQ(error.study(), 2u) << error.what();
        }
    }
    EXPECT_THROW((void)pool(mantel_haenszel{}, std::vector<two_arms<events>>{}), invalid_input);
}

TEST(BreslowDay, WithoutACommonOddsRatioIsUndefined) {
    using list = std::vector<two_arms<events>>;
    for (auto const& data : {list{{{0, 10}, {0, 10}}}, list{{{3, 10}, {0, 10}}}, list{{{0, 10}, {3, 10}}},
                             list{{{3, 10}, {0, 10}}, {{2, 8}, {0, 9}}}, list{{{10, 10}, {10, 10}}}}) {
        auto const tests = breslow_day_test(data);
        EXPECT_EQ(tests.breslow_day.status, status::undefined);
        EXPECT_EQ(tests.tarone.status, status::undefined);
        EXPECT_TRUE(std::isnan(tests.breslow_day.p_value));
    }
    auto const alone = breslow_day_test(list{{{3, 10}, {1, 10}}});
    EXPECT_EQ(alone.breslow_day.status, status::ok);
    EXPECT_EQ(alone.breslow_day.p_value, 1);
}

TEST(MantelHaenszel, TablesOfOneOddsRatioPassBreslowAndDay) {
    // Every table has the odds ratio 3 exactly.
    std::vector<two_arms<events>> const same = {{{6, 10}, {5, 15}}, {{9, 12}, {10, 20}}, {{3, 5}, {9, 27}}};
    auto const test = breslow_day_test(same);
    EXPECT_NEAR(test.breslow_day.statistic, 0, 1e-12);
    EXPECT_NEAR(test.tarone.statistic, 0, 1e-12);
    EXPECT_EQ(test.breslow_day.degrees_of_freedom, 2);
    EXPECT_GT(test.breslow_day.p_value, 1 - 1e-9);
}

TEST(TauSquaredOfOneStudy, IsNoShareOfAnything) {
    auto const one = std::vector<estimate>{{0.5, 0.1}};
    auto accumulated = evidence_accumulator{};
    accumulated.add({0.5, 0.1});
    EXPECT_EQ(i_squared_from_tau_squared(0.1, one), 0);
    EXPECT_EQ(h_squared_from_tau_squared(0.1, one), 1);
    EXPECT_EQ(i_squared_from_tau_squared(0.1, accumulated), 0);
    EXPECT_EQ(h_squared_from_tau_squared(0.1, accumulated), 1);
    auto const several = std::vector<estimate>{{0.5, 0.1}, {0.2, 0.3}, {0.1, 0.2}};
    double const typical = typical_variance(several);
    for (double const tau_squared : {1e-300, 1e-5, 0.2, 1e5, 1e300}) {
        EXPECT_DOUBLE_EQ(i_squared_from_tau_squared(tau_squared, several),
                         tau_squared / (tau_squared + typical));
    }
    EXPECT_THROW((void)i_squared_from_q(5.0, -1.0), invalid_input);
}

// At the least levels the likelihood falls by less than its rounding.
TEST(TauSquaredInterval, IsThePointAtLevelsNextToNone) {
    auto const studies = std::vector<estimate>{{0.1, 0.04}, {0.2, 0.05}, {0.9, 0.03}, {-0.3, 0.1}};
    for (double const level : {1e-5, 1e-8, 1e-10, 1e-14, 1e-17, 1e-300}) {
        auto const expect_close = [&](auto const& method, double const inside) {
            auto const found = tau_squared_interval(method, studies, level);
            EXPECT_EQ(found.status, status::ok) << level;
            EXPECT_LE(found.lower, found.upper) << level;
            EXPECT_RELATIVE(found.lower, inside, 1e-7 + 10 * level) << level;
            EXPECT_RELATIVE(found.upper, inside, 1e-7 + 10 * level) << level;
        };
        expect_close(profile_likelihood<>{}, reml{}(detail::as_evidence(studies)).value);
        expect_close(profile_likelihood<maximum_likelihood>{},
                     maximum_likelihood{}(detail::as_evidence(studies)).value);
        expect_close(q_profile{}, median_unbiased_paule_mandel{}(detail::as_evidence(studies)).value);
    }
    // Found by fuzzing: limits of which the lower was the larger, by seven of the least numbers of the type.
    auto const least = std::numeric_limits<double>::denorm_min();
    auto const tiny = std::vector<estimate>{{1e-160, least}, {least, least}, {least, 3.98}, {2.69, 4}};
    auto const found = tau_squared_interval(q_profile{}, tiny, 1.5e-5);
    EXPECT_LE(found.lower, found.upper);
}

} // namespace
} // namespace accrue::test_inference_heterogeneity
