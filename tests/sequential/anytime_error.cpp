// E-processes where there is no effect: simulated reviews cross 20 in at most 5 %, and the exact binary
// process step by step. The replicates are few, so that the tests are quick; benchmarks/anytime_error.cpp
// prints the table with many: by 100 looks 2.5-3.3 % for normal, t3 and two-point effects at tau² 0 to 5
// median variances, in both orders.

#include "support/relative.hpp"
#include <accrue/sequential/anytime.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace accrue::test_sequential_anytime_error {
namespace {

double normal_effect(random_stream& random) {
    return random.normal();
}
double t3_effect(random_stream& random) {
    double const a = random.normal();
    double const b = random.normal();
    double const c = random.normal();
    return random.normal() / std::sqrt(a * a + b * b + c * c);
}
double mixed_effect(random_stream& random) {
    double const side = random.uniform() < 0.5 ? -1 : 1;
    return side * (random.uniform() < 0.9 ? 0.3 : 3);
}

template <class Process, class Law>
double share_that_crosses(Process const& blank, Law const& law, double const tau, bool const large_first,
                          int const replicates, std::size_t const looks) {
    int crossed = 0;
    for (int r = 0; r < replicates; ++r) {
        auto random = random_stream(17, static_cast<std::uint64_t>(r));
        auto variances = std::vector<double>(looks);
        for (double& variance : variances) {
            variance = 0.05 * std::exp(1.5 * random.normal());
        }
        if (large_first) {
            std::sort(variances.begin(), variances.end());
        }
        auto process = blank;
        for (double const variance : variances) {
            process.add({tau * law(random) + std::sqrt(variance) * random.normal(), variance});
        }
        crossed += process.p_value() <= 0.05 ? 1 : 0;
    }
    return static_cast<double>(crossed) / replicates;
}

// Three standard errors above 5 %, with 1,000 reviews.
auto constexpr limit = 0.05 + 3 * 0.0069;

// Qualifies: ANYTIME-1
TEST(SymmetricEProcess, CrossesInAtMostFivePercentOfReviewsByAHundredLooks) {
    auto const blank = symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.05};
    for (auto const law : {normal_effect, t3_effect, mixed_effect}) {
        for (double const tau_squared : {0.0, 0.1, 0.5}) {
            for (bool const large_first : {false, true}) {
                EXPECT_LE(share_that_crosses(blank, law, std::sqrt(tau_squared), large_first, 1000, 100),
                          limit);
            }
        }
    }
}

TEST(UniversalInference, CrossesInAtMostFivePercentOfReviews) {
    auto const blank = universal_inference{.mean = normal_prior{0, 0.3}, .heterogeneity = half_normal{0.3}};
    for (double const tau : {0.0, 0.5}) {
        EXPECT_LE(share_that_crosses(blank, normal_effect, tau, true, 100, 20), 0.05 + 3 * 0.022);
    }
}

// What the documentation warns of: as a test of the mean effect the common-effect processes do not hold their
// error.
TEST(RobbinsMixture, CrossesFarTooOftenUnderHeterogeneity) {
    auto const blank = robbins_mixture{.effect_sd = 0.3};
    EXPECT_LE(share_that_crosses(blank, normal_effect, 0, false, 1000, 40), limit);
    EXPECT_GE(share_that_crosses(blank, normal_effect, std::sqrt(0.1), false, 1000, 40), 0.2);
}

double binomial(random_stream& random, double const n, double const risk) {
    double count = 0;
    for (double i = 0; i < n; ++i) {
        count += random.uniform() < risk ? 1 : 0;
    }
    return count;
}

exact_binary_e_process small_binary() {
    return exact_binary_e_process{.nodes = {{-0.8, 0.1, 0}, {-0.4, 0.3, 0}, {0.4, 0.3, 0}, {0.8, 0.1, 0}}};
}

/// The events of the treatment group given those of both, with this log odds ratio.
double noncentral_draw(random_stream& random, double const treated, double const controls, double const both,
                       double const theta) {
    double left = random.uniform();
    double a = std::max(0.0, both - controls);
    for (; a < std::min(both, treated); ++a) {
        auto const table = detail::binary_trial({{a, treated}, {both - a, controls}});
        left -= std::exp(table.log_likelihood(theta));
        if (left < 0) {
            break;
        }
    }
    return a;
}

// Qualifies: ANYTIME-1
TEST(ExactBinaryEProcess, CrossesInAtMostFivePercentOfReviewsOfRareEvents) {
    for (double const treated : {100.0, 160.0}) { // 1:1 and 4:1
        for (double const tau : {0.0, 1.0}) {
            int crossed = 0;
            constexpr int replicates = 40;
            for (int r = 0; r < replicates; ++r) {
                auto random = random_stream(23, static_cast<std::uint64_t>(r));
                auto process = small_binary();
                process.state.largest_log_e_value = std::log(20.0) - 1e-9; // no search below
                for (int i = 0; i < 20; ++i) {
                    double const both = binomial(random, 200, 0.02);
                    double const a =
                        noncentral_draw(random, treated, 200 - treated, both, tau * random.normal());
                    process.add({{a, treated}, {both - a, 200 - treated}});
                }
                crossed += process.state.largest_log_e_value >= std::log(20.0) ? 1 : 0;
            }
            EXPECT_LE(crossed, replicates * (0.05 + 3 * 0.034));
        }
    }
}

// Given its margins, the expectation of E over the tables of one more trial is at most what E is now.
TEST(ExactBinaryEProcess, IsAFairGameOrWorse) {
    auto now = small_binary();
    now.add({{3, 60}, {5, 40}});
    now.add({{1, 100}, {4, 80}});
    auto const numerator = [](exact_binary_e_process const& process) {
        return process.log_e_value_given_margins() +
               process.state.null_profile.supremum(process.state.trials);
    };
    // E itself is not a martingale, but it is below the likelihood ratio against any one tau, which is one.
    for (double const tau : {0.0, 0.4, 2.0}) {
        double expectation = 0;
        auto null_value = [&](exact_binary_e_process const& process) {
            double log = 0;
            for (auto const& trial : process.state.trials) {
                log += detail::log_normal_effect_integral(trial, 0.0, tau);
            }
            return log;
        };
        for (double a = 0; a <= 4; ++a) {
            auto next = now;
            next.add({{a, 70}, {4 - a, 30}});
            double const probability = std::exp(
                detail::log_normal_effect_integral(detail::binary_trial({{a, 70}, {4 - a, 30}}), 0.0, tau));
            expectation += probability * std::exp(numerator(next) - null_value(next));
            EXPECT_LE(next.log_e_value(), numerator(next) - null_value(next) + 1e-9);
        }
        double const before = std::exp(numerator(now) - null_value(now));
        EXPECT_RELATIVE(expectation, before, 1e-9);
    }
}

/// The second null of a process, or of one that seeks effects on one side of it.
detail::varied_risks second_null_of(exact_binary_e_process const& process, double const null = 0,
                                    double const side = 0) {
    double const numerator =
        process.log_e_value_given_margins() + process.state.null_profile.supremum(process.state.trials);
    return {process.state.arms,      numerator, process.state.margins.log_density(),
            process.treatment_share, null,      side};
}

/// Its e-value at stated risks, an upper bound of the process's.
double log_value_at(exact_binary_e_process const& process, std::array<double, 5> const& place) {
    return second_null_of(process).at(place).value;
}

// At no risks that were drawn is E lower than what the search found: for the null, and for the means on
// either side of it.
TEST(ExactBinaryEProcess, IsBelowItsValueAtRisksThatAreDrawn) {
    auto random = random_stream(8, 0);
    auto const draw = [&](double const from, double const to) {
        return from + (to - from) * random.uniform();
    };
    for (int set = 0; set < 6; ++set) {
        auto const direction = set % 3 == 0   ? effect_direction{either_direction{}}
                               : set % 3 == 1 ? effect_direction{above_null{}}
                                              : effect_direction{below_null{}};
        auto process = exact_binary_e_process{.direction = direction};
        double const side = set % 3 == 0 ? 0 : set % 3 == 1 ? 1 : -1;
        double const control_risk = draw(0.03, 0.3);
        double const treatment_risk = draw(0.03, 0.3);
        for (int i = 0; i < 3; ++i) {
            process.add(
                {{binomial(random, 20, treatment_risk), 20}, {binomial(random, 25, control_risk), 25}});
        }
        for (double const null : {-3.0, 0.0, 2.0}) {
            double const found = process.log_e_value(null);
            auto const risks = second_null_of(process, null, side);
            for (int i = 0; i < 100; ++i) {
                auto const place =
                    std::array{draw(-8, 2), draw(0, 3), draw(0, 3), draw(-1.57, 1.57), draw(0, 2)};
                EXPECT_LE(found, risks.at(place).value + 1e-9) << set << " " << null;
            }
        }
    }
}

// The same against bivariate normal log odds, over all tables of one more trial: at each of them what E is
// below is a martingale, so that 5 % are a theorem for every one of them.
TEST(ExactBinaryEProcess, IsAFairGameForEveryWayInWhichRisksVary) {
    auto now = small_binary();
    now.add({{3, 60}, {5, 40}});
    now.add({{0, 100}, {1, 80}});
    double const half_share = 0; // a sine in the middle of 1/2 to 1
    for (auto const& place : {std::array{-2.5, 0.0, 0.8, 1.5707963267948966, 0.0},
                              std::array{-3.0, 0.7, 0.3, -1.5707963267948966, 0.0},
                              std::array{-2.0, 0.4, 1.5, half_share, 0.0}}) {
        double expectation = 0;
        double total = 0;
        for (double a = 0; a <= 3; ++a) {
            for (double c = 0; c <= 2; ++c) {
                auto next = now;
                next.add({{a, 3}, {c, 2}});
                double const share = 0.75 + 0.25 * std::sin(place[3]);
                auto const probability = detail::arm_counts({{a, 3}, {c, 2}})
                                             .at({.centre = place[0],
                                                  .spread = place[1],
                                                  .tau = place[2],
                                                  .share = share,
                                                  .mean = 0});
                double const chance = std::exp(probability.margin.value + probability.given_margin.value);
                total += chance;
                expectation += chance * std::exp(log_value_at(next, place));
                EXPECT_LE(next.log_e_value(), log_value_at(next, place) + 1e-6);
            }
        }
        EXPECT_NEAR(total, 1, 1e-8);
        EXPECT_RELATIVE(expectation, std::exp(log_value_at(now, place)), 1e-7);
    }
}

/// The probability of a table by its definition: a sum over a fine grid of both deviations.
double plain_log_probability(two_arms<events> const& table, detail::arm_risks const& risks) {
    auto const treatment = detail::binomial_count<double>(table.treatment.count, table.treatment.total, 0.0);
    auto const control = detail::binomial_count<double>(table.control.count, table.control.total, 0.0);
    constexpr double step = 0.04;
    double sum = 0;
    for (double z = -9; z < 9; z += step) {
        for (double b = -9; b < 9; b += step) {
            double const base = risks.centre + risks.spread * b;
            double const varied = risks.tau * z;
            sum += std::exp(treatment.at(base + risks.mean / 2 + risks.share * varied).value +
                            control.at(base - risks.mean / 2 - (1 - risks.share) * varied).value -
                            (z * z + b * b) / 2);
        }
    }
    return std::log(sum * step * step / 6.283185307179586);
}

TEST(ArmRisks, GiveTheProbabilitiesOfTablesAndOfTheirMargins) {
    for (auto const& table : {two_arms<events>{{1, 100}, {4, 100}}, {{0, 20}, {0, 30}}, {{3, 16}, {0, 4}}}) {
        for (auto const& risks :
             {detail::arm_risks{-3.5, 0.3, 1, 0.5, 0.2}, detail::arm_risks{-2, 1, 0.5, 0.7, -0.5},
              detail::arm_risks{-3, 0.1, 2, 1, 0}}) {
            auto const factors = detail::arm_counts(table).at(risks);
            EXPECT_NEAR(factors.margin.value + factors.given_margin.value,
                        plain_log_probability(table, risks), 1e-7);
            double const both = table.treatment.count + table.control.count;
            double margin = 0;
            for (double a = 0; a <= both; ++a) {
                if (a <= table.treatment.total && both - a <= table.control.total) {
                    margin += std::exp(plain_log_probability(
                        {{a, table.treatment.total}, {both - a, table.control.total}}, risks));
                }
            }
            EXPECT_NEAR(factors.margin.value, std::log(margin), 1e-7);
            // Slopes against differences.
            for (std::size_t i = 0; i < 5; ++i) {
                auto const at = [&](double const change) {
                    auto moved = risks;
                    auto const members =
                        std::array{&moved.centre, &moved.spread, &moved.tau, &moved.share, &moved.mean};
                    *members[i] += change;
                    return detail::arm_counts(table).at(moved);
                };
                // A difference quotient of values that the quadrature knows to about seven digits.
                EXPECT_NEAR(factors.margin.slope[i], (at(1e-5).margin.value - at(-1e-5).margin.value) / 2e-5,
                            1e-5);
                EXPECT_NEAR(factors.given_margin.slope[i],
                            (at(1e-5).given_margin.value - at(-1e-5).given_margin.value) / 2e-5, 1e-5);
            }
        }
    }
}

// No risks that a random search or a grid finds make E smaller.
TEST(ExactBinaryEProcess, IsBelowItsValueAtAllRisks) {
    for (std::uint64_t r = 0; r < 5; ++r) {
        auto random = random_stream(31, r);
        auto process = small_binary();
        for (std::uint64_t i = 0; i < 3 + r; ++i) {
            double const risk = 0.05 * std::exp(random.normal() / 2);
            double const treated = r % 2 == 0 ? 40 : 80;
            process.add({{binomial(random, treated, (std::min)(0.9, risk * (r < 3 ? 1.0 : 0.4))), treated},
                         {binomial(random, 30, risk), 30}});
        }
        double const found = process.log_e_value();
        for (int i = 0; i < 200; ++i) {
            auto const place = std::array{-3 + 1.2 * random.normal(), random.normal(), 1.5 * random.uniform(),
                                          3.2 * (random.uniform() - 0.5), 0.0};
            EXPECT_LE(found, log_value_at(process, place) + 1e-6);
        }
    }
}

// All variation in the treatment risk, control risks all the same, four times as many treated, no effect: in
// one of fifty such reviews the conditional likelihood alone is deceived. benchmarks/anytime_error.cpp has
// many.
TEST(ExactBinaryEProcess, IsNotDeceivedWhereControlRisksAreAllTheSame) {
    auto random = random_stream(1, 43);
    auto process = exact_binary_e_process{};
    double const log_odds = std::log(0.02 / 0.98);
    for (int i = 0; i < 40; ++i) {
        double const risk = 1 / (1 + std::exp(-(log_odds + random.normal())));
        double const treated = binomial(random, 160, risk);
        process.add({{treated, 160}, {binomial(random, 40, 0.02), 40}});
    }
    EXPECT_GE(process.log_e_value_given_margins(), std::log(20.0));
    EXPECT_LT(process.log_e_value(), 0);
    EXPECT_GT(process.p_value(), 0.2);
}

/// P(table; its margins) by binomial coefficients, averaged over N(mean, tau²) on a fine grid.
double plain_conditional(two_arms<events> const& table, double const mean, double const tau) {
    auto const log_choose = [](double const n, double const k) {
        return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    };
    auto const& [treatment, control] = table;
    double const both = treatment.count + control.count;
    auto const given = [&](double const theta) {
        double total = 0;
        double own = 0;
        for (double a = 0; a <= both; ++a) {
            double const term = std::exp(log_choose(treatment.total, a) +
                                         log_choose(control.total, both - a) + a * theta - 40);
            total += term;
            own = std::abs(a - treatment.count) < 0.5 ? term : own;
        }
        return own / total;
    };
    double sum = 0;
    double weights = 0;
    for (double z = -7; z <= 7; z += 0.1) {
        sum += std::exp(-z * z / 2) * given(mean + tau * z);
        weights += std::exp(-z * z / 2);
    }
    return sum / weights;
}

// One-sided, by its definition.
TEST(ExactBinaryEProcess, SeeksOneDirectionByItsDefinition) {
    auto const tables =
        std::vector<two_arms<events>>{{{1, 60}, {5, 50}}, {{3, 80}, {7, 80}}, {{4, 40}, {2, 40}}};
    for (double const null : {0.0, 0.3}) {
        for (bool const above : {false, true}) {
            auto process = exact_binary_e_process{
                .null = null,
                .direction = above ? effect_direction{above_null{}} : effect_direction{below_null{}},
                .nodes = {
                    {-0.8, 0.1, 0}, {-0.4, 0.3, std::log(2.0)}, {0, 0.2, 0}, {0.2, 0.3, 0}, {0.6, 0.2, 0}}};
            double numerator = 0;
            double shares = 0;
            for (auto const& node : process.nodes) {
                if (above ? node.mean > null : node.mean < null) {
                    double product = std::exp(node.log_share);
                    shares += product;
                    for (auto const& table : tables) {
                        product *= plain_conditional(table, node.mean, node.tau);
                    }
                    numerator += product;
                }
            }
            double largest = 0;
            for (double away = 0; away < 1.5; away += 0.03) {
                for (double tau = 0; tau < 1.6; tau += 0.1) {
                    double product = 1;
                    for (auto const& table : tables) {
                        product *= plain_conditional(table, null + (above ? -away : away), tau);
                    }
                    largest = (std::max)(largest, product);
                }
            }
            for (auto const& table : tables) {
                process.add(table);
            }
            EXPECT_NEAR(process.log_e_value_given_margins(null), std::log(numerator / shares / largest),
                        3e-3);
        }
    }
}

TEST(ExactBinaryEProcess, SeeksOneDirection) {
    auto const made = [](effect_direction const& direction, double const null) {
        return exact_binary_e_process{
            .null = null,
            .direction = direction,
            .nodes = {{-0.8, 0.1, 0}, {-0.4, 0.3, 0}, {0.4, 0.3, 0}, {0.8, 0.1, 0}}};
    };
    auto either = made(either_direction{}, 0);
    auto below = made(below_null{}, 0);
    auto above = made(above_null{}, 0);
    auto mirrored = made(above_null{}, 0);
    for (auto const& table : {two_arms<events>{{1, 60}, {5, 50}}, {{0, 100}, {4, 40}}, {{3, 80}, {9, 80}}}) {
        for (auto* const process : {&either, &below, &above}) {
            process->add(table);
        }
        mirrored.add(flip(table));
    }
    // The two halves of the bets, where the null at its edge is the best of all, make up the whole.
    EXPECT_GT(below.log_e_value_given_margins(), either.log_e_value_given_margins());
    EXPECT_LE(below.log_e_value_given_margins(), either.log_e_value_given_margins() + std::log(2.0) + 1e-9);
    EXPECT_LT(above.log_e_value(), 0);
    EXPECT_RELATIVE(mirrored.log_e_value_given_margins(), below.log_e_value_given_margins(), 1e-9);
    EXPECT_EQ(below.confidence_sequence(0.8).lower, -std::numeric_limits<double>::infinity());
    // Against every null that is farther on the side not sought there is more evidence.
    EXPECT_GT(below.log_e_value(0.5), below.log_e_value(0.1));
    EXPECT_GT(below.log_e_value(0.1), below.log_e_value(0));
    // The supremum over the side not sought is no less than at any mean of it.
    for (double const mean : {-3.0, -1.5, -0.8, -0.2}) {
        EXPECT_LE(above.log_e_value_given_margins(), above.log_e_value_given_margins(mean) + 1e-6);
    }
    EXPECT_THROW((void)exact_binary_e_process({.direction = above_null{}, .nodes = {{-0.8, 0.1, 0}}}),
                 invalid_input);
}

// No point of a fine grid of tau is above the supremum, nor is it above all of them by more than the grid
// leaves.
TEST(ExactBinaryEProcess, DividesByTheGlobalSupremum) {
    for (std::uint64_t r = 0; r < 12; ++r) {
        auto random = random_stream(29, r);
        auto trials = std::vector<detail::binary_trial>{};
        auto profile = detail::tau_profile(0.2);
        for (std::uint64_t i = 0; i <= r; ++i) {
            double const risk = 0.05 + 0.3 * random.uniform();
            trials.emplace_back(
                two_arms<events>{{binomial(random, 40, risk), 40}, {binomial(random, 60, 0.1), 60}});
            profile.add(trials.back());
        }
        double best = -std::numeric_limits<double>::infinity();
        for (double tau = 0; tau < 60; tau = tau * 1.03 + 1e-3) {
            double total = 0;
            for (auto const& trial : trials) {
                total += detail::log_normal_effect_integral(trial, 0.2, tau);
            }
            best = std::max(best, total);
        }
        EXPECT_GE(profile.supremum(trials), best - 1e-9);
        if (best >
            -0.6931 * static_cast<double>(r + 1)) { // the limit of an infinite tau may be above the grid
            EXPECT_LE(profile.supremum(trials), best + 2e-3);
        }
    }
}

// Tables that balance exactly have their peak where it is sought first.
TEST(ExactBinaryEProcess, TakesTrialsThatBalance) {
    auto process = small_binary();
    process.add({{2, 40}, {2, 40}});
    process.add({{1, 100}, {1, 100}});
    EXPECT_TRUE(std::isfinite(process.log_e_value()));
    EXPECT_LE(process.log_e_value(), 0);
    EXPECT_NEAR(process.leaning(), 0, 1e-12);
}

TEST(ExactBinaryEProcess, IsUnmovedByTrialsWithoutInformation) {
    auto process = small_binary();
    process.add({{1, 60}, {5, 60}});
    double const before = process.log_e_value_given_margins();
    process.add({{0, 60}, {0, 90}});
    process.add({{30, 30}, {20, 20}});
    EXPECT_EQ(process.log_e_value_given_margins(), before);
    EXPECT_TRUE(std::isfinite(process.log_e_value())); // of the margins only the risks take note
    EXPECT_EQ(process.size(), 3U);
}

TEST(ExactBinaryEProcess, TakesAnyRangeOfSharesBetweenTheArms) {
    for (auto const share : {interval{0, 1}, interval{0.05, 0.3}, interval{0, 0}, interval{1, 1}}) {
        auto process = small_binary();
        process.treatment_share = share;
        process.add(two_arms<events>{{1, 60}, {5, 50}});
        EXPECT_TRUE(std::isfinite(process.log_e_value())) << share.lower << " " << share.upper;
    }
}

TEST(ExactBinaryEProcess, MirrorsWhenTheArmsChangePlaces) {
    // As does the share of the variation that lies in the treatment risk.
    auto process = small_binary();
    process.treatment_share = {0.2, 0.7};
    auto mirrored = small_binary();
    mirrored.treatment_share = {0.3, 0.8};
    for (auto const& trial : {two_arms<events>{{1, 60}, {5, 50}}, {{0, 100}, {4, 40}}, {{3, 80}, {9, 80}}}) {
        process.add(trial);
        mirrored.add(flip(trial));
        EXPECT_RELATIVE(mirrored.log_e_value_given_margins(), process.log_e_value_given_margins(), 1e-10,
                        1e-12);
        // Infima are sought to 1e-8 of the logarithm, from other places for the mirrored trials.
        EXPECT_NEAR(mirrored.log_e_value(), process.log_e_value(), 1e-6);
        EXPECT_RELATIVE(mirrored.leaning(), -process.leaning(), 1e-10);
    }
    auto const sequence = process.confidence_sequence(0.9);
    auto const other = mirrored.confidence_sequence(0.9);
    EXPECT_RELATIVE(other.lower, -sequence.upper, 1e-6);
    EXPECT_RELATIVE(other.upper, -sequence.lower, 1e-6);
}

TEST(ExactBinaryEProcess, HasAConfidenceSequenceThatIsTheInversionOfTheTest) {
    auto process = exact_binary_e_process{};
    process.add({{1, 100}, {0, 100}});
    EXPECT_EQ(process.confidence_sequence(0.95).upper, std::numeric_limits<double>::infinity());
    for (int i = 0; i < 8; ++i) {
        process.add({{3.0 + i % 2, 100}, {15.0 + i % 3, 100}});
    }
    auto const sequence = process.confidence_sequence(0.95);
    EXPECT_NEAR(process.log_e_value(sequence.lower), std::log(20), 1e-5);
    EXPECT_NEAR(process.log_e_value(sequence.upper), std::log(20), 1e-5);
    EXPECT_LT(sequence.upper, 0);
    EXPECT_LE(process.p_value(), 0.05);
    auto const series = anytime_analysis(
        exact_binary_e_process{}, std::vector<two_arms<events>>{{{1, 60}, {5, 50}}, {{0, 100}, {4, 40}}});
    EXPECT_EQ(series.looks.size(), 2U);
    EXPECT_THROW(process.add({{0.5, 100}, {1, 100}}), invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_anytime_error
