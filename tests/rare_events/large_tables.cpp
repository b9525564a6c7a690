// Tables of any size: sums over some of the tables only, probabilities by their transform, and work that is
// bounded whatever the counts.

#include "support/processor_time.hpp"
#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

namespace accrue::test_rare_events_large_tables {
namespace {

using trial_list = std::vector<two_arms<events>>;
using precise =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

two_arms<basic_events<precise>> lifted(two_arms<events> const& trial) {
    return {{precise(trial.treatment.count), precise(trial.treatment.total)},
            {precise(trial.control.count), precise(trial.control.total)}};
}

// At 50 digits every table is summed.
TEST(LargeTables, AgreeWithFiftyDigits) {
    auto const trials = trial_list{{{700, 2100}, {650, 2000}},     {{1500, 3000}, {1400, 2900}},
                                   {{9000, 20000}, {8000, 20000}}, {{300000, 1000000}, {310000, 1000000}},
                                   {{3, 1000000}, {5000, 900000}}, {{0, 1000000}, {9000, 20000}},
                                   {{20000, 20000}, {8000, 20000}}};
    for (auto const& trial : trials) {
        auto const one = detail::noncentral_hypergeometric<double>(trial);
        auto const other = detail::noncentral_hypergeometric<precise>(lifted(trial));
        double const size = static_cast<double>(one.size());
        for (double const theta : {-3.0, -0.05, 0.0, 0.4, 2.0}) {
            auto const here = one.at(theta);
            auto const there = other.at(precise(theta));
            auto const value = static_cast<double>(there.value);
            auto const variance = -static_cast<double>(there.curvature);
            // theta itself is known to one in 10^16, and the likelihood changes with it by events.
            EXPECT_NEAR(here.value, value, 1e-14 * (std::abs(value) + size + 100));
            EXPECT_NEAR(here.slope, static_cast<double>(there.slope), 1e-13 * (size + variance));
            EXPECT_RELATIVE(-here.curvature, variance, 1e-12 * (1 + 1 / variance));
            EXPECT_EQ(one.log_likelihood(theta), here.value);
        }
    }
}

/// The probabilities of all events under treatment together, by multiplying two trials' probabilities out.
std::vector<double> plain_distribution(trial_list const& trials, double const theta) {
    auto const probabilities = [&](two_arms<events> const& trial) {
        auto const one = detail::noncentral_hypergeometric<double>(trial);
        auto const logs = one.log_coefficients();
        auto list = std::vector<double>{};
        double sum = 0;
        double const mode = static_cast<double>(one.mode_at(theta));
        for (std::size_t i = 0; i < logs.size(); ++i) {
            list.push_back(
                std::exp(logs[i] - logs[one.mode_at(theta)] + theta * (static_cast<double>(i) - mode)));
            sum += list.back();
        }
        for (double& probability : list) {
            probability /= sum;
        }
        return list;
    };
    auto const one = probabilities(trials[0]);
    auto const other = probabilities(trials[1]);
    auto result = std::vector<double>(one.size() + other.size() - 1);
    for (std::size_t i = 0; i < one.size(); ++i) {
        for (std::size_t j = 0; j < other.size(); ++j) {
            result[i + j] += one[i] * other[j];
        }
    }
    return result;
}

std::size_t observed_in(trial_list const& trials) {
    return detail::noncentral_hypergeometric<double>(trials[0]).observed() +
           detail::noncentral_hypergeometric<double>(trials[1]).observed();
}

detail::event_probabilities<double>::tails plain_tails(trial_list const& trials, double const theta) {
    auto const all = plain_distribution(trials, theta);
    auto const observed = observed_in(trials);
    auto result = detail::event_probabilities<double>::tails{0, 0, 0};
    for (std::size_t i = 0; i < all.size(); ++i) {
        (i < observed ? result.below : i > observed ? result.above : result.observed) += all[i];
    }
    return result;
}

/// The probability of all events that are no more probable than those observed.
double plain_unlikely(trial_list const& trials, double const theta) {
    auto const all = plain_distribution(trials, theta);
    double const most = all[observed_in(trials)] * (1 + 1e-7);
    double result = 0;
    for (double const probability : all) {
        result += probability <= most ? probability : 0;
    }
    return result;
}

TEST(LargeTables, HaveTheTailsOfTheirEnumeration) {
    for (auto const& trials : {trial_list{{{800, 3000}, {900, 3100}}, {{500, 2000}, {520, 1900}}},
                               trial_list{{{950, 1000}, {1900, 2000}}, {{40, 2000}, {2100, 2200}}},
                               trial_list{{{0, 5000}, {1500, 2000}}, {{3, 5000}, {1100, 2200}}}}) {
        auto const all = detail::event_probabilities<double>(
            detail::likelihoods(std::span<two_arms<events> const>(trials), conditional_exact{}));
        double const best = pool(exact_odds_ratio{}, trials).effect;
        for (double const shift : {-0.3, -0.1, -1e-3, 0.0, 0.02, 0.2}) {
            auto const here = all.tails_at(best + shift);
            auto const plain = plain_tails(trials, best + shift);
            // The coefficients of the plain sums are running sums of a thousand logarithms.
            EXPECT_RELATIVE(here.observed, plain.observed, 1e-9);
            EXPECT_RELATIVE(here.below, plain.below, 1e-9);
            EXPECT_RELATIVE(here.above, plain.above, 1e-9);
        }
        // At the estimate the mean is what was observed, and nothing is more probable.
        EXPECT_RELATIVE(exact_p_value(trials, best), 1.0, 1e-9);
        double const variance = all.moments_at(best).variance;
        for (double const events : {-1.4, -0.9, -0.4, -0.1, 0.1, 0.4, 0.9, 1.4}) {
            double const theta = best + events / variance; // the mean is so many events away
            EXPECT_RELATIVE(exact_p_value(trials, theta), plain_unlikely(trials, theta), 1e-9) << events;
        }
        auto const interval = exact_interval(mid_p_tails{}, trials, 0.9);
        EXPECT_RELATIVE(tailed_p_value(mid_p_tails{}, trials, interval.lower), 0.1, 1e-9);
        EXPECT_RELATIVE(tailed_p_value(mid_p_tails{}, trials, interval.upper), 0.1, 1e-9);
    }
}

// Where the effect asked about is far from that observed, events pile up at one end: none on that side is
// less probable than what was observed. The largest number of events has none above it.
TEST(LargeTables, HaveTheUnlikelyEventsOfTheirEnumeration) {
    for (auto const& trials : {trial_list{{{3, 5000}, {1500, 2000}}, {{0, 5000}, {1100, 2200}}},
                               trial_list{{{1500, 2000}, {3, 5000}}, {{1100, 2200}, {0, 5000}}},
                               trial_list{{{1500, 2000}, {0, 5000}}, {{1100, 2200}, {0, 5000}}},
                               trial_list{{{0, 5000}, {1500, 2000}}, {{0, 5000}, {1100, 2200}}}}) {
        double const sign = trials[0].treatment.count > trials[0].control.count ? 1 : -1;
        auto const observed = observed_in(trials);
        for (double const size : {7.0, 8.0, 9.0, 9.5, 10.0, 12.0}) {
            double const theta = sign * size;
            auto const all = plain_distribution(trials, theta);
            double const expected = plain_unlikely(trials, theta);
            double above = 0;
            for (std::size_t i = observed + 1; i < all.size(); ++i) {
                above += all[i];
            }
            EXPECT_RELATIVE(exact_p_value(trials, theta), expected, 1e-9) << theta << ' ' << observed;
            auto const looked_at = detail::event_probabilities<double>(
                detail::likelihoods(std::span<two_arms<events> const>(trials), conditional_exact{}));
            EXPECT_RELATIVE(looked_at.tails_at(theta).above, above, 1e-9, 1e-13) << theta << ' ' << observed;
            EXPECT_RELATIVE(looked_at.probability_of_unlikely(theta), expected, 1e-9) << theta;
        }
    }
}

// Peto's test is the score test of the same conditional distribution.
TEST(LargeTables, HaveThePValueOfTheNormalApproximationWhereTheyAreHuge) {
    auto const trials =
        trial_list{{{300000, 1000000}, {301000, 1000000}}, {{50000, 100000}, {50100, 100000}}};
    auto const peto_result = pool(peto{}, trials);
    double const exact = tailed_p_value(mid_p_tails{}, trials);
    EXPECT_RELATIVE(exact, p_value(peto_result), 1e-3);
    // The probability of unlikely events leaves out no more than one event's.
    EXPECT_RELATIVE(exact_p_value(trials), exact, 1e-2);
}

/// Counts how often a likelihood is asked.
template <class Likelihood>
struct counted {
    Likelihood likelihood;
    long& calls;
    auto at(double const theta) const {
        ++calls;
        return likelihood.at(theta);
    }
    double log_likelihood(double const theta) const {
        ++calls;
        return likelihood.log_likelihood(theta);
    }
};
template <class Likelihood>
counted(Likelihood, long&) -> counted<Likelihood>;

// Newton's method by itself goes to and fro between the two straight parts of the score of a table without
// events: the peak was not found, and millions of points were added about another place.
TEST(LargeTables, TakeFewPointsHoweverFarTheEffectAndWideItsSpread) {
    auto const trials = trial_list{{{1, 40}, {0, 16}}, {{0, 14}, {3, 55}},   {{1, 1}, {10, 1000000}},
                                   {{0, 9}, {9, 9}},   {{5, 1000}, {3, 10}}, {{0, 1000000}, {9000, 20000}}};
    for (auto const& trial : trials) {
        for (double const sd : {0.0, 0.015, 0.5, 4.0, 16.0, 32.0, 100.0}) {
            for (double const mean : {-400.0, -40.0, -10.0, -1.0, 0.0, 1.0, 10.0, 40.0, 400.0}) {
                auto const check = [&]<class Likelihood>(Likelihood const& likelihood) {
                    long calls = 0;
                    auto const asked = counted<Likelihood>{likelihood, calls};
                    auto const point = detail::marginals<double>(asked)(mean, sd);
                    EXPECT_LT(calls, 20000) << mean << ' ' << sd;
                    EXPECT_TRUE(std::isfinite(point.value)) << mean << ' ' << sd;
                    double const integral = detail::log_normal_effect_integral(asked, mean, sd);
                    EXPECT_NEAR(integral, point.value, 1e-9 * (1 + std::abs(integral))) << mean << ' ' << sd;
                    EXPECT_LT(calls, 40000) << mean << ' ' << sd;
                };
                check(conditional_exact{}(trial));
                check(conditional_approximate{}(trial));
            }
        }
    }
}

// Every model ends soon, with a finite answer or a status, whatever the tables are.
TEST(LargeTables, AreNoWorkForAnyModel) {
    double const million = 1e6;
    auto const lists = std::vector<trial_list>{
        {{{300000, million}, {310000, million}},
         {{250000, million}, {251000, million}},
         {{9, million}, {8, 90}}},
        {{{300000, million}, {510000, million}}, {{250000, million}, {151000, million}}},
        {{{300, million}, {310, million}}, {{25, million}, {51, million}}, {{4, million}, {1, million}}},
        {{{1, 1}, {10, million}}, {{0, 1}, {500000, million}}, {{1, 1}, {999999, million}}},
        {{{0, million}, {0, million}}, {{0, 7}, {0, million}}},
        {{{million, million}, {million, million}}, {{5, 5}, {million, million}}},
        {{{0, million}, {500000, million}}, {{million, million}, {2, million}}},
        {{{0, million}, {million, million}}, {{0, million}, {million, million}}},
        {{{1, 40}, {0, 16}}, {{0, 14}, {3, 55}}, {{1, 38}, {0, 26}}, {{2, 46}, {0, 20}}, {{2, 41}, {0, 5}}}};
    for (std::size_t i = 0; i < lists.size(); ++i) {
        auto const& trials = lists[i];
        auto const check = [&](auto const& model) {
            auto const taken = test::processor_time{};
            auto const result = pool(model, trials);
            // The slowest takes a fifth of a second, optimised.
            EXPECT_LT(taken.seconds(), 3) << i;
            if (result.status == status::ok) {
                EXPECT_TRUE(std::isfinite(result.effect) && result.variance > 0) << i;
            } else {
                EXPECT_EQ(result.status, status::undefined) << i;
                EXPECT_TRUE(std::isnan(result.effect)) << i;
            }
        };
        check(binomial_normal{});
        check(binomial_normal{conditional_approximate{}});
        check(binomial_normal{fixed_intercepts{}});
        check(binomial_normal{random_intercepts{}});
        check(exact_odds_ratio{});
        check(beta_binomial{});
        auto const taken = test::processor_time{};
        auto const interval = exact_interval(exact_tails{}, trials, 0.95);
        double const p = exact_p_value(trials);
        EXPECT_LT(taken.seconds(), 3) << i;
        EXPECT_LE(interval.lower, interval.upper);
        EXPECT_TRUE(p >= 0 && p <= 1) << i;
    }
}

// Sums by integrals and their corrections are those of the terms, in long double.
TEST(LinearSums, AreTheSumsOfTheirTerms) {
    for (std::size_t const n : {std::size_t{65}, std::size_t{1000}, std::size_t{50000}}) {
        for (double const base : {1e-6, 0.3, 1.0}) {
            for (double const gamma : {0.0, 1e-12, 1e-8, 1e-3, 0.1, 100.0}) {
                auto fast = detail::linear_sums<double>{};
                fast.add(n, base, gamma);
                auto plain = detail::linear_sums<long double>{};
                for (std::size_t j = 0; j < n; ++j) {
                    auto const count = static_cast<long double>(j);
                    long double const x = base + count * static_cast<long double>(gamma);
                    plain.inverse += 1 / x;
                    plain.inverse_square += 1 / (x * x);
                    plain.first += count / x;
                    plain.mixed += count / (x * x);
                    plain.second += count / x * (count / x);
                }
                auto const check = [&](double const one, long double const other) {
                    auto const expected = static_cast<double>(other);
                    EXPECT_NEAR(one, expected, 1e-12 * (std::abs(expected) + 1)) << n << ' ' << gamma;
                };
                check(fast.inverse, plain.inverse);
                check(fast.inverse_square, plain.inverse_square);
                check(fast.first, plain.first);
                check(fast.mixed, plain.mixed);
                check(fast.second, plain.second);
            }
        }
    }
}

// From a base of 20 gammas on there is nothing but the integral and its corrections, each of which counts.
TEST(LinearSums, HaveAllDigitsWhereNoTermIsSummed) {
    for (double const gamma : {0.01, 1.0}) {
        auto fast = detail::linear_sums<double>{};
        fast.add(100, 20 * gamma, gamma);
        auto plain = detail::linear_sums<long double>{};
        for (int j = 0; j < 100; ++j) {
            long double const x = static_cast<long double>(gamma) * (20 + j);
            plain.inverse += 1 / x;
            plain.inverse_square += 1 / (x * x);
            plain.first += j / x;
            plain.mixed += j / (x * x);
            plain.second += j / x * (j / x);
        }
        // Beside the integrals, which are larger than what is left of them, some ten roundings.
        EXPECT_RELATIVE(fast.inverse, static_cast<double>(plain.inverse), 1e-14);
        EXPECT_RELATIVE(fast.inverse_square, static_cast<double>(plain.inverse_square), 3e-14);
        EXPECT_RELATIVE(fast.first, static_cast<double>(plain.first), 3e-14);
        EXPECT_RELATIVE(fast.mixed, static_cast<double>(plain.mixed), 3e-14);
        EXPECT_RELATIVE(fast.second, static_cast<double>(plain.second), 3e-14);
    }
}

/// Two groups of 2e6 with 2e6 events, of which so many more than half are in the treatment group.
trial_list halves(double const more) {
    return {{{1e6 + more, 2e6}, {1e6 - more, 2e6}}};
}

// Without an effect events have a distribution that is symmetric about the half, whose own probability is
// C(n, n / 2)² / C(2 n, n), which Stirling's series says to 1e-13.
TEST(LargeTables, HaveTheirTailsBesideTheMean) {
    double const n = 2e6;
    // C(2 x, x) is 4^x / sqrt(pi x) exp(-1 / (8 x) + ...).
    double const middle = 2 / std::sqrt(std::numbers::pi * n) * std::exp(-1 / (2 * n) + 1 / (8 * n));
    double const beside = middle * std::pow(1e6 / (1e6 + 1), 2);
    for (double const more : {-1.0, 0.0, 1.0}) {
        auto const trials = halves(more);
        auto const all = detail::event_probabilities<double>(
            detail::likelihoods(std::span<two_arms<events> const>(trials), conditional_exact{}));
        auto const here = all.tails_at(0);
        double const nearer = more == 0 ? (1 - middle) / 2 : (1 + middle) / 2;
        double const farther = more == 0 ? (1 - middle) / 2 : (1 - middle) / 2 - beside;
        EXPECT_RELATIVE(here.observed, more == 0 ? middle : beside, 1e-10) << more;
        EXPECT_RELATIVE(here.below, more < 0 ? farther : nearer, 1e-12) << more;
        EXPECT_RELATIVE(here.above, more > 0 ? farther : nearer, 1e-12) << more;
    }
}

// By the same symmetry events as far off on the other side are as unlikely, though rounding may tell them
// apart, so that their probabilities together are twice a tail's.
TEST(LargeTables, CountTheEventsThatAreAsUnlikelyOnTheOtherSide) {
    for (double more = 100; more < 1600; more += 150) {
        for (auto const& trials : {halves(more), halves(-more)}) {
            EXPECT_RELATIVE(exact_p_value(trials), tailed_p_value(exact_tails{}, trials), 1e-9) << more;
        }
    }
}

} // namespace
} // namespace accrue::test_rare_events_large_tables
