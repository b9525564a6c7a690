// Laws of models of rare events over many random trials: exchanged arms, and the simpler models that they
// tend to.

#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_rare_events_laws {
namespace {

using trial_list = std::vector<two_arms<events>>;

double drawn(std::mt19937_64& random, double const total, double const logit) {
    double const risk = 1 / (1 + std::exp(-logit));
    return static_cast<double>(std::binomial_distribution<int>(static_cast<int>(total), risk)(random));
}

/// Trials of up to `most` participants an arm, at about a risk, with an odds ratio that varies.
trial_list random_trials(std::mt19937_64& random, std::size_t const count, double const most,
                         double const risk, double const sd) {
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    auto trials = trial_list{};
    double const effect = 0.5 * normal(random);
    for (std::size_t i = 0; i < count; ++i) {
        double const one = std::ceil(most * (0.2 + 0.8 * uniform(random)));
        double const other = std::ceil(most * (0.2 + 0.8 * uniform(random)));
        double const logit = std::log(risk / (1 - risk)) + 0.4 * normal(random);
        double const treated = drawn(random, one, logit + effect + sd * normal(random));
        trials.push_back({{treated, one}, {drawn(random, other, logit), other}});
    }
    return trials;
}

template <class Trials>
Trials exchanged(Trials trials) {
    for (auto& trial : trials) {
        std::swap(trial.treatment, trial.control);
    }
    return trials;
}

/// Counts the results that exist, so that a model which has none does not pass.
template <class Pooled>
void expect_turned(Pooled const& one, Pooled const& other, int& existing) {
    ASSERT_EQ(one.status, other.status);
    if (one.status == status::ok) {
        ++existing;
        EXPECT_EQ(one.effect, -other.effect);
        EXPECT_EQ(one.variance, other.variance);
        EXPECT_EQ(one.tau_squared, other.tau_squared);
        if constexpr (requires { one.log_likelihood; }) {
            EXPECT_EQ(one.log_likelihood, other.log_likelihood);
        }
    }
}

// To the last bit.
TEST(RareEventLaws, ExchangingTheArmsTurnsTheSignExactly) {
    auto random = std::mt19937_64{31};
    auto existing = std::array<int, 8>{}; // results by model
    for (int repetition = 0; repetition < 200; ++repetition) {
        SCOPED_TRACE(repetition);
        auto const trials = random_trials(random, 1 + static_cast<std::size_t>(repetition) % 9, 80,
                                          repetition % 2 == 0 ? 0.03 : 0.3, 0.5 * (repetition % 3));
        auto const turned = exchanged(trials);
        auto const check = [&](auto const& model, int& count) {
            expect_turned(pool(model, trials), pool(model, turned), count);
        };
        check(binomial_normal{}, existing[0]);
        check(binomial_normal{conditional_approximate{}}, existing[1]);
        check(binomial_normal{fixed_intercepts{}}, existing[2]);
        check(beta_binomial{}, existing[3]);
        check(exact_odds_ratio{}, existing[4]);
        if (repetition < 15) {
            check(binomial_normal{random_intercepts{}}, existing[5]);
        }
        auto const limits = exact_interval(mid_p_tails{}, trials, 0.95);
        auto const mirrored = exact_interval(mid_p_tails{}, turned, 0.95);
        EXPECT_EQ(limits.lower, -mirrored.upper);
        EXPECT_EQ(limits.upper, -mirrored.lower);
        EXPECT_EQ(exact_p_value(trials, 0.3), exact_p_value(turned, -0.3));
        EXPECT_EQ(tailed_p_value(exact_tails{}, trials, 0.3), tailed_p_value(exact_tails{}, turned, -0.3));
        auto rates = std::vector<two_arms<rate>>{};
        for (auto const& [treatment, control] : trials) {
            rates.push_back({{treatment.count, 0.7 * treatment.total}, {control.count, 0.3 * control.total}});
        }
        expect_turned(pool(poisson_normal{}, rates), pool(poisson_normal{}, exchanged(rates)), existing[6]);
        expect_turned(pool(poisson_normal{fixed_intercepts{}}, rates),
                      pool(poisson_normal{fixed_intercepts{}}, exchanged(rates)), existing[7]);
    }
    for (std::size_t model = 0; model < existing.size(); ++model) {
        EXPECT_GT(existing[model], model == 5 ? 7 : 100) << model;
    }
}

// The same events among a hundred times as many participants are binomial to a hundredth of what they were.
// The first bound keeps the law from being about nothing; the second leaves a factor of 2, and 1e-9 for
// rounding.
TEST(RareEventLaws, ConditionalExactTendsToConditionalApproximate) {
    auto random = std::mt19937_64{32};
    int compared = 0;
    for (int repetition = 0; repetition < 60; ++repetition) {
        SCOPED_TRACE(repetition);
        auto trials = random_trials(random, 4 + static_cast<std::size_t>(repetition) % 6, 100, 0.06, 1.2);
        auto const apart = [&](double const factor) {
            auto more = trials;
            for (auto& [treatment, control] : more) {
                treatment.total *= factor;
                control.total *= factor;
            }
            auto const exact = pool(binomial_normal{}, more);
            auto const approximate = pool(binomial_normal{conditional_approximate{}}, more);
            EXPECT_EQ(exact.status, approximate.status);
            return std::abs(exact.effect - approximate.effect) +
                   std::abs(exact.tau_squared - approximate.tau_squared);
        };
        if (pool(binomial_normal{conditional_approximate{}}, trials).status != status::ok ||
            pool(binomial_normal{}, trials).status != status::ok) {
            continue;
        }
        ++compared;
        double const far = apart(100);
        double const near = apart(10000);
        EXPECT_LT(far, 0.05);
        EXPECT_LT(near, far / 50 + 1e-9);
    }
    EXPECT_GT(compared, 40);
}

// The two differ by the order of 1 / the fewest events of a cell: with a hundred times the events by a
// hundredth. Which constant that order has differs from set to set; 2 is above all of these. The last bound
// is for the fall itself, with 1e-6 where the two are equal from the start.
TEST(RareEventLaws, ConditionalExactTendsToInverseVariance) {
    auto random = std::mt19937_64{33};
    for (int repetition = 0; repetition < 40; ++repetition) {
        SCOPED_TRACE(repetition);
        auto const trials =
            random_trials(random, 4 + static_cast<std::size_t>(repetition) % 6, 400, 0.3, 0.8);
        auto const apart = [&](double const factor) {
            auto more = trials;
            for (auto& [treatment, control] : more) {
                for (auto* const arm : {&treatment, &control}) {
                    arm->count = (arm->count + 1) * factor;
                    arm->total = (arm->total + 2) * factor;
                }
            }
            auto const exact = pool(binomial_normal{}, more);
            auto const normal = pool(random_effects{maximum_likelihood{}}, effects(log_odds_ratio{}, more));
            EXPECT_EQ(exact.status, status::ok);
            return std::abs(exact.effect - normal.effect) + std::abs(exact.tau_squared - normal.tau_squared);
        };
        double fewest = 400;
        for (auto const& [treatment, control] : trials) {
            for (auto const& arm : {treatment, control}) {
                fewest = (std::min)({fewest, arm.count + 1, arm.total - arm.count + 1});
            }
        }
        double const far = apart(1);
        double const near = apart(100);
        EXPECT_LT(far, 2 / fewest);
        EXPECT_LT(near, 0.02 / fewest);
        EXPECT_LT(near, far / 20 + 1e-6);
    }
}

// What one participant tells is an odds, whatever the variance of effects: the profile is flat.
TEST(BinomialNormal, OfOneParticipantAStudyIsUndefined) {
    for (int n = 2; n <= 8; ++n) {
        for (int a = 1; a < n; ++a) {
            auto groups = std::vector<events>{};
            auto pairs = std::vector<two_arms<events>>{};
            for (int i = 0; i < n; ++i) {
                double const had = i < a ? 1 : 0;
                groups.push_back({had, 1});
                pairs.push_back({{had, 1}, {1 - had, 1}});
            }
            EXPECT_EQ(pool(binomial_normal{}, groups).status, status::undefined) << n << ' ' << a;
            EXPECT_EQ(pool(binomial_normal{}, pairs).status, status::undefined) << n << ' ' << a;
            EXPECT_EQ(pool(binomial_normal{conditional_approximate{}}, pairs).status, status::undefined);
        }
    }
}

// By mpmath 1.3, with products in place of gamma functions.
TEST(BinomialNormal, HasTheLikelihoodOfLargeTotals) {
    for (double const n : {1e9, 1e11, 1e13, 1e15, 5e15}) {
        auto const found = pool(binomial_normal{}, std::vector<events>{{3, n}, {5, n}, {1, n}, {4, n}});
        EXPECT_RELATIVE(found.log_likelihood, -7.43479009, 1e-9) << n;
    }
    EXPECT_THROW(
        (void)pool(beta_binomial{}, std::vector<two_arms<events>>{{{3, 1e11}, {5, 1e11}}, {{1, 9}, {4, 9}}}),
        invalid_input);
}

// Likelihoods of large counts are much narrower than the distribution of true effects. Derivatives that are
// differences of large numbers had 7 digits of the variance left at totals of a million, and 2 at a hundred
// million. By mpmath 1.3 in 34 digits, with moments of the true effects in place of those derivatives.
TEST(MixedModels, OfLargeCountsHaveAllDigits) {
    struct reference {
        double n;
        double effect, variance, tau_squared, log_likelihood; // of proportions
        double rate, rate_variance, rate_tau_squared, rate_log_likelihood;
    };
    for (auto const& [n, effect, variance, tau_squared, likelihood, rate_effect, rate_variance,
                      rate_tau_squared, rate_likelihood] :
         {reference{1e4, -1.8434646814371606, 0.15868331082342334, 0.63365442415284778, -32.760502880191257,
                    -3.4137804583628835, 0.11661278840496416, 0.46549345939370939, -32.881275711507126},
          reference{1e6, -1.8438104523529215, 0.15866537409773333, 0.63465070253625901, -51.180275837845103,
                    -3.4142219225723687, 0.11663216760795179, 0.46651908716237704, -51.301207571712627},
          reference{1e8, -1.8438139095809927, 0.15866519044352908, 0.63466065383500339, -69.600947476073254,
                    -3.4142263373531511, 0.1166323573615733, 0.46652933361296627, -69.721880784151142},
          reference{1e10, -1.8438139441532241, 0.15866518860655602, 0.63466075334683289, -88.021628128965583,
                    -3.4142263815009713, 0.11663235925870208, 0.466529436076475, -88.142561452784083}}) {
        auto groups = std::vector<events>{};
        auto rates = std::vector<rate>{};
        auto trials = std::vector<two_arms<events>>{};
        for (double const events_in_100 : {10, 20, 30, 5}) {
            groups.push_back({events_in_100 * (n / 100), n});
            rates.push_back({groups.back().count, 4 * n});
            trials.push_back({groups.back(), {(events_in_100 + 2) * (n / 100), n}});
        }
        auto const check = [](auto const& found, std::array<double, 4> const& known) {
            EXPECT_EQ(found.status, status::ok);
            EXPECT_RELATIVE(found.effect, known[0], 1e-13);
            EXPECT_RELATIVE(found.variance, known[1], 1e-13);
            EXPECT_RELATIVE(found.tau_squared, known[2], 1e-13);
            EXPECT_RELATIVE(found.log_likelihood, known[3], 1e-13);
        };
        check(pool(binomial_normal{}, groups), {effect, variance, tau_squared, likelihood});
        check(pool(poisson_normal{}, rates), {rate_effect, rate_variance, rate_tau_squared, rate_likelihood});
        // Two forms of the same that differ by shares of 1 / n.
        if (n < 1e9) {
            auto const exact = pool(binomial_normal{}, trials);
            auto const fixed = pool(binomial_normal{fixed_intercepts{}}, trials);
            EXPECT_RELATIVE(fixed.effect, exact.effect, 1e-9 + 10 / n);
            EXPECT_RELATIVE(fixed.variance, exact.variance, 1e-9 + 50 / n);
        }
    }
}

// From where a series takes over from gamma functions, by mpmath 1.3 in 40 digits.
TEST(BeyondStirling, HasAllDigitsWhereverTheSeriesBegins) {
    EXPECT_RELATIVE(detail::beyond_stirling(16.0), 2.310440550244173, 4e-15);
    EXPECT_RELATIVE(detail::beyond_stirling(17.0), 2.34044660118121552, 4e-15);
    EXPECT_RELATIVE(detail::beyond_stirling(50.0), 2.87661668036572914, 4e-15);
    EXPECT_RELATIVE(detail::beyond_stirling(999.0), 4.37239933927624679, 4e-15);
    for (double const n : {15.999, 63.999}) {
        // The slope of this function at n is 1 / (2 n) and less.
        EXPECT_NEAR(detail::beyond_stirling(n + 0.001), detail::beyond_stirling(n), 0.0006 / n) << n;
        auto const wide = static_cast<long double>(n);
        EXPECT_RELATIVE(static_cast<double>(detail::beyond_stirling(wide)), detail::beyond_stirling(n), 1e-14)
            << n;
    }
}

// By mpmath 1.3 in 70 digits, from gamma functions; second derivatives are differences over 1e-16.
TEST(BetaBinomial, OfLargeCountsHasAllDigits) {
    struct reference {
        double n, effect, variance, log_likelihood;
    };
    for (auto const& [n, effect, variance, likelihood] :
         {reference{1e3, -0.079868281514630961, 0.252638381845745, -47.97181934602205},
          reference{1e4, -0.078498471512606972, 0.251649592065154, -66.384445132466052},
          reference{1e6, -0.078346924908398666, 0.25153918716916, -103.22491331154906},
          reference{1e8, -0.078345408586464365, 0.251538081469733, -140.06626585900926},
          reference{1e10, -0.078345393423159562, 0.251538070412573, -176.90762725750881}}) {
        double const part = n / 100;
        auto const found =
            pool(beta_binomial{}, std::vector<two_arms<events>>{{{10 * part, n}, {13 * part, n}},
                                                                {{20 * part, n}, {21 * part, n}},
                                                                {{30 * part, n}, {36 * part, n}},
                                                                {{5 * part, n}, {4 * part, n}}});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.effect, effect, 1e-12) << n; // a difference of logits ten times as large
        EXPECT_RELATIVE(found.variance, variance, 1e-13) << n;
        EXPECT_RELATIVE(found.log_likelihood, likelihood, 1e-14) << n;
    }
}

TEST(ZelenTest, CountsNothingWhereOneTableHasTooManyValues) {
    auto trials = std::vector<two_arms<events>>{{{1, 10}, {2, 10}}, {{3e11, 1e12}, {4e11, 1e12}}};
    EXPECT_EQ(zelen_test{}(trials).status, status::not_converged);
    std::swap(trials[0], trials[1]);
    EXPECT_EQ(zelen_test{}(trials).status, status::not_converged);
}

// A part of an event, however small, is continuous with none: at 1e-310 the total over it is beyond double,
// which made the likelihood infinite and the search take a minute. All of it is below the last digit here.
TEST(PartsOfEvents, TendToNone) {
    auto const pooled_with = [](auto const& model, auto report, double const part) {
        auto const trials = std::vector<two_arms<decltype(report)>>{
            {{part, 100}, {3, 100}}, {{5, 100}, {8, 120}}, {{2, 50}, {part, 60}}, {{4, 80}, {7, 90}}};
        return pool(model, trials);
    };
    for (double const part : {1e-100, 1e-310, std::numeric_limits<double>::denorm_min()}) {
        auto const tends_to_none = [&](auto const& model, auto const& report) {
            auto const found = pooled_with(model, report, part);
            auto const without = pooled_with(model, report, 0);
            EXPECT_EQ(found.status, status::ok) << part;
            EXPECT_RELATIVE(found.effect, without.effect, 1e-14) << part;
            EXPECT_RELATIVE(found.variance, without.variance, 1e-14) << part;
            EXPECT_RELATIVE(found.log_likelihood, without.log_likelihood, 1e-14) << part;
        };
        tends_to_none(binomial_normal{fixed_intercepts{}}, events{});
        tends_to_none(binomial_normal{random_intercepts{}}, events{});
        tends_to_none(binomial_normal{conditional_approximate{}}, events{});
        tends_to_none(poisson_normal{}, rate{});
        tends_to_none(poisson_normal{fixed_intercepts{}}, rate{});
    }
}

// At odds ratios without bound all events are under treatment that can be, or none: every other number of
// them has no probability left.
TEST(ExactPValues, ReachTheirLimitsAtTheEndsOfTheType) {
    auto random = std::mt19937_64(3);
    constexpr double most = std::numeric_limits<double>::max();
    for (int repeat = 0; repeat < 200; ++repeat) {
        auto const trials = random_trials(random, 1 + static_cast<std::size_t>(repeat % 4), 30, 0.2, 1);
        auto const everything = exact_interval(exact_tails{}, trials, 0.95);
        for (double const size : {1e4, 1e100, 1e300, 1e307, most}) {
            for (double const theta : {-size, size}) {
                // An interval that is open on this side has the number of events that is certain there.
                double const limit = std::isinf(theta > 0 ? everything.upper : everything.lower) ? 1 : 0;
                EXPECT_EQ(exact_p_value(trials, theta), limit) << theta;
                EXPECT_EQ(tailed_p_value(exact_tails{}, trials, theta), limit) << theta;
                EXPECT_EQ(tailed_p_value(mid_p_tails{}, trials, theta), limit) << theta;
            }
        }
    }
}

// At levels next to none mid-p intervals are points, and neither limit is beyond the other by rounding.
TEST(ExactIntervals, HaveTheirLimitsInOrderAtAnyLevel) {
    auto random = std::mt19937_64(4);
    for (int repeat = 0; repeat < 300; ++repeat) {
        auto const trials = random_trials(random, 1 + static_cast<std::size_t>(repeat % 4), 60, 0.2, 1);
        for (double const level : {1e-300, 1e-16, 1e-14, 1e-8, 0.5, 1 - 1e-16}) {
            auto const mid = exact_interval(mid_p_tails{}, trials, level);
            auto const turned = exact_interval(mid_p_tails{}, exchanged(trials), level);
            auto const exact = exact_interval(exact_tails{}, trials, level);
            EXPECT_LE(mid.lower, mid.upper) << level;
            EXPECT_LE(exact.lower, exact.upper) << level;
            EXPECT_EQ(mid.lower, -turned.upper) << level;
            EXPECT_EQ(mid.upper, -turned.lower) << level;
        }
    }
}

// Whatever model a review is monitored by, the sentence for its paper says which.
TEST(ModelsOfCounts, AreNamedInReports) {
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.9,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = {.effect = -0.3, .participants = 3000}};
    auto random = std::mt19937_64(5);
    auto const trials = random_trials(random, 4, 60, 0.2, 0.3);
    auto rates = std::vector<two_arms<rate>>{};
    for (auto const& [treatment, control] : trials) {
        rates.push_back({{treatment.count, treatment.total}, {control.count, control.total}});
    }
    auto const participants = std::vector<double>{100, 110, 120, 130};
    auto const names = [&](auto const& model, auto const& studies, std::string const& name) {
        auto const analysis = trial_sequential_analysis(model, design, studies, participants);
        auto const sentence = methods_sentence(analysis);
        EXPECT_EQ(sentence.find("a model of its own"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("was pooled by " + name + " and monitored"), std::string::npos) << sentence;
    };
    names(binomial_normal{}, trials, "a binomial-normal model (conditional exact)");
    names(binomial_normal{conditional_approximate{}}, trials,
          "a binomial-normal model (conditional approximate)");
    names(binomial_normal{fixed_intercepts{}}, trials, "a binomial-normal model (fixed intercepts)");
    names(binomial_normal{random_intercepts{}}, trials, "a binomial-normal model (random intercepts)");
    names(poisson_normal{}, rates, "a Poisson-normal model (conditional exact)");
    names(poisson_normal{fixed_intercepts{}}, rates, "a Poisson-normal model (fixed intercepts)");
    names(beta_binomial{}, trials, "a beta-binomial model");
    names(exact_odds_ratio{}, trials, "conditional maximum likelihood of one odds ratio");
    names(posterior_z{{.mean = flat_prior{}, .heterogeneity = half_normal{0.5}}, -0.1},
          effects(log_odds_ratio{}, trials),
          "a Bayesian random-effects model (Z of the posterior probability of an effect above -0.1)");
}

} // namespace
} // namespace accrue::test_rare_events_laws
