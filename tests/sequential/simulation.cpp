// Simulated monitoring: the generator, agreement with exact theory, and the actual error of the methods.

#include "support/relative.hpp"
#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace accrue::test_sequential_simulation {
namespace {

std::vector<double> equal_fractions(std::size_t const looks) {
    auto fractions = std::vector<double>{};
    for (std::size_t look = 1; look <= looks; ++look) {
        fractions.push_back(static_cast<double>(look) / static_cast<double>(looks));
    }
    return fractions;
}

/// Five O'Brien-Fleming looks at two-sided 5 % over the trials, none of them before the second trial.
monitored_looks five_looks(std::size_t const trials) {
    auto counts = std::vector<std::size_t>{};
    auto fractions = std::vector<double>{};
    for (auto const fraction : equal_fractions(5)) {
        auto const count = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(trials)));
        if (count >= 2) {
            counts.push_back(count);
            fractions.push_back(fraction);
        }
    }
    return symmetric_looks(counts, boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
}

// Qualifies: THREADS-1
TEST(RandomStream, IsPhilox) {
    // Known answer of the authors' library for key 0 and counter 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    auto random = random_stream(0, 0);
    auto const expected = [](std::uint64_t const words) {
        return (static_cast<double>(words >> 12U) + 0.5) * 0x1p-52; // the upper 52 bits: 53 could round to 1
    };
    EXPECT_EQ(random.uniform(), expected(0xbc57ac4c9b00dbd8));
    EXPECT_EQ(random.uniform(), expected(0x6627e8d5e169c58d));
}

TEST(RandomStream, HasTheMomentsAndTailsOfANormal) {
    auto random = random_stream(3, 5);
    constexpr int n = 1'000'000;
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    int beyond = 0;
    for (int i = 0; i < n; ++i) {
        double const z = random.normal();
        sum += z;
        squares += z * z;
        fourths += z * z * z * z;
        beyond += z > 3.090232306167813 ? 1 : 0;
    }
    // Four standard errors each.
    EXPECT_NEAR(sum / n, 0, 4e-3);
    EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(2.0 / n));
    EXPECT_NEAR(fourths / n, 3, 4 * std::sqrt(96.0 / n));
    EXPECT_NEAR(beyond, 1000, 4 * std::sqrt(1000.0));
}

// Qualifies: THREADS-1
TEST(SimulatedMonitoring, IsTheSameOnAnyNumberOfThreads) {
    auto const series = trial_series{log_normal_variances{.trials = 20}, constant_heterogeneity{0.6}};
    auto const model = random_effects{dersimonian_laird{}};
    auto const run = [&](unsigned const threads) {
        return simulate_monitoring(series, model, five_looks(20),
                                   {.replicates = 5000, .seed = 9, .run = on_threads{threads}});
    };
    auto const one = run(1);
    for (unsigned const threads : {2U, 3U, 7U}) {
        auto const several = run(threads);
        EXPECT_EQ(several.stopped_above, one.stopped_above);
        EXPECT_EQ(several.stopped_below, one.stopped_below);
    }
    auto const other = simulate_monitoring(series, model, five_looks(20), {.replicates = 5000, .seed = 10});
    EXPECT_NE(other.stopped_above, one.stopped_above);
}

TEST(SimulatedMonitoring, OfTheCommonEffectSpendsTheNominalError) {
    auto const fractions = equal_fractions(10);
    auto const looks = symmetric_looks({1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                                       boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
    auto const series = trial_series{log_normal_variances{.trials = 10, .log_sd = 0}};
    auto const result = simulate_monitoring(series, common_effect{}, looks, {.replicates = 1'000'000});
    EXPECT_NEAR(result.either().value, 0.05, 3 * result.either().standard_error);
    EXPECT_NEAR(result.above().value, 0.025, 3 * result.above().standard_error);
    EXPECT_NEAR(result.below().value, 0.025, 3 * result.below().standard_error);
}

TEST(SimulatedMonitoring, HasTheExactPowerOfASingleLook) {
    // 16 trials of variance 1: Z ~ N(4 effect, 1).
    auto const series =
        trial_series{log_normal_variances{.trials = 16, .log_sd = 0}, constant_heterogeneity{}, 0.7};
    auto const result =
        simulate_monitoring(series, common_effect{}, symmetric_looks({16}, {1.96}), {.replicates = 100'000});
    EXPECT_NEAR(result.above().value, normal::survival(1.96 - 2.8), 4 * result.above().standard_error);
    EXPECT_EQ(result.mean_trials(), 16);
}

TEST(SimulatedMonitoring, StopsOnceAndAtTheFirstCrossing) {
    // An effect so large that every review stops at the first look.
    auto const series = trial_series{stated_variances{{1, 1, 1, 1}}, constant_heterogeneity{}, 100.0};
    auto const result =
        simulate_monitoring(series, common_effect{}, symmetric_looks({2, 4}, {3, 2}), {.replicates = 1000});
    EXPECT_EQ(result.stopped_above, (std::vector<std::uint64_t>{1000, 0}));
    EXPECT_EQ(result.above().value, 1);
    EXPECT_EQ(result.above().standard_error, 0);
    EXPECT_EQ(result.mean_trials(), 2);
}

/// The common effect, which is `not_converged` where trials differ much.
struct common_effect_of_similar_trials {
    template <evidence Evidence>
    [[nodiscard]] pooled operator()(Evidence const& studies) const {
        auto result = common_effect{}(studies);
        bool const differ = random_effects{}(studies).tau_squared > 1;
        result.status = differ ? status::not_converged : result.status;
        return result;
    }
};

// Trials whose effects are equal leave hartung_knapp without a standard error, too: numbers beside another
// status than `ok` decide nothing, in simulations as in the analysis of one review.
TEST(SimulatedMonitoring, CountsWhatAnAnalysisOfTheSameReviewsConcludes) {
    auto const series = [](random_stream& random, std::vector<estimate>& trials) {
        for (int i = 0; i < 4; ++i) {
            trials.push_back({std::round(1.5 * random.normal()), 1});
        }
    };
    constexpr std::uint64_t replicates = 2000;
    auto const expect = [&](auto const& model, stopping_boundaries const& bounds) {
        auto design = sequential_design{.error = two_sided{0.05},
                                        .power = 0.9,
                                        .spending = lan_demets_pocock{},
                                        .information = {.effect = 1, .participants = 4}};
        design.boundaries = [&](sequential_design const&, std::span<double const>) { return bounds; };
        double conclusive = 0;
        int not_ok = 0;
        for (std::uint64_t i = 0; i < replicates; ++i) {
            auto random = random_stream(1, i);
            auto trials = std::vector<estimate>{};
            series(random, trials);
            auto const analysis = trial_sequential_analysis(
                model, design, trials, std::vector{1.0, 1.0, 1.0, 1.0}, after_trials{{2, 4}});
            bool const crosses =
                analysis.conclusion == conclusion::benefit || analysis.conclusion == conclusion::harm;
            conclusive += crosses ? 1 : 0;
            not_ok += analysis.looks[0].status != status::ok ? 1 : 0;
        }
        EXPECT_GT(not_ok, 50);
        auto const found = simulate_monitoring(series, model, {{2, 4}, bounds}, {.replicates = replicates});
        EXPECT_EQ(found.either().value, conclusive / static_cast<double>(replicates));
    };
    for (auto const& wedge : {std::vector<double>{}, std::vector{0.1, 0.2}}) {
        auto bounds = stopping_boundaries::symmetric({1.5, 1.5});
        bounds.wedge = wedge;
        expect(random_effects{dersimonian_laird{}, hartung_knapp{}}, bounds);
        expect(common_effect_of_similar_trials{}, bounds);
    }
}

TEST(SimulatedMonitoring, AgreesWithTheExactExitProbabilitiesOfAWedge) {
    auto const fractions = equal_fractions(4);
    auto const design = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                                   futility{0.1, lan_demets_obrien_fleming{}, binding{}}, fractions);
    auto const exact = exits(design.bounds, fractions, 2.0);
    // Four trials of variance 1: Z at the last is N(2 effect, 1).
    auto const series =
        trial_series{log_normal_variances{.trials = 4, .log_sd = 0}, constant_heterogeneity{}, 1.0};
    auto const result =
        simulate_monitoring(series, common_effect{}, {{1, 2, 3, 4}, design.bounds}, {.replicates = 200'000});
    EXPECT_NEAR(result.above().value, exact.total_upper(), 4 * result.above().standard_error);
    EXPECT_NEAR(result.below().value, exact.total_lower(), 4 * result.below().standard_error);
    EXPECT_NEAR(result.inside().value, exact.total_wedge(), 4 * result.inside().standard_error);
    EXPECT_NEAR(result.mean_trials() / 4, exact.expected_fraction(), 4 * 0.25 / std::sqrt(200'000.0));
}

// Futility below and success above meet at the last look.
TEST(SimulatedMonitoring, AgreesWithTheExactExitProbabilitiesOfBoundariesThatMeet) {
    auto const fractions = equal_fractions(4);
    auto const design = boundaries(one_sided{0.025}, lan_demets_obrien_fleming{},
                                   futility{0.1, lan_demets_obrien_fleming{}, binding{}}, fractions);
    ASSERT_EQ(design.bounds.lower.back(), design.bounds.upper.back());
    for (double const drift : {0.0, 2.0}) {
        auto const exact = exits(design.bounds, fractions, drift);
        auto const series =
            trial_series{log_normal_variances{.trials = 4, .log_sd = 0}, constant_heterogeneity{}, drift / 2};
        auto const result = simulate_monitoring(series, common_effect{}, {{1, 2, 3, 4}, design.bounds},
                                                {.replicates = 200'000});
        EXPECT_NEAR(result.above().value, exact.total_upper(), 4 * result.above().standard_error);
        EXPECT_NEAR(result.below().value, exact.total_lower(), 4 * result.below().standard_error);
        EXPECT_NEAR(result.mean_trials() / 4, exact.expected_fraction(), 4 * 0.25 / std::sqrt(200'000.0));
    }
}

TEST(SimulatedMonitoring, ReproducesThatCommonMethodsExceedTheirError) {
    // The field's usual choices, with tau² 1.2 times the median variance: each is far above 5 %.
    auto const series = trial_series{log_normal_variances{.trials = 20}, constant_heterogeneity{1.2}};
    auto const options = simulation_options{.replicates = 20'000};
    auto const error = [&](auto const& model) {
        return simulate_monitoring(series, model, five_looks(20), options).either().value;
    };
    EXPECT_GT(error(common_effect{}), 0.20);
    EXPECT_GT(error(random_effects{dersimonian_laird{}}), 0.07);
}

// The methods that the documentation recommends: at most 5.5 % for tau² up to twice the median sampling
// variance, with trials of equal, moderately and very unequal size, and with heterogeneity that changes.
template <class Model>
void expect_error_is_held(Model const& model, std::uint64_t const replicates) {
    auto const options = simulation_options{.replicates = replicates};
    for (std::size_t const trials : {5U, 10U, 20U}) {
        auto const looks = five_looks(trials);
        for (double const log_sd : {0.0, 0.5, 1.0}) {
            auto const variances = log_normal_variances{.trials = trials, .log_sd = log_sd};
            auto const check = [&](auto const& heterogeneity) {
                auto const error =
                    simulate_monitoring(trial_series{variances, heterogeneity}, model, looks, options)
                        .either();
                EXPECT_LT(error.value, 0.055) << trials << " trials, log sd " << log_sd;
            };
            for (double const tau_squared : {0.0, 0.3, 0.6, 1.2, 2.0}) {
                check(constant_heterogeneity{tau_squared});
            }
            check(changing_heterogeneity{.first = 0, .last = 2});
            check(changing_heterogeneity{.first = 2, .last = 0});
        }
    }
}

TEST(TrialSeries, HeterogeneityChangesFromTheFirstTrialToTheLast) {
    auto const changing = changing_heterogeneity{.first = 0.25, .last = 1};
    EXPECT_EQ(changing(0, 4), 0.25);
    EXPECT_EQ(changing(1, 4), 0.5);
    EXPECT_EQ(changing(3, 4), 1);
    EXPECT_EQ(changing(0, 1), 1);
}

TEST(RecommendedMonitoring, HoldsItsErrorBySidikJonkmanWithFlooredHartungKnapp) {
    expect_error_is_held(random_effects{sidik_jonkman{}, hartung_knapp_floored{}}, 20'000);
}

TEST(RecommendedMonitoring, HoldsItsErrorByRestrictedLikelihoodWithKenwardRoger) {
    expect_error_is_held(random_effects{reml{}, kenward_roger{}}, 5'000);
}

TEST(CalibratedBoundaries, HoldTheErrorOverTheWholeRange) {
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const variances = stated_variances{{2, 1, 0.5, 1.5, 0.3, 1, 0.8, 3, 0.6, 1}};
    auto const calibrated =
        calibrate_boundaries(model, five_looks(10), variances, std::vector{0.0, 0.3, 0.6, 1.2, 2.0}, 0.05,
                             {.replicates = 50'000, .seed = 1});
    EXPECT_LT(calibrated.worst().value, 0.05);
    EXPECT_GT(calibrated.worst().value, 0.046);
    EXPECT_GT(calibrated.errors[1].as_planned.value, 0.05);
    // Fresh random numbers, at values between those calibrated for.
    for (double const tau_squared : {0.15, 0.9, 1.6}) {
        auto const error = simulate_monitoring(trial_series{variances, constant_heterogeneity{tau_squared}},
                                               model, calibrated.looks, {.replicates = 50'000, .seed = 2})
                               .either();
        EXPECT_LT(error.value, 0.05 + 3 * error.standard_error) << tau_squared;
    }
}

TEST(CalibratedBoundaries, AgreeWithSimulatedMonitoring) {
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};
    auto const variances = log_normal_variances{.trials = 5};
    auto const options = simulation_options{.replicates = 10'000, .seed = 4, .run = on_threads{2}};
    auto const calibrated =
        calibrate_boundaries(model, five_looks(5), variances, std::vector{0.7}, 0.05, options);
    auto const series = trial_series{variances, constant_heterogeneity{0.7}};
    EXPECT_EQ(calibrated.errors[0].as_planned.value,
              simulate_monitoring(series, model, five_looks(5), options).either().value);
    EXPECT_EQ(calibrated.errors[0].calibrated.value,
              simulate_monitoring(series, model, calibrated.looks, options).either().value);
}

TEST(CalibratedBoundaries, OfAnExactMethodAreThePlannedOnes) {
    auto const calibrated =
        calibrate_boundaries(common_effect{}, five_looks(20), log_normal_variances{.trials = 20, .log_sd = 0},
                             std::vector{0.0}, 0.05, {.replicates = 200'000}, 0);
    EXPECT_NEAR(calibrated.factor, 1, 0.01);
}

TEST(Simulation, TellsItsProgress) {
    auto shares = std::vector<double>{};
    auto options = simulation_options{.replicates = 5000};
    options.progress = [&](double const share) { shares.push_back(share); };
    (void)calibrate_boundaries(common_effect{}, five_looks(5), log_normal_variances{.trials = 5},
                               std::vector{0.0, 1.0}, 0.05, options);
    ASSERT_GT(shares.size(), 10u);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_EQ(shares.front(), 0);
    EXPECT_EQ(shares.back(), 1);
}

TEST(Simulation, EndsWhenItsProgressIsRefused) {
    struct enough {};
    auto options = simulation_options{.replicates = 50'000, .run = on_threads{3}};
    options.progress = [](double const share) {
        if (share > 0.1) {
            throw enough{};
        }
    };
    EXPECT_THROW((void)simulate_monitoring(trial_series{log_normal_variances{.trials = 5}}, common_effect{},
                                           symmetric_looks({5}, {2}), options),
                 enough);
}

TEST(Simulation, RefusesWhatMakesNoSense) {
    auto const series = trial_series{log_normal_variances{.trials = 5}};
    auto const run = [&](monitored_looks const& looks,
                         simulation_options const& options = {.replicates = 10}) {
        return simulate_monitoring(series, common_effect{}, looks, options);
    };
    EXPECT_NO_THROW((void)run(symmetric_looks({5}, {2})));
    EXPECT_THROW((void)run(symmetric_looks({}, {})), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({3, 3}, {2, 2})), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({0}, {2})), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({5}, {2, 2})), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({5}, {-1})), invalid_input) << "lower above upper";
    EXPECT_THROW((void)run(symmetric_looks({5}, {std::nan("")})), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({6}, {2})), invalid_input) << "more trials than the series has";
    EXPECT_THROW((void)run(symmetric_looks({5}, {2}), {.replicates = 0}), invalid_input);
    EXPECT_THROW((void)run(symmetric_looks({5}, {2}), {.replicates = 10, .run = on_threads{0}}),
                 invalid_input);
    EXPECT_THROW((void)simulate_monitoring(trial_series{stated_variances{{1, -1}}}, common_effect{},
                                           symmetric_looks({2}, {2}),
                                           {.replicates = 10, .run = on_threads{2}}),
                 invalid_input);
    EXPECT_THROW((void)simulate_monitoring(trial_series{stated_variances{}}, common_effect{},
                                           symmetric_looks({2}, {2})),
                 invalid_input);
    auto const calibrate = [](std::vector<double> const& tau_squared, double const error,
                              std::uint64_t const replicates, double const standard_errors) {
        return calibrate_boundaries(common_effect{}, five_looks(5), log_normal_variances{.trials = 5},
                                    tau_squared, error, {.replicates = replicates}, standard_errors);
    };
    EXPECT_NO_THROW((void)calibrate({0}, 0.05, 1000, 2));
    EXPECT_THROW((void)calibrate({}, 0.05, 1000, 2), invalid_input);
    EXPECT_THROW((void)calibrate({-1}, 0.05, 1000, 2), invalid_input);
    EXPECT_THROW((void)calibrate({0}, 0, 1000, 2), invalid_input);
    EXPECT_THROW((void)calibrate({0}, 0.05, 1000, -1), invalid_input);
    EXPECT_THROW((void)calibrate({0}, 0.05, 20, 2), invalid_input) << "too few to find the quantile";
}

} // namespace
} // namespace accrue::test_sequential_simulation
