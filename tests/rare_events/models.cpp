// Models of rare events: published and computed values, laws, and random trials against a plain grid.
//
// Values of R 4.2.2: mantelhaen.test(exact = TRUE), binom.test, and metafor 3.8-1's rma.glmm, whose
// optimisers give five to seven digits (tests/oracles/rare_events.R).

#include "support/processor_time.hpp"
#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace accrue::test_rare_events_models {
namespace {

using trial_list = std::vector<two_arms<events>>;

/// Colditz et al. 1994: BCG vaccine against tuberculosis.
trial_list const bcg = {{{4, 123}, {11, 139}},       {{6, 306}, {29, 303}},        {{3, 231}, {11, 220}},
                        {{62, 13598}, {248, 12867}}, {{33, 5069}, {47, 5808}},     {{180, 1541}, {372, 1451}},
                        {{8, 2545}, {10, 629}},      {{505, 88391}, {499, 88391}}, {{29, 7499}, {45, 7277}},
                        {{17, 1716}, {65, 1665}},    {{186, 50634}, {141, 27338}}, {{5, 2498}, {3, 2341}},
                        {{27, 16913}, {29, 17854}}};
/// Six small trials, two with an arm without events.
trial_list const few = {{{0, 100}, {1, 100}}, {{0, 56}, {1, 52}}, {{1, 150}, {4, 146}},
                        {{2, 71}, {5, 65}},   {{3, 44}, {6, 40}}, {{1, 60}, {0, 58}}};

trial_list swapped(trial_list trials) {
    for (auto& trial : trials) {
        std::swap(trial.treatment, trial.control);
    }
    return trials;
}

// Qualifies: RARE-1
TEST(BinomialNormal, ReproducesMetaforToItsDigits) {
    auto const approximate = pool(binomial_normal{conditional_approximate{}}, bcg);
    EXPECT_NEAR(approximate.effect, -0.722117, 5e-6);
    EXPECT_NEAR(approximate.tau_squared, 0.28871, 2e-5);
    EXPECT_NEAR(standard_error(approximate), 0.174402, 2e-6);
    auto const intercepts = pool(binomial_normal{fixed_intercepts{}}, bcg);
    EXPECT_NEAR(intercepts.effect, -0.745013, 1e-5);
    // With 7, 25 and 51 nodes metafor says 0.294894, 0.294903 and 0.294891.
    EXPECT_NEAR(intercepts.tau_squared, 0.294894, 1e-5);
    EXPECT_NEAR(pool(binomial_normal{conditional_approximate{}}, few).log_likelihood, -5.382861, 1e-6);
    EXPECT_NEAR(pool(binomial_normal{fixed_intercepts{}}, few).log_likelihood, -13.834083, 1e-6);
}

// metafor integrates by one node (Laplace), which is right to two or three digits here.
TEST(BinomialNormal, TakesRandomInterceptsAsWell) {
    auto const result = pool(binomial_normal{random_intercepts{}}, few);
    EXPECT_EQ(result.status, status::ok);
    EXPECT_NEAR(result.effect, -1.0040, 2e-3);
    EXPECT_NEAR(standard_error(result), 0.45997, 5e-4);
    EXPECT_NEAR(result.log_likelihood, -20.8978, 5e-2);
    auto const mirrored = pool(binomial_normal{random_intercepts{}}, swapped(few));
    EXPECT_RELATIVE(mirrored.effect, -result.effect, 1e-9);
    EXPECT_EQ(pool(binomial_normal{random_intercepts{}}, trial_list{{{0, 50}, {3, 50}}}).status,
              status::undefined);
}

// The derivatives that the search follows are those of the likelihood.
// Arms in which all or none have the event rise with the heterogeneity of the effects, or of the intercepts,
// for ever; a search that followed them took minutes.
TEST(BinomialNormal, RandomInterceptsThatRiseForEverAreNoWork) {
    for (auto const& trials : {trial_list{{{10, 10}, {0, 10}}, {{0, 10}, {10, 10}}},
                               trial_list{{{10, 10}, {10, 10}}, {{0, 10}, {0, 10}}}}) {
        auto const taken = test::processor_time{};
        auto const result = pool(binomial_normal{random_intercepts{}}, trials);
        EXPECT_EQ(result.status, status::undefined);
        EXPECT_TRUE(std::isnan(result.effect));
        EXPECT_LT(taken.seconds(), 60);
    }
}

TEST(BinomialNormal, RandomInterceptsHaveExactDerivatives) {
    for (auto const& trial : few) {
        auto const pair = random_intercepts{}(trial);
        auto const unknown = std::array<double, 4>{-3.5, -0.6, 1.1, 0.5};
        auto const here = detail::marginal(pair, unknown);
        for (std::size_t i = 0; i < 4; ++i) {
            auto above = unknown;
            auto below = unknown;
            above[i] += 1e-5;
            below[i] -= 1e-5;
            auto const up = detail::marginal(pair, above);
            auto const down = detail::marginal(pair, below);
            // Central differences of step 1e-5 carry about ten digits.
            EXPECT_NEAR(here.slope[i], (up.value - down.value) / 2e-5, 1e-8);
            for (std::size_t j = 0; j < 4; ++j) {
                EXPECT_NEAR(here.curvature[i][j], (up.slope[j] - down.slope[j]) / 2e-5, 1e-8);
            }
        }
    }
}

// Without heterogeneity the conditional exact model is exact_odds_ratio.
TEST(BinomialNormal, WithoutHeterogeneityIsTheExactOddsRatio) {
    auto const mixed = pool(binomial_normal{}, few);
    auto const exact = pool(exact_odds_ratio{}, few);
    EXPECT_EQ(mixed.tau_squared, 0);
    EXPECT_RELATIVE(mixed.effect, exact.effect, 1e-12);
    EXPECT_RELATIVE(mixed.variance, exact.variance, 1e-12);
}

TEST(BinomialNormal, SwappingTheArmsFlipsTheSign) {
    auto const check = [](auto const& model, trial_list const& trials) {
        auto const one = pool(model, trials);
        auto const other = pool(model, swapped(trials));
        EXPECT_RELATIVE(one.effect, -other.effect, 1e-10);
        EXPECT_RELATIVE(one.variance, other.variance, 1e-9);
        EXPECT_NEAR(one.tau_squared, other.tau_squared, 1e-10);
    };
    for (auto const& trials : {bcg, few}) {
        check(binomial_normal{}, trials);
        check(binomial_normal{conditional_approximate{}}, trials);
        check(binomial_normal{fixed_intercepts{}}, trials);
        check(beta_binomial{}, trials);
        check(exact_odds_ratio{}, trials);
    }
}

TEST(BinomialNormal, TrialsWithoutEventsSayNothing) {
    auto const none = two_arms<events>{{0, 500}, {0, 80}};
    auto const all = two_arms<events>{{7, 7}, {9, 9}};
    auto const check = [&](auto const& model, trial_list const& silent) {
        auto more = few;
        more.insert(more.end(), silent.begin(), silent.end());
        auto const without = pool(model, few);
        auto const with = pool(model, more);
        EXPECT_EQ(without.effect, with.effect);
        EXPECT_EQ(without.variance, with.variance);
        EXPECT_EQ(with.k, without.k + silent.size());
    };
    check(binomial_normal{}, {none, all});
    check(binomial_normal{fixed_intercepts{}}, {none, all});
    check(exact_odds_ratio{}, {none, all});
    // Where events are taken for rare, nothing but events is much.
    check(binomial_normal{conditional_approximate{}}, {none});
}

// As counts grow, tables become normal: the exact model tends to inverse variance by maximum likelihood.
TEST(BinomialNormal, TendsToInverseVarianceAsCountsGrow) {
    auto large = trial_list{};
    for (double const shift : {-0.4, 0.1, 0.3, 0.8, -0.1}) {
        double const odds = 0.3 * std::exp(shift);
        large.push_back(
            {{std::round(40000 * odds / (1 + odds)), 40000}, {std::round(40000 * 0.3 / 1.3), 40000}});
    }
    auto const exact = pool(binomial_normal{}, large);
    auto const normal = pool(random_effects{maximum_likelihood{}}, effects(log_odds_ratio{}, large));
    EXPECT_RELATIVE(exact.effect, normal.effect, 2e-4) << "of the order of 1 / events";
    EXPECT_RELATIVE(exact.tau_squared, normal.tau_squared, 2e-3);
}

// Qualifies: RARE-1
TEST(BinomialNormal, SeparationIsAStatusAndAnIntervalOpenOnOneSide) {
    auto const none = trial_list{{{0, 50}, {3, 50}}, {{0, 40}, {2, 40}}};
    for (auto const& result :
         {pool(binomial_normal{}, none), pool(binomial_normal{conditional_approximate{}}, none),
          pool(binomial_normal{fixed_intercepts{}}, none)}) {
        EXPECT_EQ(result.status, status::undefined);
        EXPECT_TRUE(std::isnan(result.effect));
    }
    EXPECT_EQ(pool(exact_odds_ratio{}, none).status, status::undefined);
    auto const interval = exact_interval(exact_tails{}, none, 0.95);
    EXPECT_EQ(interval.lower, -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isfinite(interval.upper));
    auto const other = exact_interval(exact_tails{}, swapped(none), 0.95);
    EXPECT_NEAR(other.lower, -interval.upper, 1e-12);
    EXPECT_EQ(other.upper, std::numeric_limits<double>::infinity());
    auto const nothing = exact_interval(exact_tails{}, trial_list{{{0, 5}, {0, 7}}}, 0.95);
    EXPECT_EQ(nothing.width(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(exact_p_value(trial_list{{{0, 5}, {0, 7}}}), 1);
    EXPECT_EQ(pool(beta_binomial{}, none).status, status::undefined);
}

/// ln of the conditional likelihood by the plainest sums there are: every table, every tau in steps of a
/// fixed grid.
double plain_log_likelihood(trial_list const& trials, double const mean, double const sd) {
    auto const choose = [](double const n, double const k) {
        return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    };
    double total = 0;
    for (auto const& [treatment, control] : trials) {
        double const both = treatment.count + control.count;
        double integral = 0;
        int const points = sd > 0 ? 120 : 0;
        for (int i = -points; i <= points; ++i) {
            double const x = i * 9.0 / 120;
            double const theta = mean + sd * x;
            double sum = 0;
            for (double a = std::fmax(0, both - control.total); a <= std::fmin(both, treatment.total); ++a) {
                sum += std::exp(choose(treatment.total, a) + choose(control.total, both - a) -
                                choose(treatment.total, treatment.count) -
                                choose(control.total, control.count) + (a - treatment.count) * theta);
            }
            integral +=
                (points > 0 ? 9.0 / 120 * std::exp(-x * x / 2) / std::sqrt(8 * std::atan(1.0)) : 1) / sum;
        }
        total += std::log(integral);
    }
    return total;
}

// Qualifies: RARE-1
TEST(BinomialNormal, NoGridBeatsTheMaximumOfRandomTrials) {
    auto random = std::mt19937_64{20261};
    auto draw = [&](double const n, double const p) {
        return static_cast<double>(std::binomial_distribution<int>(static_cast<int>(n), p)(random));
    };
    for (int repetition = 0; repetition < 40; ++repetition) {
        auto trials = trial_list{};
        for (int i = 0; i < 3 + repetition % 5; ++i) {
            double const n = 20 + 10 * (i % 4);
            double const effect = std::normal_distribution<double>{0.3, 0.8}(random);
            double const odds = 0.08 * std::exp(effect);
            trials.push_back({{draw(n, odds / (1 + odds)), n}, {draw(n, 0.08 / 1.08), n}});
        }
        auto const result = pool(binomial_normal{}, trials);
        if (result.status != status::ok) {
            continue;
        }
        double const best = plain_log_likelihood(trials, result.effect, std::sqrt(result.tau_squared));
        EXPECT_NEAR(best, result.log_likelihood, 1e-9) << repetition;
        for (double const mean : {-1.0, -0.3, 0.0, 0.4, 1.0, 2.0}) {
            for (double const sd : {0.0, 0.2, 0.6, 1.2, 2.5, 6.0}) {
                EXPECT_LE(plain_log_likelihood(trials, mean, sd), best + 1e-9)
                    << repetition << ' ' << mean << ' ' << sd;
            }
        }
    }
}

/// ln of the likelihood with random intercepts by a plain sum over both effects, 41 x 41 points a trial.
double plain_random_intercepts(trial_list const& trials, std::array<double, 4> const& unknown) {
    auto const& [a, m, s, t] = unknown;
    double total = 0;
    double const step = 16.0 / 40;
    for (auto const& [treatment, control] : trials) {
        auto const log_binomial = [](events const& group, double const logit) {
            return std::lgamma(group.total + 1) - std::lgamma(group.count + 1) -
                   std::lgamma(group.total - group.count + 1) + group.count * logit -
                   group.total * std::log1p(std::exp(logit));
        };
        double integral = 0;
        for (int i = -20; i <= 20; ++i) {
            for (int j = -20; j <= 20; ++j) {
                double const y = i * step;
                double const x = j * step;
                double const alpha = a + s * y;
                double const theta = m + t * x;
                integral += std::exp(log_binomial(treatment, alpha + theta / 2) +
                                     log_binomial(control, alpha - theta / 2) - (x * x + y * y) / 2);
            }
        }
        total += std::log(integral * step * step / (8 * std::atan(1.0)));
    }
    return total;
}

TEST(BinomialNormal, NoGridBeatsRandomIntercepts) {
    auto random = std::mt19937_64{3};
    for (int repetition = 0; repetition < 4; ++repetition) {
        auto trials = trial_list{};
        for (int i = 0; i < 4; ++i) {
            int const n = 15 + 10 * i;
            auto const count = [&](double const risk) {
                return static_cast<double>(std::binomial_distribution<int>(n, risk)(random));
            };
            trials.push_back({{count(0.12 + 0.05 * (i % 2)), double(n)}, {count(0.15), double(n)}});
        }
        auto const result = pool(binomial_normal{random_intercepts{}}, trials);
        if (result.status != status::ok) {
            continue;
        }
        double const t = std::sqrt(result.tau_squared);
        double best_at_result = -std::numeric_limits<double>::infinity();
        for (double a = -3; a < -1; a += 0.5) {
            for (double const s : {1e-9, 0.3, 0.8}) {
                best_at_result = std::fmax(best_at_result,
                                           plain_random_intercepts(trials, {a, result.effect, s, t + 1e-9}));
                for (double const m : {-0.8, 0.0, 0.8}) {
                    for (double const other : {1e-9, 0.6, 1.5}) {
                        EXPECT_LE(plain_random_intercepts(trials, {a, m, s, other}),
                                  result.log_likelihood + 1e-9)
                            << repetition;
                    }
                }
            }
        }
        EXPECT_NEAR(best_at_result, result.log_likelihood, 1.5) << "the grid of intercepts is coarse";
        EXPECT_LE(best_at_result, result.log_likelihood + 1e-9);
    }
}

// Profiles over tau that rise by less than a thousandth from 0: the maximum with tau² = 0 is as high within
// the digits to which all starts are followed, and another all the same. A walk in steps of one
// unknown at a time finds it as well.
TEST(BinomialNormal, FindsASmallSpreadBesideRandomIntercepts) {
    for (auto const& trials : {trial_list{{{5, 67}, {4, 54}},
                                          {{8, 153}, {3, 80}},
                                          {{28, 201}, {11, 53}},
                                          {{23, 173}, {6, 95}},
                                          {{2, 85}, {5, 162}},
                                          {{42, 218}, {12, 99}},
                                          {{8, 212}, {1, 34}},
                                          {{20, 214}, {4, 62}}},
                               trial_list{{{6, 112}, {0, 29}},
                                          {{2, 24}, {3, 45}},
                                          {{17, 201}, {6, 144}},
                                          {{5, 51}, {14, 172}},
                                          {{3, 33}, {5, 108}},
                                          {{11, 140}, {3, 80}},
                                          {{5, 63}, {11, 184}},
                                          {{12, 189}, {1, 61}},
                                          {{6, 43}, {1, 39}},
                                          {{42, 151}, {4, 50}},
                                          {{5, 113}, {1, 111}},
                                          {{9, 150}, {5, 114}}}}) {
        auto const result = pool(binomial_normal{random_intercepts{}}, trials);
        ASSERT_EQ(result.status, status::ok);
        auto const at = [&](std::array<double, 4> const& unknown) {
            double sum = 0;
            for (auto const& trial : trials) {
                sum += detail::marginal(random_intercepts{}(trial), unknown).value;
            }
            return sum;
        };
        auto here = std::array<double, 4>{-2.3, result.effect, 0.3, 0.05};
        double height = at(here);
        for (double step = 0.1; step > 1e-4; step /= 2) {
            for (bool climbs = true; climbs;) {
                climbs = false;
                for (std::size_t i = 0; i < 4; ++i) {
                    for (double const by : {-step, step}) {
                        auto next = here;
                        next[i] += by;
                        double const there = at(next);
                        if (there > height) {
                            here = next;
                            height = there;
                            climbs = true;
                        }
                    }
                }
            }
        }
        // The walk ends within steps of 1e-4 of the maximum, where the likelihood is flat.
        EXPECT_NEAR(result.log_likelihood, height, 1e-6);
        EXPECT_NEAR(result.tau_squared, here[3] * here[3], 1e-4);
        EXPECT_GT(result.tau_squared, 1e-3);
    }
}

// A profile over tau that rises by 6e-5 from 0 and falls again, and one that rises for ever.
TEST(BinomialNormal, FindsShallowMaximaAndKnowsEndlessRises) {
    auto const shallow = pool(binomial_normal{}, trial_list{{{0, 68}, {2, 57}}, {{2, 37}, {2, 50}}});
    EXPECT_NEAR(shallow.tau_squared, 0.0198947445, 1e-8) << "the value is this library's own";
    EXPECT_GT(shallow.log_likelihood, -2.36188965833 + 5e-5);
    auto const endless = pool(binomial_normal{}, trial_list{{{0, 17}, {0, 3}},
                                                            {{1, 20}, {0, 10}},
                                                            {{0, 19}, {1, 10}},
                                                            {{0, 16}, {0, 19}},
                                                            {{0, 1}, {1, 1}},
                                                            {{1, 18}, {0, 19}}});
    EXPECT_EQ(endless.status, status::undefined);
}

// Every status is ok with finite numbers, or undefined, whatever the counts.
TEST(BinomialNormal, NeverFailsOnRandomTrials) {
    auto random = std::mt19937_64{7};
    int undefined = 0;
    for (int repetition = 0; repetition < 300; ++repetition) {
        auto trials = trial_list{};
        int const size = 1 + repetition % 8;
        for (int i = 0; i < size; ++i) {
            int const one = 1 + static_cast<int>(random() % 60);
            int const other = 1 + static_cast<int>(random() % 60);
            double const risk = repetition % 3 == 0 ? 0.02 : repetition % 3 == 1 ? 0.2 : 0.9;
            trials.push_back({{double(std::binomial_distribution<int>(one, risk)(random)), double(one)},
                              {double(std::binomial_distribution<int>(other, risk)(random)), double(other)}});
        }
        auto const check = [&](auto const& result) {
            ASSERT_TRUE(result.status == status::ok || result.status == status::undefined) << repetition;
            if (result.status == status::ok) {
                EXPECT_TRUE(std::isfinite(result.effect) && std::isfinite(result.variance) &&
                            result.variance > 0);
                EXPECT_TRUE(std::isfinite(result.tau_squared) && result.tau_squared >= 0);
            } else {
                ++undefined;
                EXPECT_TRUE(std::isnan(result.effect));
            }
        };
        check(pool(binomial_normal{}, trials));
        check(pool(binomial_normal{conditional_approximate{}}, trials));
        check(pool(binomial_normal{fixed_intercepts{}}, trials));
        check(pool(exact_odds_ratio{}, trials));
        check(pool(beta_binomial{}, trials));
    }
    EXPECT_LT(undefined, 900);
}

// Times of which one is 1e16 others: the log odds given the sums reach over hundreds of units, and
// unbounded lattices would take gigabytes and minutes.
TEST(PoissonNormal, EndsSoonOverTimesOfEverySize) {
    auto const taken = test::processor_time{};
    using rates = std::vector<two_arms<rate>>;
    for (double const times : {1e6, 1e16, 1e30, 1e100}) {
        auto const result =
            pool(poisson_normal{},
                 rates{{{3, 49}, {1, 7 * times}}, {{5, 40 * times}, {2, 50}}, {{0, 40}, {2, 50}}});
        EXPECT_TRUE(result.status != status::ok || (std::isfinite(result.effect) && result.digits >= 8))
            << times;
    }
    auto const senseless =
        pool(poisson_normal{}, rates{{{3, 49}, {1, 1.9321289062500000e16}}, {{9.93e187, 4}, {4e-5, 0.5}}});
    EXPECT_NE(senseless.status, status::ok);
    // Processor time, of which it takes a second.
    EXPECT_LT(taken.seconds(), 20);
}

TEST(BinomialNormal, IsAModelForCumulativeAndLeaveOneOut) {
    auto const series = cumulative(binomial_normal{}, few);
    ASSERT_EQ(series.size(), few.size());
    EXPECT_EQ(series.back().effect, pool(binomial_normal{}, few).effect);
    EXPECT_EQ(series.front().status, status::undefined) << "0 of 100 against 1 of 100";
    EXPECT_EQ(leave_one_out(binomial_normal{}, few).size(), few.size());
    auto const result = pool(binomial_normal{}, bcg);
    EXPECT_LT(confidence_interval(result, 0.95).upper, 0);
    EXPECT_LT(p_value(result), 1e-3);
    EXPECT_LT(prediction_interval(result, 0.95).lower, confidence_interval(result, 0.95).lower);
}

TEST(BinomialNormal, PoolsProportionsOfSingleGroups) {
    auto const groups = std::vector<events>{{3, 40}, {0, 25}, {5, 60}, {1, 30}};
    auto const result = pool(binomial_normal{}, groups);
    EXPECT_EQ(result.status, status::ok);
    EXPECT_EQ(result.tau_squared, 0);
    // Without heterogeneity all groups are one: 9 of 155.
    EXPECT_NEAR(result.effect, std::log(9.0 / 146), 1e-12);
    EXPECT_NEAR(result.variance, 1.0 / 9 + 1.0 / 146, 1e-12);
    EXPECT_EQ(pool(binomial_normal{}, std::vector<events>{{0, 40}, {0, 25}}).status, status::undefined);
}

TEST(PoissonNormal, WithoutHeterogeneityIsTheRatioOfRatesWhereTimesAreEqual) {
    auto const trials =
        std::vector<two_arms<rate>>{{{3, 100}, {6, 100}}, {{5, 200}, {9, 200}}, {{2, 50}, {5, 50}}};
    auto const result = pool(poisson_normal{}, trials);
    EXPECT_EQ(result.tau_squared, 0);
    EXPECT_NEAR(result.effect, std::log(10.0 / 20), 1e-12);
    EXPECT_NEAR(result.variance, 1.0 / 10 + 1.0 / 20, 1e-12);
    auto const intercepts = pool(poisson_normal{fixed_intercepts{}}, trials);
    EXPECT_NEAR(intercepts.effect, result.effect, 1e-10);
    EXPECT_NEAR(intercepts.variance, result.variance, 1e-10);
    auto const groups = std::vector<rate>{{3, 100}, {5, 200}, {2, 50}};
    EXPECT_NEAR(pool(poisson_normal{}, groups).effect, std::log(10.0 / 350), 1e-12);
}

// Qualifies: RARE-1
// Times whose ratio is no double: the search must end, and not say ok of what is no number.
TEST(PoissonNormal, EndsWhateverTheTimesAre) {
    for (double const time : {1e-300, 1e-160, 1e-20, 1e20, 1e160, 1e300}) {
        auto const trials = std::vector<two_arms<rate>>{
            {{4, 1 / time}, {9, time}}, {{3, 20}, {5, 30}}, {{7, time}, {1, 1 / time}}, {{2, 50}, {6, 40}}};
        auto const taken = test::processor_time{};
        auto const result = pool(poisson_normal{}, trials);
        EXPECT_LT(taken.seconds(), 5) << time;
        EXPECT_TRUE(result.status != status::ok ||
                    (std::isfinite(result.effect) && std::isfinite(result.variance)))
            << time;
    }
}

TEST(ExactOddsRatio, AgreesWithRsMantelhaenTest) {
    // R stops its root finding at six digits; the p-value is a sum.
    EXPECT_NEAR(std::exp(pool(exact_odds_ratio{}, few).effect), 0.364245, 2e-6);
    auto const interval = exact_interval(exact_tails{}, few, 0.95);
    EXPECT_NEAR(std::exp(interval.lower), 0.124787, 1e-6);
    EXPECT_NEAR(std::exp(interval.upper), 0.948768, 2e-6);
    EXPECT_RELATIVE(exact_p_value(few), 0.0337742496954, 1e-11);
}

TEST(ExactOddsRatio, IntervalsAndTestsAgree) {
    for (auto const& trials :
         {few, trial_list{{{3, 20}, {9, 22}}}, trial_list{{{0, 20}, {4, 20}}, {{1, 9}, {2, 8}}}}) {
        for (double const level : {0.8, 0.95, 0.999}) {
            auto const check = [&](auto const& tails) {
                auto const interval = exact_interval(tails, trials, level);
                for (double const limit : {interval.lower, interval.upper}) {
                    if (std::isfinite(limit)) {
                        EXPECT_RELATIVE(tailed_p_value(tails, trials, limit), 1 - level, 1e-10);
                    }
                }
            };
            check(exact_tails{});
            check(mid_p_tails{});
            EXPECT_LT(exact_interval(mid_p_tails{}, trials, level).upper,
                      exact_interval(exact_tails{}, trials, level).upper);
        }
    }
}

// Two tables of 2 x 2 participants with 2 events each; given three events under treatment in all, (1, 2) and
// (2, 1) have the weights 4 x 1 each: both are as probable as that observed.
TEST(ZelenTest, CountsTablesByHand) {
    auto const even = zelen_test{}(trial_list{{{1, 2}, {1, 2}}, {{2, 2}, {0, 2}}});
    EXPECT_EQ(even.tables, 2);
    EXPECT_DOUBLE_EQ(even.p_value, 1);
    // With two events under treatment in all: (0, 2), (1, 1), (2, 0) have the weights 1, 16, 1.
    auto const apart = zelen_test{}(trial_list{{{0, 2}, {2, 2}}, {{2, 2}, {0, 2}}});
    EXPECT_EQ(apart.tables, 3);
    EXPECT_DOUBLE_EQ(apart.p_value, 2.0 / 18);
    EXPECT_EQ(zelen_test{}(trial_list{{{1, 2}, {1, 2}}}).status, status::undefined);
    EXPECT_EQ(zelen_test{.most_tables = 1}(few).status, status::not_converged);
    // No event under treatment at all leaves one set of tables, of which nothing can be said.
    auto const none = zelen_test{}(trial_list{{{0, 10}, {3, 10}}, {{0, 20}, {2, 20}}});
    EXPECT_EQ(none.tables, 1);
    EXPECT_EQ(none.status, status::undefined);
    EXPECT_TRUE(std::isnan(none.p_value));
}

/// The beta-binomial likelihood by gamma functions.
double plain_beta_binomial(trial_list const& trials, double const treatment, double const control,
                           double const rho) {
    auto const one = [&](events const& group, double const mean) {
        double const size = (1 - rho) / rho;
        double const a = mean * size;
        double const b = (1 - mean) * size;
        double const others = group.total - group.count;
        return std::lgamma(group.total + 1) - std::lgamma(group.count + 1) - std::lgamma(others + 1) +
               std::lgamma(group.count + a) + std::lgamma(others + b) - std::lgamma(group.total + size) -
               std::lgamma(a) - std::lgamma(b) + std::lgamma(size);
    };
    double total = 0;
    for (auto const& trial : trials) {
        total += one(trial.treatment, treatment) + one(trial.control, control);
    }
    return total;
}

TEST(BetaBinomial, NoGridBeatsItsMaximum) {
    auto const result = pool(beta_binomial{}, few);
    ASSERT_EQ(result.status, status::ok);
    for (double const treatment : {0.005, 0.01, 0.0145, 0.02, 0.03, 0.05}) {
        for (double const control : {0.01, 0.02, 0.035, 0.05, 0.08}) {
            for (double const rho : {1e-6, 0.005, 0.025, 0.05, 0.2}) {
                EXPECT_LE(plain_beta_binomial(few, treatment, control, rho), result.log_likelihood + 1e-9);
            }
        }
    }
    // Equal risks in all groups leave no room for rho: two binomials.
    auto const same = trial_list{{{10, 100}, {20, 100}}, {{10, 100}, {20, 100}}, {{10, 100}, {20, 100}}};
    auto const plain = pool(beta_binomial{}, same);
    EXPECT_EQ(plain.intraclass_correlation, 0);
    EXPECT_NEAR(plain.effect, std::log(10.0 / 90 / (20.0 / 80)), 1e-12);
    EXPECT_NEAR(plain.variance, 1.0 / 30 + 1.0 / 270 + 1.0 / 60 + 1.0 / 240, 1e-12);
}

// Groups in which all or none have the event are the more likely the more they are alike within: without end.
TEST(BetaBinomial, OfAllOrNoneHasNoMaximum) {
    auto const trials = trial_list{{{20, 20}, {0, 20}}, {{0, 30}, {30, 30}}, {{10, 10}, {0, 25}}};
    auto const result = pool(beta_binomial{}, trials);
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_TRUE(std::isnan(result.effect));
    EXPECT_TRUE(std::isnan(result.intraclass_correlation));
    double before = plain_beta_binomial(trials, 0.5, 0.4, 0.9);
    for (double const rho : {0.99, 0.999, 0.9999}) {
        EXPECT_GT(plain_beta_binomial(trials, 0.5, 0.4, rho), before);
        before = plain_beta_binomial(trials, 0.5, 0.4, rho);
    }
    EXPECT_THROW((void)pool(beta_binomial{}, trial_list{{{1, 20.5}, {2, 20}}}), invalid_input);
}

TEST(ProportionIntervals, AgreeWithRAndEachOther) {
    auto const group = events{3, 20};
    auto const exact = clopper_pearson{}(group, 0.95);
    EXPECT_RELATIVE(exact.lower, 0.03207093719, 1e-9) << "binom.test";
    EXPECT_RELATIVE(exact.upper, 0.37892682655, 1e-9);
    for (auto const& one : {events{0, 20}, events{3, 20}, events{20, 20}, events{1, 1}, events{7, 1000000}}) {
        auto const check = [&](auto const& method) {
            auto const interval = method(one, 0.95);
            auto const mirrored = method(events{one.total - one.count, one.total}, 0.95);
            EXPECT_NEAR(interval.lower, 1 - mirrored.upper, 1e-12);
            EXPECT_GE(interval.lower, 0);
            EXPECT_LE(interval.upper, 1);
            EXPECT_LE(interval.lower, one.count / one.total);
            EXPECT_GE(interval.upper, one.count / one.total);
        };
        check(clopper_pearson{});
        check(wilson{});
        check(mid_p_interval{});
        EXPECT_LE(mid_p_interval{}(one, 0.95).width(), clopper_pearson{}(one, 0.95).width());
    }
    EXPECT_EQ(clopper_pearson{}(events{0, 20}, 0.95).lower, 0);
    EXPECT_NEAR(clopper_pearson{}(events{0, 20}, 0.95).upper, 1 - std::pow(0.025, 1.0 / 20), 1e-14);
    EXPECT_NEAR(mid_p_interval{}(events{0, 20}, 0.95).upper, 1 - std::pow(0.05, 1.0 / 20), 1e-13);
}

TEST(RareEvents, ImpossibleCountsAreRefusedByTrial) {
    auto trials = few;
    trials[2].treatment.count = 200;
    auto const refused = [&](auto const& model) {
        try {
            (void)pool(model, trials);
            ADD_FAILURE();
        } catch (invalid_input const& error) {
            EXPECT_EQ(error.study(), 2U);
        }
    };
    refused(binomial_normal{});
    refused(binomial_normal{conditional_approximate{}});
    refused(binomial_normal{fixed_intercepts{}});
    refused(exact_odds_ratio{});
    refused(beta_binomial{});
    trials[2].treatment.count = 1.5;
    refused(binomial_normal{});
    refused(beta_binomial{});
    EXPECT_THROW((void)pool(binomial_normal{}, trial_list{}), invalid_input);
    EXPECT_THROW((void)exact_interval(exact_tails{}, few, 95), invalid_input);
    EXPECT_THROW((void)wilson{}(events{3, 2}, 0.95), invalid_input);
}

TEST(ProportionIntervals, HoldTheRiskAtLevelsNextToNone) {
    for (auto const& group : {events{0, 10}, events{3, 10}, events{10, 10}, events{1, 100000}}) {
        double const risk = group.count / group.total;
        for (double const level : {1e-300, 1e-17, 1e-12, 1e-6}) {
            auto const found = wilson{}(group, level);
            EXPECT_NEAR(found.lower, risk, 1e-6) << level;
            EXPECT_NEAR(found.upper, risk, 1e-6) << level;
            EXPECT_LE(found.lower, found.upper + 1e-15) << level; // two roundings of one number
        }
    }
}

// Beyond 2^53 a double can't say how many there are.
TEST(ExactMethods, RefuseCountsThatNoDoubleHolds) {
    for (double const large : {9007199254740992.0, 1e19, 1e30, 1e300}) {
        auto const trials = trial_list{{{1, 10}, {2, 10}}, {{large, 2 * large}, {2, 10}}};
        auto const expect_refusal = [&](auto const& call) {
            try {
                call();
                ADD_FAILURE() << large;
            } catch (invalid_input const& error) {
                EXPECT_EQ(error.study(), 1U);
                EXPECT_NE(std::string(error.what()).find("a whole number below 2^53"), std::string::npos)
                    << error.what();
            }
        };
        expect_refusal([&] { (void)pool(exact_odds_ratio{}, trials); });
        expect_refusal([&] { (void)pool(beta_binomial{}, trials); });
        expect_refusal([&] { (void)pool(binomial_normal{}, trials); });
        expect_refusal([&] { (void)zelen_test{}(trials); });
    }
}

TEST(ZelenTest, RefusesALimitThatIsNone) {
    for (double const most : {std::nan(""), 0.0, -1.0}) {
        EXPECT_THROW((void)zelen_test{.most_tables = most}(few), invalid_input) << most;
    }
}

TEST(CountModels, NameTheArmOfAnImpossibleCount) {
    auto const refusal = [](auto const& model, auto const& trials) {
        return test::refusal_of([&] { (void)pool(model, trials); });
    };
    using tables = std::vector<two_arms<events>>;
    for (auto const& [trials, words] :
         {std::pair{tables{{{1, 9}, {2, 8}}, {{1, 9}, {11, 10}}},
                    "study 2: control: count must be from 0 to the total, but is 11"},
          std::pair{tables{{{-1, 9}, {2, 8}}, {{1, 9}, {1, 10}}},
                    "study 1: treatment: count must be from 0 to the total, but is -1"}}) {
        EXPECT_EQ(refusal(peto{}, trials), words);
        EXPECT_EQ(refusal(binomial_normal{conditional_exact{}}, trials), words);
        EXPECT_EQ(refusal(binomial_normal{conditional_approximate{}}, trials), words);
        EXPECT_EQ(refusal(binomial_normal{fixed_intercepts{}}, trials), words);
        EXPECT_EQ(refusal(binomial_normal{random_intercepts{}}, trials), words);
    }
    EXPECT_EQ(refusal(binomial_normal{conditional_exact{}}, tables{{{1, 9}, {2, 8}}, {{1.5, 9}, {1, 10}}}),
              "study 2: treatment: count of an exact method must be a whole number below 2^53, but is 1.5");
}

} // namespace
} // namespace accrue::test_rare_events_models
