// E-processes against numbers of other programs, of published examples, and of a second, plain computation.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/effect/effects.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>
#include <accrue/sequential/anytime.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_sequential_anytime_vectors {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

/// One trial with this score S and information W.
estimate trial(double const score, double const information) {
    return {score / information, 1 / information};
}

// R package confseq 0.0.11 (Howard et al.), normal mixture with v_opt = 100 and alpha = 0.05: its approximate
// r is 12.60056 with the boundary 30.35209 at v = 100; the exact r is 12.177 with 30.3511.
// Qualifies: ANYTIME-1
TEST(RobbinsMixture, HasTheBoundaryOfConfseq) {
    auto approximate = robbins_mixture{.effect_sd = 1 / std::sqrt(12.60056)};
    approximate.add(trial(10, 100));
    EXPECT_NEAR(approximate.log_e_value(), -0.6510052, 5e-8);
    EXPECT_NEAR(approximate.confidence_sequence(0.95).width() / 2 * 100, 30.35209, 5e-6);

    double const g = narrowest_at(100, 0.95);
    EXPECT_NEAR(1 / (g * g), 12.177, 5e-4);
    auto exact = robbins_mixture{.effect_sd = g};
    exact.add(trial(10, 100));
    EXPECT_NEAR(exact.confidence_sequence(0.95).width() / 2 * 100, 30.3511, 2e-4);
}

TEST(RobbinsMixture, IsNarrowestWhereItWasTuned) {
    auto const width = [](double const g) {
        auto process = robbins_mixture{.effect_sd = g};
        process.add(trial(10, 100));
        return process.confidence_sequence(0.95).width();
    };
    double const g = narrowest_at(100, 0.95);
    EXPECT_LT(width(g), width(g * 1.01));
    EXPECT_LT(width(g), width(g / 1.01));
}

// Z = 1 at n = 100, planned effect 0.4 (the safe Z-test of R package safestats).
TEST(Grow, HasTheValueOfTheSafeTest) {
    auto process = grow{.planned_effect = 0.4};
    process.add(trial(10, 100));
    EXPECT_RELATIVE(std::exp(process.log_e_value()), 0.0091608915505, 5e-12);
}

// Four trials of low-dose naltrexone, rounded to four decimals.
auto const ldn =
    std::vector<estimate>{{-0.4155, 0.0278}, {-0.1776, 0.1158}, {-0.1019, 0.0147}, {-0.2282, 0.0407}};

TEST(EProcesses, OfTheNaltrexoneTrials) {
    auto const robbins = std::vector{5.2085, 5.1086, 2.7443, 4.6791};
    auto const growing = std::vector{8.7766, 9.4264, 3.5319, 6.2855};
    auto const symmetric = std::vector{1.0, 1.2282, 1.7058, 2.6917};
    auto mixture = robbins_mixture{.effect_sd = 0.3};
    auto planned = grow{.planned_effect = 0.3};
    // These digits belong to a prior that is all but continuous.
    auto bets = symmetric_e_process{.smallest_effect = 0.3,
                                    .initial_tau_squared = 0.04,
                                    .guess_worth = infinity,
                                    .nodes = normal_effect_nodes(0.3, 1001, 8)};
    for (std::size_t i = 0; i < ldn.size(); ++i) {
        mixture.add(ldn[i]);
        planned.add(ldn[i]);
        bets.add(ldn[i]);
        EXPECT_NEAR(std::exp(mixture.log_e_value()), robbins[i], 5.1e-5);
        EXPECT_NEAR(std::exp(planned.log_e_value()), growing[i], 5.1e-5);
        EXPECT_NEAR(std::exp(bets.log_e_value()), symmetric[i], 5.1e-5);
    }
    EXPECT_NEAR(mixture.confidence_sequence(0.95).lower, -0.4715, 5.1e-5);
    EXPECT_NEAR(mixture.confidence_sequence(0.95).upper, 0.0485, 5.1e-5);
}

std::vector<estimate> bcg_by_year() {
    struct dated {
        double year;
        estimate study;
    };
    auto trials = std::vector<dated>{};
    for (auto const& row : test::golden("bcg/input.csv")) {
        auto const cell = [&](char const* const name) { return row.number(name); };
        auto const report = two_arms{events{cell("ai"), cell("ai") + cell("bi")},
                                     events{cell("ci"), cell("ci") + cell("di")}};
        auto const trial = dated{cell("year"), log_risk_ratio{}(report)};
        trials.insert(std::upper_bound(trials.begin(), trials.end(), trial,
                                       [](dated const& a, dated const& b) { return a.year < b.year; }),
                      trial);
    }
    auto studies = std::vector<estimate>{};
    for (auto const& entry : trials) {
        studies.push_back(entry.study);
    }
    return studies;
}

auto const bcg_e_values =
    std::vector{1.0,         1.41460459,  2.514232641, 4.130484877, 8.000596629, 14.11735645, 10.00516557,
                14.78869599, 27.82907964, 47.47376442, 49.34175759, 97.77949383, 95.1337201};

symmetric_e_process const bcg_process{.smallest_effect = std::abs(std::log(0.7)), .initial_tau_squared = 0.1};

TEST(SymmetricEProcess, OfTheBcgTrials) {
    auto process = bcg_process;
    auto const studies = bcg_by_year();
    ASSERT_EQ(studies.size(), bcg_e_values.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        process.add(studies[i]);
        // Ten digits are printed.
        EXPECT_RELATIVE(std::exp(process.log_e_value()), bcg_e_values[i], 5e-10);
    }
}

/// E by its definition, in long double: products of factors, and tau² by DerSimonian and Laird's formula anew
/// before every trial.
long double plain_e_value(std::vector<estimate> const& studies, std::size_t const count, long double const g,
                          long double const t0, long double const null, int const sign) {
    long double total = 0;
    long double weights = 0;
    for (int j = -30; j <= 30; ++j) {
        if (sign * j <= 0 && sign != 0) {
            continue;
        }
        long double const theta = g * 4 * j / 30;
        long double const weight = std::exp(-theta * theta / (2 * g * g));
        long double product = 1;
        for (std::size_t i = 0; i < count; ++i) {
            long double t = t0;
            if (i >= 3) {
                long double w1 = 0, w2 = 0, wy = 0, q = 0;
                for (std::size_t e = 0; e < i; ++e) {
                    long double const w = 1 / static_cast<long double>(studies[e].variance);
                    w1 += w;
                    w2 += w * w;
                    wy += w * studies[e].effect;
                }
                for (std::size_t e = 0; e < i; ++e) {
                    long double const r = studies[e].effect - wy / w1;
                    q += r * r / studies[e].variance;
                }
                auto const earlier = static_cast<long double>(i);
                long double const dl = std::max(0.0L, (q - (earlier - 1)) / (w1 - w2 / w1));
                t = ((earlier - 1) * dl + 2 * t0) / (earlier + 1);
            }
            long double const x = theta * (studies[i].effect - null) / (studies[i].variance + t);
            product *= std::exp(x) / std::cosh(x);
        }
        total += weight * product;
        weights += weight;
    }
    return total / weights;
}

// Qualifies: ANYTIME-1
TEST(SymmetricEProcess, OfTheBcgTrialsByASecondComputation) {
    auto process = bcg_process;
    auto const studies = bcg_by_year();
    for (std::size_t i = 0; i < studies.size(); ++i) {
        process.add(studies[i]);
        for (double const null : {0.0, -0.5, 0.7}) {
            auto const plain = [&](int const sign) {
                return static_cast<double>(
                    plain_e_value(studies, i + 1, -std::log(0.7), 0.1, static_cast<long double>(null), sign));
            };
            EXPECT_RELATIVE(std::exp(process.log_e_value(null)), plain(0), 1e-12);
            EXPECT_RELATIVE(std::exp(process.log_e_value_above(null)), plain(1), 1e-12);
            EXPECT_RELATIVE(std::exp(process.log_e_value_below(null)), plain(-1), 1e-12);
        }
    }
    // The ends of the confidence sequence are where the one-sided mixtures reach 40.
    auto const sequence = process.confidence_sequence(0.95);
    auto const at = [&](double const null, int const sign) {
        return static_cast<double>(plain_e_value(studies, studies.size(), -std::log(0.7), 0.1, null, sign));
    };
    EXPECT_RELATIVE(at(sequence.lower, 1), 40, 1e-11);
    EXPECT_RELATIVE(at(sequence.upper, -1), 40, 1e-11);
    EXPECT_NEAR(std::exp(sequence.lower), 0.2576, 5e-5);
    EXPECT_NEAR(std::exp(sequence.upper), 0.8467, 5e-5);
}

TEST(AnytimeAnalysis, OfTheBcgTrialsConcludesAtTheNinth) {
    auto const series = anytime_analysis(bcg_process, bcg_by_year());
    ASSERT_EQ(series.looks.size(), 13U);
    EXPECT_EQ(series.conclusion, conclusion::benefit);
    EXPECT_EQ(series.concluded_at, 8U);
    EXPECT_EQ(series.looks[7].decision, conclusion::insufficient);
    EXPECT_RELATIVE(series.looks[8].p_value, 1 / 27.82907964, 5e-10);
    EXPECT_RELATIVE(series.looks[12].p_value, 1 / 97.77949383, 5e-10);
    auto const harm = anytime_analysis(bcg_process, bcg_by_year(), {.benefit = above_null{}});
    EXPECT_EQ(harm.conclusion, conclusion::harm);
    EXPECT_NE(
        result_sentence(series).find("conclusive for benefit after 9 trials: the e-value is 27.83 of the 20"),
        std::string::npos)
        << result_sentence(series);
    EXPECT_NE(methods_sentence(series, bcg_process).find("the symmetric e-process (two-sided"),
              std::string::npos);
}

TEST(AnytimeAnalysis, OfTheNaltrexoneTrialsIsTooEarly) {
    auto const series =
        anytime_analysis(symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.04}, ldn);
    EXPECT_EQ(series.conclusion, conclusion::insufficient);
    EXPECT_EQ(series.decisive_look(), 3U);
    // Four trials could not have been enough whatever they found.
    EXPECT_EQ(series.looks[3].interval.lower, -infinity);
    EXPECT_EQ(series.looks[3].interval.upper, infinity);
    EXPECT_NE(result_sentence(series).find("too early to tell after 4 trials"), std::string::npos);
    EXPECT_NE(result_sentence(series).find(", 95 % confidence sequence "), std::string::npos)
        << result_sentence(series);
}

TEST(AnytimeAnalysis, IsDrawnWithTheValueOfEveryLook) {
    auto const series = anytime_analysis(bcg_process, bcg_by_year());
    auto const plot = plot_of(std::vector<std::string>(13, "a trial"), series);
    ASSERT_EQ(plot.log_e_values.size(), 13U);
    EXPECT_RELATIVE(std::exp(plot.log_e_values[8]), 27.82907964, 5e-10);
    EXPECT_RELATIVE(plot.alpha, 0.05, 1e-15);
    EXPECT_NE(svg(plot).find("<svg"), std::string::npos);
    EXPECT_THROW((void)plot_of(std::vector<std::string>(12), series), invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_anytime_vectors
