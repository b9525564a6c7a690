// E-processes where there is no effect: simulated reviews cross 20 in at most 5 %, and the exact binary
// process step by step. The replicates are few, so that the tests are quick; benchmarks/anytime_error.cpp
// prints the table with many: by 100 looks 2.5-3.3 % for normal, t3 and two-point effects at tau² 0 to 5
// median variances, in both orders.

#include "support/relative.hpp"
#include <accrue/sequential/anytime.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace accrue {
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
            constexpr int replicates = 60;
            for (int r = 0; r < replicates; ++r) {
                auto random = random_stream(23, static_cast<std::uint64_t>(r));
                auto process = small_binary();
                for (int i = 0; i < 20; ++i) {
                    double const both = binomial(random, 200, 0.02);
                    double const a =
                        noncentral_draw(random, treated, 200 - treated, both, tau * random.normal());
                    process.add({{a, treated}, {both - a, 200 - treated}});
                }
                crossed += process.p_value() <= 0.05 ? 1 : 0;
            }
            EXPECT_LE(crossed, replicates * (0.05 + 3 * 0.028));
        }
    }
}

// Given its margins, the expectation of E over the tables of one more trial is at most what E is now.
TEST(ExactBinaryEProcess, IsAFairGameOrWorse) {
    auto now = small_binary();
    now.add({{3, 60}, {5, 40}});
    now.add({{1, 100}, {4, 80}});
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
            // ln E plus the supremum is the numerator.
            double const numerator = next.log_e_value() + next.state.null_profile.supremum(next.state.trials);
            expectation += probability * std::exp(numerator - null_value(next));
            EXPECT_LE(next.log_e_value(), numerator - null_value(next) + 1e-9);
        }
        double const before =
            std::exp(now.log_e_value() + now.state.null_profile.supremum(now.state.trials) - null_value(now));
        EXPECT_RELATIVE(expectation, before, 1e-9);
    }
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
    double const before = process.log_e_value();
    process.add({{0, 60}, {0, 90}});
    process.add({{30, 30}, {20, 20}});
    EXPECT_EQ(process.log_e_value(), before);
    EXPECT_EQ(process.size(), 3U);
}

TEST(ExactBinaryEProcess, MirrorsWhenTheArmsChangePlaces) {
    auto process = small_binary();
    auto mirrored = small_binary();
    for (auto const& trial : {two_arms<events>{{1, 60}, {5, 50}}, {{0, 100}, {4, 40}}, {{3, 80}, {9, 80}}}) {
        process.add(trial);
        mirrored.add(flip(trial));
        EXPECT_RELATIVE(mirrored.log_e_value(), process.log_e_value(), 1e-10, 1e-12);
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
    for (int i = 0; i < 6; ++i) {
        process.add({{3.0 + i % 2, 100}, {12.0 + i % 3, 100}});
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
} // namespace accrue
