// What makes an e-process one, and what its parts owe each other: fair factors, monotone bets, confidence
// sequences that are the inversion of the test, and states that can be stored.

#include "support/relative.hpp"
#include <accrue/bayes.hpp>
#include <accrue/distribution.hpp>
#include <accrue/sequential/anytime.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <boost/math/quadrature/exp_sinh.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <random>
#include <span>
#include <vector>

namespace accrue::test_sequential_anytime_laws {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

std::vector<estimate> random_studies(std::mt19937& random, std::size_t const k, double const mean,
                                     double const tau) {
    auto normal = std::normal_distribution<>();
    auto studies = std::vector<estimate>{};
    for (std::size_t i = 0; i < k; ++i) {
        double const variance = 0.05 * std::exp(normal(random));
        studies.push_back({mean + tau * normal(random) + std::sqrt(variance) * normal(random), variance});
    }
    return studies;
}

template <class Process>
Process after(Process process, std::vector<estimate> const& studies) {
    for (auto const& study : studies) {
        process.add(study);
    }
    return process;
}

symmetric_e_process const symmetric{.smallest_effect = 0.3, .initial_tau_squared = 0.05};

/// The expectation of E after one more trial over E now, for a trial about `centre` with this density of
/// distances.
template <class Process, class Density>
double growth(Process const& process, double const variance, double const centre, Density const& density) {
    auto rule = boost::math::quadrature::exp_sinh<double>();
    return rule.integrate(
        [&](double const z) {
            if (!(density(z) > 0)) {
                return 0.0; // E may be infinite there
            }
            double sum = 0;
            for (double const sign : {-1.0, 1.0}) {
                auto next = process;
                next.add({centre + sign * z, variance});
                sum += std::exp(next.log_e_value(process.null) - process.log_e_value(process.null));
            }
            return sum * density(z);
        },
        1e-11);
}

double normal_density(double const z) {
    return normal::density(z);
}
double cauchy_density(double const z) {
    return cauchy::density(z);
}

// The theorem: for every symmetric law the expected factor is exactly 1, whatever the variance that was
// stated.
TEST(SymmetricEProcess, IsAFairGameForEverySymmetricLaw) {
    auto random = std::mt19937(1);
    for (std::size_t const k : {0U, 1U, 4U, 20U}) {
        auto const process = after(symmetric, random_studies(random, k, 0.1, 0.3));
        EXPECT_NEAR(growth(process, 0.2, 0, normal_density), 1, 1e-8);
        EXPECT_NEAR(growth(process, 17, 0, normal_density), 1, 1e-8);
        EXPECT_NEAR(growth(process, 0.01, 0, cauchy_density), 1, 1e-8);
        // Two points.
        auto up = process;
        auto down = process;
        up.add({0.7, 0.03});
        down.add({-0.7, 0.03});
        EXPECT_RELATIVE((std::exp(up.log_e_value()) + std::exp(down.log_e_value())) / 2,
                        std::exp(process.log_e_value()), 1e-13);
    }
}

TEST(SymmetricEProcess, GrowsWhereThereIsAnEffect) {
    auto random = std::mt19937(14);
    auto const process = after(symmetric, random_studies(random, 10, 0.3, 0.1));
    EXPECT_GT(growth(process, 0.05, 0.3, [](double z) { return normal_density(z / 0.25) / 0.25; }), 1.1);
    // The first trial decides nothing two-sided: what is won above is lost below.
    EXPECT_NEAR(growth(symmetric, 0.05, 0.3, normal_density), 1, 1e-8);
    auto const one_sided =
        symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.05, .direction = above_null{}};
    EXPECT_NEAR(growth(one_sided, 0.1, 0, normal_density), 1, 1e-8);
    EXPECT_LT(growth(one_sided, 0.1, -0.3, normal_density), 1);
}

TEST(CommonEffectProcesses, AreFairGamesForNormalTrialsOfTheStatedVariance) {
    auto random = std::mt19937(2);
    double const variance = 0.2;
    auto const density = [&](double const z) {
        return normal_density(z / std::sqrt(variance)) / std::sqrt(variance);
    };
    for (effect_direction const& direction :
         {effect_direction{either_direction{}}, effect_direction{above_null{}},
          effect_direction{below_null{}}}) {
        auto const studies = random_studies(random, 5, 0.1, 0);
        auto const mixture =
            after(robbins_mixture{.effect_sd = 0.3, .null = 0.1, .direction = direction}, studies);
        EXPECT_NEAR(growth(mixture, variance, 0.1, density), 1, 1e-8);
        auto const planned = after(grow{.planned_effect = 0.4, .null = 0.1, .direction = direction}, studies);
        EXPECT_NEAR(growth(planned, variance, 0.1, density), 1, 1e-8);
    }
}

TEST(RobbinsMixture, IsTheAverageOfLikelihoodRatios) {
    auto random = std::mt19937(3);
    auto const studies = random_studies(random, 6, 0.3, 0.1);
    auto const average = [&](double const from, double const to) {
        constexpr int n = 200000;
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < n; ++i) {
            double const mean = from + (to - from) * (i + 0.5) / n;
            double log = 0;
            for (auto const& study : studies) {
                log += (study.effect * study.effect - (study.effect - mean) * (study.effect - mean)) /
                       (2 * study.variance);
            }
            double const weight = std::exp(-mean * mean / (2 * 0.3 * 0.3));
            sum += weight * std::exp(log);
            weights += weight;
        }
        return sum / weights;
    };
    auto const e = [&](effect_direction const& direction) {
        return std::exp(
            after(robbins_mixture{.effect_sd = 0.3, .direction = direction}, studies).log_e_value());
    };
    EXPECT_RELATIVE(e(either_direction{}), average(-3, 3), 1e-9);
    EXPECT_RELATIVE(e(above_null{}), average(0, 3), 1e-6);
    EXPECT_RELATIVE(e(below_null{}), average(-3, 0), 1e-6);
    EXPECT_RELATIVE((e(above_null{}) + e(below_null{})) / 2, e(either_direction{}), 1e-12);
}

TEST(SymmetricEProcess, BetsAboveFallAndBetsBelowRiseWithTheNull) {
    auto random = std::mt19937(4);
    for (std::size_t const k : {1U, 3U, 8U, 40U}) {
        auto const process = after(symmetric, random_studies(random, k, 0.2, 0.3));
        double above = infinity;
        double below = -infinity;
        for (double null = -3; null <= 3; null += 0.05) {
            EXPECT_LE(process.log_e_value_above(null), above + 1e-12);
            EXPECT_GE(process.log_e_value_below(null), below - 1e-12);
            above = process.log_e_value_above(null);
            below = process.log_e_value_below(null);
        }
        // Far away everything doubled.
        EXPECT_RELATIVE(process.log_e_value_above(-1e6), static_cast<double>(k) * std::numbers::ln2, 1e-12);
    }
}

template <class Process>
void expect_inversion(Process const& process, double const level, double const inside_by) {
    auto const sequence = process.confidence_sequence(level);
    double const threshold = -std::log(1 - level);
    for (double const limit : {sequence.lower, sequence.upper}) {
        if (std::isfinite(limit)) {
            EXPECT_NEAR(process.log_e_value(limit), threshold, inside_by) << limit;
        }
    }
    for (int i = 1; i < 20; ++i) {
        double const inside = sequence.lower + sequence.width() * i / 20;
        if (std::isfinite(inside)) {
            EXPECT_LT(process.log_e_value(inside), threshold);
        }
    }
}

TEST(ConfidenceSequences, AreTheInversionOfTheTest) {
    auto random = std::mt19937(5);
    for (std::size_t k = 1; k < 30; k += 3) {
        auto const studies = random_studies(random, k, 0.3, 0.2);
        for (double const level : {0.8, 0.95, 0.999}) {
            for (effect_direction const& direction :
                 {effect_direction{either_direction{}}, effect_direction{above_null{}},
                  effect_direction{below_null{}}}) {
                expect_inversion(after(robbins_mixture{.effect_sd = 0.3, .direction = direction}, studies),
                                 level, 1e-9);
                expect_inversion(after(grow{.planned_effect = 0.3, .direction = direction}, studies), level,
                                 1e-9);
            }
            for (effect_direction const& direction :
                 {effect_direction{either_direction{}}, effect_direction{above_null{}},
                  effect_direction{below_null{}}}) {
                expect_inversion(after(universal_inference{.mean = normal_prior{0, 0.5},
                                                           .heterogeneity = half_normal{0.3},
                                                           .direction = direction},
                                       studies),
                                 level, 1e-6);
            }
        }
    }
}

TEST(ConfidenceSequences, OfTheSymmetricProcessEndWhereEitherSideIsBetOut) {
    auto random = std::mt19937(6);
    for (std::size_t k = 1; k < 30; ++k) {
        auto const process = after(symmetric, random_studies(random, k, 0.3, 0.2));
        auto const sequence = process.confidence_sequence(0.95);
        if (k <= 5) { // 2^5 < 40
            EXPECT_EQ(sequence.lower, -infinity);
            EXPECT_EQ(sequence.upper, infinity);
            continue;
        }
        EXPECT_NEAR(process.log_e_value_above(sequence.lower), std::log(40), 1e-9);
        EXPECT_NEAR(process.log_e_value_below(sequence.upper), std::log(40), 1e-9);
        EXPECT_LT(sequence.lower, sequence.upper);
        // A null that the two-sided process rejects is not inside, as its E is at most the mean of the two.
        for (double null = -2; null < 2; null += 0.1) {
            EXPECT_FALSE(process.log_e_value(null) >= std::log(40) && sequence.contains(null)) << null;
        }
        auto const above = after(symmetric_e_process{.smallest_effect = 0.3,
                                                     .initial_tau_squared = 0.05,
                                                     .direction = above_null{}},
                                 random_studies(random, k, 0.3, 0.2));
        EXPECT_NEAR(above.log_e_value(above.confidence_sequence(0.95).lower), std::log(20), 1e-9);
        EXPECT_EQ(above.confidence_sequence(0.95).upper, infinity);
    }
}

template <class Process, class Scaled>
void expect_equivariance(Process const& process, Scaled const& scaled, double const tolerance) {
    auto random = std::mt19937(8);
    auto const studies = random_studies(random, 12, 0.4, 0.2);
    auto const before = after(process, studies);
    auto flipped = studies;
    for (auto& study : flipped) {
        study.effect = -study.effect;
    }
    EXPECT_RELATIVE(after(process, flipped).log_e_value(), before.log_e_value(), tolerance);
    EXPECT_RELATIVE(after(process, flipped).leaning(), -before.leaning(), tolerance);
    EXPECT_RELATIVE(after(process, flipped).confidence_sequence(0.9).lower,
                    -before.confidence_sequence(0.9).upper, tolerance * 100);
    for (double const c : {1e-40, 1e-3, 1e40}) {
        auto stretched = studies;
        for (auto& study : stretched) {
            study = {study.effect * c, study.variance * c * c};
        }
        auto const there = after(scaled(c), stretched);
        EXPECT_RELATIVE(there.log_e_value(), before.log_e_value(), tolerance);
        EXPECT_RELATIVE(there.p_value(), before.p_value(), tolerance * 100);
        EXPECT_RELATIVE(there.confidence_sequence(0.9).lower, c * before.confidence_sequence(0.9).lower,
                        tolerance * 100);
    }
}

TEST(EProcesses, TurnWithSignAndScale) {
    expect_equivariance(
        symmetric,
        [](double const c) {
            return symmetric_e_process{.smallest_effect = 0.3 * c, .initial_tau_squared = 0.05 * c * c};
        },
        1e-11);
    expect_equivariance(
        robbins_mixture{.effect_sd = 0.3},
        [](double const c) { return robbins_mixture{.effect_sd = 0.3 * c}; }, 1e-11);
    expect_equivariance(
        grow{.planned_effect = 0.3}, [](double const c) { return grow{.planned_effect = 0.3 * c}; }, 1e-11);
    expect_equivariance(
        universal_inference{.mean = normal_prior{0, 0.5}, .heterogeneity = half_normal{0.3}},
        [](double const c) {
            return universal_inference{.mean = normal_prior{0, 0.5 * c},
                                       .heterogeneity = half_normal{0.3 * c}};
        },
        1e-8);
}

TEST(EProcesses, GoOnFromACopyAsIfNeverInterrupted) {
    auto random = std::mt19937(9);
    auto const studies = random_studies(random, 20, 0.2, 0.2);
    auto const first = std::vector(studies.begin(), studies.begin() + 8);
    auto const rest = std::vector(studies.begin() + 8, studies.end());
    auto const check = [&](auto const& blank) {
        auto const stored = after(blank, first);
        EXPECT_FALSE(stored == blank);
        EXPECT_TRUE(after(stored, rest) == after(blank, studies));
    };
    check(symmetric);
    check(robbins_mixture{.effect_sd = 0.3});
    check(grow{.planned_effect = 0.3});
}

TEST(SymmetricEProcess, GoesOnFromItsBytesAsIfNeverInterrupted) {
    auto random = std::mt19937(15);
    auto const studies = random_studies(random, 20, 0.2, 0.2);
    for (effect_direction const& direction :
         {effect_direction{either_direction{}}, effect_direction{above_null{}},
          effect_direction{below_null{}}}) {
        auto const blank = symmetric_e_process{.smallest_effect = 0.3,
                                               .initial_tau_squared = 0.05,
                                               .null = 0.1,
                                               .direction = direction,
                                               .guess_worth = 3,
                                               .nodes = normal_effect_nodes(0.2, 11)};
        auto const stored = after(blank, std::vector(studies.begin(), studies.begin() + 8)).bytes();
        auto const resumed =
            after(symmetric_e_process::from_bytes(stored), std::vector(studies.begin() + 8, studies.end()));
        EXPECT_TRUE(resumed == after(blank, studies));
        EXPECT_TRUE(symmetric_e_process::from_bytes(blank.bytes()) == blank);
        // Cut short, longer, or with another number anywhere among the trials: refused.
        for (std::size_t size = 0; size < stored.size(); size += 8) {
            EXPECT_THROW((void)symmetric_e_process::from_bytes(std::span(stored).first(size)), invalid_input);
        }
        for (std::size_t word = stored.size() / 8 - 17; word < stored.size() / 8; ++word) {
            auto changed = stored;
            changed[8 * word + 6] ^= std::byte{0x10};
            EXPECT_THROW((void)symmetric_e_process::from_bytes(changed), invalid_input) << word;
        }
    }
}

TEST(EProcesses, APValueIsThatOfTheBestLookAndTheNullMayBeAnyNumber) {
    auto random = std::mt19937(10);
    auto const studies = random_studies(random, 25, 0.5, 0.2);
    auto const check = [&](auto process, auto shifted) {
        double largest = 0;
        double previous = 1;
        for (auto const& study : studies) {
            process.add(study);
            shifted.add({study.effect + 2, study.variance});
            largest = std::max(largest, process.log_e_value());
            EXPECT_RELATIVE(process.p_value(), std::exp(-largest), 1e-12);
            EXPECT_LE(process.p_value(), previous);
            previous = process.p_value();
            EXPECT_RELATIVE(shifted.log_e_value(2), process.log_e_value(0), 1e-8, 1e-9);
            EXPECT_RELATIVE(shifted.p_value(), process.p_value(), 1e-8);
        }
        EXPECT_LT(previous, 0.05);
        EXPECT_GT(process.leaning(), 0);
    };
    check(symmetric, symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.05, .null = 2});
    check(robbins_mixture{.effect_sd = 0.3}, robbins_mixture{.effect_sd = 0.3, .null = 2});
    check(grow{.planned_effect = 0.3}, grow{.planned_effect = 0.3, .null = 2});
    check(universal_inference{.mean = normal_prior{0, 0.5}, .heterogeneity = half_normal{0.3}},
          universal_inference{.mean = normal_prior{2, 0.5}, .heterogeneity = half_normal{0.3}, .null = 2});
}

TEST(SymmetricEProcess, GuessesTauSquaredByTheEarlierTrialsOnly) {
    auto random = std::mt19937(11);
    auto const studies = random_studies(random, 12, 0.5, 0.6);
    auto process = symmetric;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const earlier = std::span(studies).first(i);
        double expected = 0.05;
        if (i >= 3) {
            double const dl = dersimonian_laird{}(study_evidence<double>(earlier)).value;
            auto const count = static_cast<double>(i);
            expected = ((count - 1) * dl + 2 * 0.05) / (count + 1);
        }
        EXPECT_RELATIVE(process.tau_squared_guess(), expected, 1e-12);
        process.add(studies[i]);
    }
}

// What one study has in excess of all others together is not what decides.
TEST(SymmetricEProcess, GuessesTauSquaredBesideAStudyThatDominates) {
    auto random = std::mt19937(12);
    for (std::size_t const place : {0u, 1u, 2u, 4u}) {
        auto studies = random_studies(random, 6, 0.5, 2.0);
        studies[place].variance *= 1e-9;
        auto process = symmetric;
        for (auto const& study : studies) {
            process.add(study);
        }
        double const dl = dersimonian_laird{}(study_evidence<double>(studies)).value;
        EXPECT_GT(dl, 0);
        EXPECT_RELATIVE(process.tau_squared_guess(), (5 * dl + 2 * 0.05) / 7, 1e-14);
    }
}

// The e-value at the risks that are found has all digits, though sums that a search needs are coarser.
TEST(ExactBinaryEProcess, SumsToAllDigitsWhereItEnds) {
    auto const trials =
        std::vector<two_arms<events>>{{{1, 12}, {3, 10}}, {{0, 9}, {2, 14}}, {{4, 20}, {2, 8}}};
    for (double const tau : {0.0, 0.4, 1.5, 3.0}) {
        for (double const spread : {0.0, 0.3, 2.0}) {
            for (auto const& trial : trials) {
                auto const risks = detail::arm_risks{
                    .centre = -1.5, .spread = spread, .tau = tau, .share = 0.8, .mean = -0.2};
                auto const arms = detail::arm_counts(trial);
                auto const finest = arms.at(risks, {.step = 0.1, .reach = 60});
                auto const found = arms.at(risks, detail::sum_rule::to_all_digits());
                EXPECT_RELATIVE(found.margin.value, finest.margin.value, 1e-13);
                EXPECT_RELATIVE(found.given_margin.value, finest.given_margin.value, 1e-13);
                EXPECT_RELATIVE(arms.at(risks).margin.value, finest.margin.value, 1e-6);
            }
        }
    }
}

double log_likelihood_at(std::span<estimate const> const studies, double const mean,
                         double const tau_squared) {
    double total = 0;
    for (auto const& [effect, variance] : studies) {
        double const sum = variance + tau_squared;
        total += std::log(2 * std::numbers::pi * sum) + (effect - mean) * (effect - mean) / sum;
    }
    return -total / 2;
}

// The supremum in the denominator is the true one: no point of a fine grid is above it.
TEST(UniversalInference, DividesByTheGlobalSupremum) {
    auto random = std::mt19937(12);
    auto normal = std::normal_distribution<>();
    for (int r = 0; r < 300; ++r) {
        auto studies = std::vector<estimate>{};
        for (int i = 0; i < 1 + r % 8; ++i) {
            studies.push_back({2 * std::exp(normal(random)) * normal(random), std::exp(3 * normal(random))});
        }
        auto const found = detail::maximise_with_known_mean(detail::as_evidence(studies), 0.1);
        double best = log_likelihood_at(studies, 0.1, 0);
        for (double u = -20; u < 15; u += 0.01) {
            best = std::max(best, log_likelihood_at(studies, 0.1, std::exp(u)));
        }
        EXPECT_GE(found.log_likelihood, best - 1e-12);
        EXPECT_LE(found.log_likelihood, best + 1e-3);
    }
}

// Where the mean is estimated, one trial so much more precise than the others says nothing of tau²; here it
// says the most.
TEST(UniversalInference, TakesTauSquaredFromOnePreciseTrial) {
    auto const studies = std::vector<estimate>{{0.6, 1e-60}, {0.3, 1}};
    auto const found = detail::maximise_with_known_mean(detail::as_evidence(studies), 0.1);
    EXPECT_NEAR(found.tau_squared, 0.25, 0.1);
    EXPECT_NEAR(found.log_likelihood, log_likelihood_at(studies, 0.1, found.tau_squared), 1e-12);
}

// One-sided, by the definition: the prior of the mean cut off at the null, integrated over mean and tau on
// fine grids, over the largest likelihood of all means on the other side.
TEST(UniversalInference, SeeksOneDirection) {
    auto random = std::mt19937(15);
    for (int r = 0; r < 4; ++r) {
        auto const studies =
            random_studies(random, static_cast<std::size_t>(1 + 2 * r), r % 2 == 0 ? 0.3 : -0.2, 0.2);
        for (double const side : {1.0, -1.0}) {
            auto const process =
                after(universal_inference{.mean = normal_prior{0.1, 0.5},
                                          .heterogeneity = half_normal{0.3},
                                          .null = 0.05,
                                          .direction = side > 0 ? effect_direction{above_null{}}
                                                                : effect_direction{below_null{}}},
                      studies);
            double numerator = 0;
            double prior = 0;
            constexpr double step = 0.004;
            for (double away = step / 2; away < 4; away += step) {
                double const mean = 0.05 + side * away;
                double const weight = normal_density((mean - 0.1) / 0.5);
                prior += weight;
                for (double tau = step; tau < 2; tau += 2 * step) {
                    numerator += weight * 2 * normal_density(tau / 0.3) / 0.3 * 2 * step *
                                 std::exp(log_likelihood_at(studies, mean, tau * tau));
                }
            }
            double best = -infinity;
            for (double away = 0; away < 3; away += step) {
                for (double t = 0; t < 1.5; t = t * 1.05 + 1e-4) {
                    best = std::max(best, log_likelihood_at(studies, 0.05 - side * away, t));
                }
            }
            EXPECT_NEAR(process.log_e_value(0.05), std::log(numerator / prior) - best, 2e-3);
        }
    }
}

// The supremum over all means on one side is the true one, also where the profile has several maxima.
TEST(UniversalInference, DividesByTheGlobalSupremumOfOneSide) {
    auto random = std::mt19937(16);
    auto normal = std::normal_distribution<>();
    for (int r = 0; r < 60; ++r) {
        auto studies = std::vector<estimate>{};
        for (int i = 0; i < 1 + r % 6; ++i) {
            studies.push_back({2 * std::exp(normal(random)) * normal(random), std::exp(3 * normal(random))});
        }
        for (double const side : {1.0, -1.0}) {
            auto const evidence = detail::as_evidence(studies);
            double const found = detail::largest_beyond(evidence, 0.1, side);
            double best = -infinity;
            for (double u = -20; u < 15; u += 0.02) {
                double const t = std::exp(u);
                double const mean = inverse_variance_fit(evidence, t).mean;
                best = std::max(best, log_likelihood_at(
                                          studies, side > 0 ? std::min(mean, 0.1) : std::max(mean, 0.1), t));
            }
            EXPECT_GE(found, best - 1e-9);
            EXPECT_LE(found, best + 1e-3);
        }
    }
}

TEST(UniversalInference, HasTheMarginalLikelihoodForNumerator) {
    auto random = std::mt19937(13);
    auto const studies = random_studies(random, 6, 0.2, 0.2);
    auto const process =
        after(universal_inference{.mean = normal_prior{0, 0.5}, .heterogeneity = half_cauchy{0.3}}, studies);
    auto const posterior =
        bayesian_random_effects{.mean = normal_prior{0, 0.5}, .heterogeneity = half_cauchy{0.3}}(studies);
    double best = -infinity;
    for (double t = 0; t < 3; t += 1e-4) {
        best = std::max(best, log_likelihood_at(studies, 0, t));
    }
    EXPECT_NEAR(process.log_e_value(), posterior.log_marginal_likelihood - best, 1e-6);
}

// Lambert's function gives the u with u - ln(1 + u) = -2 ln(1 - level).
// Where the set of means ends, the largest likelihood is the height at which it was cut. Many trials know
// tau² better than to any grid of it.
TEST(UniversalInference, FindsTheLimitsOfAnyNumberOfTrials) {
    auto rng = std::mt19937_64(8);
    auto normal = std::normal_distribution<double>();
    for (std::size_t const count : {2U, 20U, 200U, 2000U, 20000U}) {
        for (double const tau : {0.0, 0.1, 1.0, 30.0}) {
            for (double const spread : {0.0, 1.0}) {
                auto trials = std::vector<estimate>{};
                for (std::size_t i = 0; i < count; ++i) {
                    double const variance = std::exp(spread * normal(rng));
                    trials.push_back({std::sqrt(variance + tau * tau) * normal(rng), variance});
                }
                auto const studies = detail::as_evidence(trials);
                double const best =
                    detail::maximise_with_known_mean(
                        studies, inverse_variance_fit(studies, maximum_likelihood{}(studies).value).mean)
                        .log_likelihood;
                for (double const depth : {0.1, 3.0, 8.0}) {
                    for (double const side : {-1.0, 1.0}) {
                        double const limit = detail::farthest_mean(studies, best - depth, side);
                        ASSERT_TRUE(std::isfinite(limit)) << count << " " << tau << " " << depth;
                        EXPECT_NEAR(detail::maximise_with_known_mean(studies, limit).log_likelihood,
                                    best - depth, 1e-7 + 1e-12 * std::abs(best))
                            << count << " " << tau << " " << depth;
                    }
                }
            }
        }
    }
}

TEST(RobbinsMixture, IsNarrowestAtAnyLevel) {
    for (double const level : {1e-12, 1e-8, 1e-6, 0.99e-4, 1.01e-4, 1e-3, 0.1, 0.5, 0.95, 1 - 1e-10}) {
        double const g = narrowest_at(25, level);
        double const u = 25 * g * g;
        // The left side is a difference of numbers of the size of u, and u²/2 where that is small.
        EXPECT_RELATIVE(u - std::log1p(u), -2 * std::log1p(-level), 1e-12 + 1e-15 / u) << level;
    }
    for (double const level : {1e-16, 1e-17, 1e-100, 1e-300}) { // u = 2 sqrt(level)
        EXPECT_RELATIVE(narrowest_at(100, level), std::sqrt(2 * std::sqrt(level) / 100), 1e-8) << level;
    }
}

TEST(EProcesses, RefuseWhatMeansNothing) {
    auto const study = estimate{0.1, 0.2};
    EXPECT_THROW(robbins_mixture{.effect_sd = 0}.add(study), invalid_input);
    EXPECT_THROW(grow{.planned_effect = 0}.add(study), invalid_input);
    EXPECT_THROW((void)(symmetric_e_process{.smallest_effect = -1, .initial_tau_squared = 0}), invalid_input);
    EXPECT_THROW((symmetric_e_process{.smallest_effect = 1, .initial_tau_squared = -1}.add(study)),
                 invalid_input);
    auto process = symmetric;
    EXPECT_THROW(process.add({NAN, 1}), invalid_input);
    EXPECT_THROW(process.add({1, 0}), invalid_input);
    EXPECT_THROW((void)process.confidence_sequence(95), invalid_input);
    EXPECT_THROW((void)process.log_e_value(NAN), invalid_input);
    EXPECT_TRUE(process == symmetric);
    EXPECT_THROW((void)narrowest_at(0), invalid_input);
    EXPECT_THROW((void)anytime_analysis(symmetric, std::vector<estimate>{}), invalid_input);
    try { // of which no trial is to blame
        (void)anytime_analysis(robbins_mixture{.effect_sd = 0}, std::vector<estimate>{study});
        ADD_FAILURE() << "taken";
    } catch (invalid_input const& error) {
        EXPECT_FALSE(error.study()) << error.what();
    }
    // 1 - error would be no level.
    EXPECT_THROW((void)anytime_analysis(symmetric, std::vector<estimate>{study}, {.error = 1e-17}),
                 invalid_input);
    try {
        (void)anytime_analysis(symmetric, std::vector<estimate>{study, {1, -1}});
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1U);
    }
}

/// exp(s²/2) 2 Phi(-s) tends to sqrt(2/pi) / s, of two factors that no type holds.
TEST(RobbinsMixture, KeepsItsDigitsWhereEffectsPointTheOtherWay) {
    for (double const effect : {1e3, 1e6, 1e9, 1e100}) {
        auto process = robbins_mixture{.effect_sd = 1, .direction = below_null{}};
        process.add({effect, 1});
        double const score = effect / std::numbers::sqrt2;
        double const expected = std::log(std::sqrt(1 / std::numbers::pi) / score);
        EXPECT_RELATIVE(process.log_e_value(), expected, 1e-15, 2 / (score * score)); // the next term is 1/s²
    }
}

template <class Process>
void expect_refusal(Process process, estimate const& study) {
    process.add({0.5, 0.1});
    double const before = process.log_e_value();
    EXPECT_THROW(process.add(study), invalid_input) << study.effect << ", " << study.variance;
    EXPECT_TRUE(process.size() == 1 && process.log_e_value() <= before && process.log_e_value() >= before);
}

TEST(EProcesses, RefuseAnEffectWhoseSquareIsBeyondTheTypeAndStayAsTheyWere) {
    for (auto const& study : {estimate{1e160, 1}, estimate{-1e308, 1e-3}}) {
        expect_refusal(robbins_mixture{.effect_sd = 0.5}, study);
        expect_refusal(robbins_mixture{.effect_sd = 0.5, .direction = above_null{}}, study);
        expect_refusal(symmetric_e_process{.smallest_effect = 0.5, .initial_tau_squared = 0.04}, study);
    }
    auto begun_far_away = symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0};
    begun_far_away.add({1e200, 1});
    EXPECT_THROW(begun_far_away.add({0, 1}), invalid_input);
    expect_refusal(grow{.planned_effect = 0.5}, {1e308, 1e-10});
    expect_refusal(universal_inference{.mean = {0, 0.6}, .heterogeneity = half_normal{0.5}}, {1e160, 1});
}

} // namespace
} // namespace accrue::test_sequential_anytime_laws
