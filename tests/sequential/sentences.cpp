// What analyses say of themselves: each kind of e-process and of error, and both directions.

#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_sequential_sentences {
namespace {

std::vector<estimate> const trials = {{-0.2, 0.04}, {-0.1, 0.04}, {-0.25, 0.04}};

template <class Process>
std::string said_of(Process const& process) {
    return methods_sentence(anytime_analysis(process, trials), process);
}

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

TEST(AnytimeSentences, NameTheProcessItsDirectionAndItsNull) {
    auto const robbins = said_of(robbins_mixture{.effect_sd = 0.3, .null = 0.1, .direction = below_null{}});
    EXPECT_TRUE(contains(robbins,
                         "by Robbins' normal mixture (one-sided, below, standard deviation 0.3) against the "
                         "null hypothesis that the effect is 0.1 in every trial."))
        << robbins;
    EXPECT_TRUE(contains(robbins, "e-value reached 20,")) << robbins;
    EXPECT_TRUE(contains(robbins, "at most 5 %,")) << robbins;
    auto const growth = said_of(grow{.planned_effect = 0.4, .direction = above_null{}});
    EXPECT_TRUE(contains(growth,
                         "the growth-rate optimal e-process for an effect of 0.4 (one-sided, above) against "
                         "the null hypothesis that the effect is 0 in every trial."))
        << growth;
    auto const universal =
        said_of(universal_inference{.mean = normal_prior{0.2, 0.5}, .heterogeneity = half_normal{0.3}});
    EXPECT_TRUE(contains(universal,
                         "universal inference in the normal random-effects model (two-sided, prior of the "
                         "mean: mean 0.2, standard deviation 0.5) against the null hypothesis that the mean "
                         "effect is 0, with any tau²."))
        << universal;
    auto binary = exact_binary_e_process{.nodes = {{-0.8, 0.1, 0}, {0.8, 0.1, 0}}};
    auto const tables = std::vector<two_arms<events>>{{{3, 20}, {5, 20}}, {{2, 15}, {4, 15}}};
    auto const exact = methods_sentence(anytime_analysis(binary, tables), binary);
    EXPECT_TRUE(contains(exact, "universal inference on the exact likelihoods of the 2x2 tables (two-sided"))
        << exact;
    EXPECT_TRUE(contains(exact, "the mean log odds ratio is 0,")) << exact;
}

sequential_analysis analysis_of(error_rate const& error, double const sign, bool const with_futility,
                                std::vector<double> const& participants = {200, 200, 200}) {
    auto design =
        sequential_design{.error = error,
                          .power = 0.9,
                          .spending = lan_demets_obrien_fleming{},
                          .information = information_size{.effect = sign * 0.3, .participants = 1000}};
    if (with_futility) {
        design.futility = futility{0.1, lan_demets_obrien_fleming{}};
    }
    auto turned = trials;
    for (auto& trial : turned) {
        trial.effect *= -sign;
    }
    return trial_sequential_analysis(common_effect{}, design, turned, participants);
}

TEST(AnytimeSentences, WriteEValuesBeyondTheType) {
    EXPECT_EQ(detail::digits_of_exponential(1000), "1.97e+434"); // e^1000 = 1.9700711...e434
    EXPECT_EQ(detail::digits_of_exponential(-1000), "5.076e-435");
    EXPECT_EQ(detail::digits_of_exponential(1e6), "3.033e+434294");
    EXPECT_EQ(detail::digits_of_exponential(500 * std::numbers::ln10 - 1e-6), "1e+500");
    for (double logarithm = -690; logarithm < 700; logarithm += 37.3) { // as printed by the C library
        EXPECT_EQ(detail::digits_of_exponential(logarithm), detail::to_digits(std::exp(logarithm)));
    }
    auto const sure = std::vector<estimate>{{-0.2, 1e-6}, {-0.1, 0.04}};
    auto const series =
        anytime_analysis(robbins_mixture{.effect_sd = 0.3, .null = 0, .direction = below_null{}}, sure);
    ASSERT_GT(series.looks[0].log_e_value, 1000);
    auto const said = result_sentence(series);
    EXPECT_FALSE(contains(said, "e-value is inf") || contains(said, "anytime p 0,")) << said;
    EXPECT_TRUE(contains(said, "anytime p ") && contains(said, "e-8")) << said;
}

// An anytime p-value never rises, nor do its words where it is below the type.
TEST(AnytimeSentences, KeepTheSmallestPValueWhenTheEvidenceWanes) {
    auto const waning = std::vector<estimate>{{-0.2, 1e-6}, {0.1, 1e-6}};
    auto const series =
        anytime_analysis(robbins_mixture{.effect_sd = 0.3, .null = 0, .direction = below_null{}}, waning);
    ASSERT_LT(series.looks[1].log_e_value, series.looks[0].log_e_value - 100);
    ASSERT_EQ(series.looks[1].p_value, 0);
    EXPECT_EQ(detail::p_value_in_words(series, 1),
              detail::digits_of_exponential(-series.looks[0].log_e_value));
    EXPECT_EQ(detail::p_value_in_words(series, 1), detail::p_value_in_words(series, 0));
}

TEST(MethodsSentence, HasFourDigitsOrAWholeNumber) {
    for (auto const& [value, text] : {std::pair{0.12341, "0.1234"},
                                      {999.94, "999.9"},
                                      {999.96, "1000"},
                                      {1234.4, "1234"},
                                      {9999.7, "10000"},
                                      {99999.6, "100000"},
                                      {-99999.6, "-100000"},
                                      {123456789.0, "123456789"}}) {
        EXPECT_EQ(detail::to_digits(value), text);
    }
}

TEST(MethodsSentence, NamesTheError) {
    EXPECT_TRUE(contains(methods_sentence(analysis_of(one_sided{0.025}, 1, false)),
                         "one-sided type I error of 2.5 %"));
    EXPECT_TRUE(
        contains(methods_sentence(analysis_of(two_sided{0.05}, 1, false)), "two-sided type I error of 5 %"));
    EXPECT_TRUE(contains(methods_sentence(analysis_of(asymmetric{0.01, 0.04}, 1, false)),
                         "type I error of 1 % below and 4 % above"));
}

TEST(ResultSentence, SaysWhatIsStillNeeded) {
    auto const short_of_it = result_sentence(analysis_of(two_sided{0.05}, 1, false));
    EXPECT_TRUE(contains(short_of_it, "400 participants are still needed")) << short_of_it;
    auto const one_short = result_sentence(analysis_of(two_sided{0.05}, 1, false, {200, 200, 599}));
    EXPECT_TRUE(contains(one_short, "1 participant is still needed")) << one_short;
    auto design = sequential_design{.error = two_sided{0.05},
                                    .power = 0.9,
                                    .spending = lan_demets_obrien_fleming{},
                                    .information = {.effect = 0.3}};
    auto const of_information = [&](double const required) {
        design.information.statistical_information = required;
        return trial_sequential_analysis(common_effect{}, design, trials, common_effect_information{});
    };
    // Three trials of 1 / 0.04 each. Information is no count, and is not rounded up.
    auto const half = result_sentence(of_information(75.5));
    EXPECT_TRUE(contains(half, "0.5 statistical information is still needed")) << half;
    auto const one = result_sentence(of_information(76));
    EXPECT_TRUE(contains(one, "1 statistical information is still needed")) << one;
    design.futility = futility{0.1, lan_demets_obrien_fleming{}, binding{}};
    auto const methods = methods_sentence(of_information(75.5));
    EXPECT_TRUE(contains(methods, " and binding futility boundaries that spend a type II error of 10 % by "))
        << methods;
    EXPECT_TRUE(contains(methods, "The required information is 75.5 statistical information")) << methods;
}

TEST(Conclusions, HaveWords) {
    EXPECT_EQ(to_string(conclusion::insufficient), "insufficient evidence");
    EXPECT_EQ(to_string(conclusion::benefit), "benefit");
    EXPECT_EQ(to_string(conclusion::harm), "harm");
    EXPECT_EQ(to_string(conclusion::futility), "futility");
    EXPECT_EQ(to_string(static_cast<conclusion>(255)), "unknown");
}

TEST(RepeatedInterval, IsAnIntervalForAnyFunctionOfOne) {
    auto const one = repeated_interval{-0.5, 0.25, status::ok};
    EXPECT_EQ(one.width(), 0.75);
    EXPECT_TRUE(one.contains(0));
    EXPECT_FALSE(one.contains(0.3));
    interval const plain = one;
    EXPECT_EQ(plain.lower, -0.5);
    EXPECT_EQ(plain.upper, 0.25);
}

// With futility that does not bind, one side alone stops; seen in a mirror it is the other one.
TEST(SequentialInference, TurnsWithTheDirectionOfBenefit) {
    for (bool const with_futility : {false, true}) {
        for (auto const& participants :
             {std::vector<double>{200, 200, 200}, std::vector<double>{300, 500, 400}}) {
            auto const up =
                infer_adjusted(analysis_of(one_sided{0.025}, 1, with_futility, participants), 0.95);
            auto const down =
                infer_adjusted(analysis_of(one_sided{0.025}, -1, with_futility, participants), 0.95);
            EXPECT_EQ(up.status, down.status);
            EXPECT_NEAR(up.adjusted.effect, -down.adjusted.effect, 1e-9);
            EXPECT_NEAR(up.adjusted.interval.lower, -down.adjusted.interval.upper, 1e-9);
            EXPECT_NEAR(up.adjusted.interval.upper, -down.adjusted.interval.lower, 1e-9);
            EXPECT_NEAR(up.adjusted.p_value, down.adjusted.p_value, 1e-10);
            EXPECT_TRUE(std::isfinite(up.adjusted.effect));
        }
    }
}

} // namespace
} // namespace accrue::test_sequential_sentences
