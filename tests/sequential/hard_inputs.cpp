// Inputs at the edge of what makes sense: looks that could not be pooled, statistics far out in the tails,
// schedules and rules of users that return what they should not, long series of trials.

#include "support/processor_time.hpp"
#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_sequential_hard_inputs {
namespace {

auto const infinity = detail::infinity<double>();

sequential_design design_of(double const participants) {
    return {.error = two_sided{0.05},
            .power = 0.90,
            .spending = lan_demets_obrien_fleming{},
            .information = {.effect = 0.3, .participants = participants, .statistical_information = 117}};
}

// At 0.3 % of the information the error spent is 1e-367: no boundary for success, so no drift has any power.
TEST(FutilityWithoutSuccess, IsUndefinedWhateverTheRule) {
    using spending = lan_demets_obrien_fleming;
    auto const check = [](auto const& error, auto const& stop) {
        for (double const distance : {0.5, 1e-4, 1e-8}) {
            auto const fractions = std::vector{0.003 * (1 - distance), 0.003};
            auto const found = boundaries(error, spending{}, stop, fractions);
            EXPECT_EQ(found.status, status::undefined);
            EXPECT_TRUE(std::isnan(found.drift) && std::isnan(found.inflation));
            EXPECT_EQ(found.bounds.upper, (std::vector{infinity, infinity}));
        }
    };
    check(one_sided{0.025}, futility{0.1, spending{}});
    check(one_sided{0.025}, futility{0.1, spending{}, binding{}});
    check(two_sided{0.05}, futility{0.1, spending{}});
    check(two_sided{0.05}, futility{0.1, spending{}, binding{}});
    check(two_sided{0.05}, futility{0.1, spending{}, upper_half{}});
    check(two_sided{0.05}, futility{0.1, spending{}, copenhagen{}});
    check(asymmetric{0.025, 0.025}, futility{0.1, spending{}});
    // One finite boundary is enough.
    auto const later = std::vector{0.003, 1.0};
    EXPECT_EQ(boundaries(two_sided{0.05}, spending{}, futility{0.1, spending{}}, later).status, status::ok);
}

// At 0.2 % of the information so much is spent of an error of 0.5 that success has boundaries, and nothing of
// a type II error of 0.1. The search for the drift at which they meet went on for 24 s where looks are close.
TEST(FutilityThatSpendsNothing, IsUndefinedAtOnceWhateverTheRule) {
    using spending = lan_demets_obrien_fleming;
    auto const timer = test::processor_time();
    auto const check = [](auto const& error, auto const& stop) {
        for (double const distance : {0.5, 1e-4, 1e-9}) {
            auto const fractions =
                std::vector{0.0018 * (1 - 2 * distance / 3), 0.0018 * (1 - distance / 3), 0.0018};
            auto const found = boundaries(error, spending{}, stop, fractions);
            EXPECT_EQ(found.status, status::undefined);
            EXPECT_TRUE(std::isnan(found.drift) && std::isnan(found.inflation));
            EXPECT_EQ(found.bounds.lower.size(), 3u);
        }
    };
    check(one_sided{0.5}, futility{0.1, spending{}});
    check(one_sided{0.5}, futility{0.1, spending{}, binding{}});
    check(two_sided{0.9}, futility{0.1, spending{}});
    check(two_sided{0.9}, futility{0.1, spending{}, binding{}});
    check(two_sided{0.9}, futility{0.1, spending{}, upper_half{}});
    // Boundaries for success that do not depend on it are there.
    auto const fractions = std::vector{0.0009, 0.0018};
    auto const alone = boundaries(one_sided{0.5}, spending{}, fractions);
    EXPECT_TRUE(std::isfinite(alone.back()));
    EXPECT_EQ(boundaries(one_sided{0.5}, spending{}, futility{0.1, spending{}}, fractions).bounds.upper,
              alone);
    EXPECT_LT(timer.seconds(), 2);
}

// Peto's method has nothing to say of a first trial without an event.
TEST(LookThatCouldNotBePooled, ConcludesNothingAndSaysSo) {
    auto const trials = std::vector<two_arms<events>>{{.treatment = {0, 50}, .control = {0, 52}},
                                                      {.treatment = {1, 120}, .control = {4, 118}}};
    auto design = design_of(2000);
    design.information.effect = -0.3;
    auto const analysis = trial_sequential_analysis(peto{}, design, trials, std::vector{102, 238});
    EXPECT_EQ(analysis.looks[0].status, status::undefined);
    EXPECT_EQ(analysis.looks[0].decision, conclusion::insufficient);
    auto const first = repeated_confidence_interval(analysis, 0);
    EXPECT_EQ(first.status, status::undefined);
    EXPECT_TRUE(std::isnan(first.lower) && std::isnan(first.upper));
    EXPECT_FALSE(first.contains(0));
    auto const second = repeated_confidence_interval(analysis, 1);
    EXPECT_EQ(second.status, status::ok);
    EXPECT_TRUE(second.contains(analysis.looks[1].cumulative.effect));

    auto const only = trial_sequential_analysis(peto{}, design, std::span(trials).first(1), std::vector{102});
    auto const inference = infer_adjusted(only);
    EXPECT_EQ(inference.status, status::undefined);
    EXPECT_TRUE(std::isnan(inference.adjusted.effect));
    EXPECT_NE(result_sentence(only).find("where no Z could be computed"), std::string::npos);
}

// Two effects that agree entirely: plain Hartung-Knapp gives no standard error.
TEST(LookThatCouldNotBePooled, IsOneWithoutAFiniteZAlsoWhereItIsTheFinalOne) {
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    for (double const effect : {0.2, 0.0}) {
        for (double const participants : {170.0, 1000.0, 5000.0}) {
            auto const analysis =
                trial_sequential_analysis(model, design_of(1000), std::vector<estimate>(2, {effect, 0.04}),
                                          std::vector<double>(2, participants / 2), every_trial{.first = 2});
            EXPECT_EQ(analysis.conclusion, conclusion::insufficient);
            EXPECT_EQ(analysis.looks[0].status, status::undefined);
            EXPECT_NE(infer_adjusted(analysis).status, status::ok);
            EXPECT_TRUE(std::isnan(repeated_confidence_interval(analysis, 0).lower));
        }
    }
}

// Its variance is 0, and boundaries of 0 would be reached by any effect.
TEST(LookThatCouldNotBePooled, HasNoBoundariesOfTheEffect) {
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const analysis = trial_sequential_analysis(
        model, design_of(1000), std::vector<estimate>{{0.2, 0.04}, {0.2, 0.04}, {0.3, 0.05}},
        std::vector{100, 110, 120}, every_trial{.first = 2});
    ASSERT_EQ(analysis.looks[0].status, status::undefined);
    ASSERT_EQ(analysis.looks[0].cumulative.variance, 0);
    ASSERT_EQ(analysis.looks[1].status, status::ok);
    auto const found = boundaries_of_effect(analysis);
    EXPECT_TRUE(std::isnan(found.standard_errors[0]));
    EXPECT_TRUE(std::isnan(found.lower[0]) && std::isnan(found.upper[0]));
    EXPECT_TRUE(std::isfinite(found.upper[1]) && std::isfinite(found.upper[2]));
    auto const early = boundaries_of_effect(
        trial_sequential_analysis(model, design_of(1000), std::vector<estimate>(2, {0.2, 0.04}),
                                  std::vector{100, 110}, every_trial{.first = 2}));
    EXPECT_TRUE(std::isnan(early.upper[0]) && std::isnan(early.upper[1])) << "nor the look to come";
}

TEST(LookThatCouldNotBePooled, IsOneWhoseIterationDidNotEnd) {
    auto const hasty = random_effects{reml{.max_iterations = 1}};
    auto const trials = std::vector<estimate>{{5, 0.01}, {4, 0.02}, {6, 0.05}, {5.5, 0.3}};
    auto const analysis =
        trial_sequential_analysis(hasty, design_of(400), trials, std::vector<double>(4, 100.0));
    for (auto const& look : analysis.looks) {
        EXPECT_EQ(look.status, look.cumulative.status);
        if (look.status != status::ok) {
            EXPECT_EQ(look.decision, conclusion::insufficient);
        }
    }
}

// It has a Z, which decides nothing.
TEST(LookThatCouldNotBePooled, IsSaidNotToConvergeWhereThatIsWhy) {
    auto const analysis = trial_sequential_analysis(
        random_effects{reml{.max_iterations = 1}}, design_of(400),
        std::vector<estimate>{{0.1, 0.1}, {0.9, 0.2}, {-1.2, 0.05}, {2, 0.01}}, std::vector{20, 20, 30, 40});
    ASSERT_EQ(analysis.last_look().status, status::not_converged);
    ASSERT_TRUE(std::isfinite(analysis.last_look().z));
    EXPECT_NE(result_sentence(analysis).find("where the model did not converge"), std::string::npos)
        << result_sentence(analysis);
}

// What is to come from there has no answer either, and no sentence tells of a tau² that there is none of.
TEST(LookThatCouldNotBePooled, IsNamedByWhatAsksForTheRest) {
    auto const trials = std::vector<estimate>{{0.1, 0.04}, {0.2, 0.03}, {1e200, 0.05}};
    auto const analysis =
        trial_sequential_analysis(random_effects{}, design_of(1000), trials, std::vector{100, 120, 130});
    auto const refusal_of = [](auto const& function) -> std::string {
        try {
            function();
        } catch (invalid_input const& refusal) {
            return refusal.what();
        }
        return {};
    };
    auto const expected =
        std::string("an analysis must have a Z at its last look, but its 3 trials could not be pooled");
    EXPECT_EQ(refusal_of([&] { (void)current_drift(analysis); }), expected);
    EXPECT_EQ(refusal_of([&] { (void)conditional_power(analysis, 3.2); }), expected);
    EXPECT_EQ(refusal_of([&] { (void)predictive_power(analysis); }), expected);
    EXPECT_EQ(refusal_of([&] { (void)predicted_final_result(analysis); }), expected);
    EXPECT_EQ(methods_sentence(analysis).find("nan"), std::string::npos);
    EXPECT_EQ(result_sentence(analysis).find("nan"), std::string::npos);
}

// At the second look the first one's chance to stop decides, however large Z is: the adjusted limits settle.
TEST(AdjustedInference, IsFiniteHoweverLargeZIs) {
    auto const adjusted = [](double const z) {
        auto const trials = std::vector<estimate>{{0.1, 1}, {z * std::sqrt(2.0) - 0.1, 1}};
        auto const analysis =
            trial_sequential_analysis(common_effect{}, design_of(1000), trials, std::vector{300, 300});
        auto const inference = infer_adjusted(analysis);
        EXPECT_EQ(inference.status, status::ok) << z;
        return inference.adjusted;
    };
    auto const settled = adjusted(20);
    for (double const z : {30.0, 38.0, 45.0, 60.0, 1000.0}) {
        auto const found = adjusted(z);
        EXPECT_RELATIVE(found.effect, settled.effect, 1e-10);
        EXPECT_RELATIVE(found.interval.lower, settled.interval.lower, 1e-10);
        EXPECT_RELATIVE(found.interval.upper, settled.interval.upper, 1e-10);
    }
}

// Values of R 4.2.2: qt(pnorm(z, lower = FALSE, log = TRUE), df, lower = FALSE, log = TRUE).
TEST(StagewiseInference, IsThatOfASingleLookHoweverLargeZIs) {
    double const quantile = normal::upper_quantile(0.025);
    for (double const z : {1e5, 0.99e8, 1.01e8, 1e16, 3.2e32, 1e150, -0.99e8, -1e16, -1e150}) {
        for (double const t : {0.3, 2.1}) {
            auto const one =
                infer_stagewise({.bounds = {{-1.68}, {1.68}}, .fractions = {t}, .look = 0, .z = z});
            EXPECT_EQ(one.status, status::ok);
            EXPECT_RELATIVE(one.median_unbiased_drift, z / std::sqrt(t), 1e-14) << z;
            EXPECT_RELATIVE(one.drift.lower, (z - quantile) / std::sqrt(t), 1e-14) << z;
            EXPECT_RELATIVE(one.drift.upper, (z + quantile) / std::sqrt(t), 1e-14) << z;
            auto const second = infer_stagewise(
                {.bounds = {{-infinity, -2}, {infinity, 2}}, .fractions = {t / 2, t}, .look = 1, .z = z});
            EXPECT_RELATIVE(second.median_unbiased_drift, z / std::sqrt(t), 1e-14) << z;
            // So is one whose earlier look could end on the other side alone, where no such drift leads.
            auto const behind = z > 0 ? stopping_boundaries{.lower = {-3, -2}, .upper = {infinity, 2}}
                                      : stopping_boundaries{.lower = {-infinity, -2}, .upper = {3, 2}};
            auto const other_side =
                infer_stagewise({.bounds = behind, .fractions = {t / 2, t}, .look = 1, .z = z});
            EXPECT_EQ(other_side.status, status::ok) << z;
            EXPECT_RELATIVE(other_side.median_unbiased_drift, z / std::sqrt(t), 1e-14) << z;
        }
    }
    // It went on past a boundary below, and ended far below where there is none: no drift makes that likely.
    auto const odd =
        infer_stagewise({.bounds = {{-2, -infinity}, {2, 2}}, .fractions = {0.5, 1}, .look = 1, .z = -1e12});
    EXPECT_TRUE(odd.status != status::ok || std::isfinite(odd.median_unbiased_drift));
}

// Above, what the second look would have done decides, whatever the first may end below.
TEST(StagewiseInference, SettlesBehindABoundaryThatOthersEndedBefore) {
    auto const limits = [](double const z) {
        return infer_stagewise({.bounds = {{-3, -infinity, -2}, {infinity, 3, 2}},
                                .fractions = {0.3, 0.6, 1},
                                .look = 2,
                                .z = z});
    };
    auto const settled = limits(20);
    for (double const z : {30.0, 60.0, 1000.0}) {
        auto const found = limits(z);
        EXPECT_EQ(found.status, status::ok) << z;
        EXPECT_RELATIVE(found.median_unbiased_drift, settled.median_unbiased_drift, 1e-10) << z;
        EXPECT_RELATIVE(found.drift.lower, settled.drift.lower, 1e-10) << z;
        EXPECT_RELATIVE(found.drift.upper, settled.drift.upper, 1e-10) << z;
    }
}

TEST(AdjustedInference, TurnsNormalQuantilesIntoThoseOfTFarOut) {
    EXPECT_RELATIVE(detail::t_quantile_at(10, 3), 5.25006546243328e7, 1e-11);
    EXPECT_RELATIVE(detail::t_quantile_at(30, 3), 6.07971662512972e65, 1e-11);
    EXPECT_RELATIVE(detail::t_quantile_at(30, 40), 5.05463007955603e5, 1e-11);
    EXPECT_RELATIVE(detail::t_quantile_at(36, 1e4), 37.1994946553494, 1e-11);
    // 6 / (pi sqrt(3) x³) is the tail with 3 degrees of freedom.
    double const far = detail::t_quantile_at(45, 3);
    EXPECT_RELATIVE(std::log(6 / (3.141592653589793 * std::sqrt(3.0))) - 3 * std::log(far),
                    normal::log_survival(45.0), 1e-13);
    EXPECT_EQ(detail::t_quantile_at(300, 3), infinity);
}

TEST(RepeatedPValue, EndsHoweverLargeZIs) {
    auto const fractions = std::vector{0.5, 1.0};
    double before = 1;
    for (double const z : {5.0, 20.0, 36.0, 37.5, 38.0, 39.0, 60.0, 1e6}) {
        auto const p = repeated_p_value<two_sided>(lan_demets_pocock{}, fractions, z);
        EXPECT_LE(p, before) << z;
        EXPECT_GE(p, 0);
        before = p;
    }
    EXPECT_LT(repeated_p_value<one_sided>(lan_demets_obrien_fleming{}, fractions, 38.0), 1e-307);
}

TEST(DriftForPower, IsFoundForEveryPower) {
    auto const fractions = std::vector{0.5, 0.8, 1.0};
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    for (double const planned : {1e-17, 1e-10, 1e-3, 0.025, 0.3, 0.5, 0.9, 0.999999}) {
        auto const drift = drift_for_power(bounds, fractions, planned);
        EXPECT_EQ(drift.status, status::ok) << planned;
        EXPECT_RELATIVE(power(bounds, fractions, drift.value), planned, 1e-9);
    }
    // What stops below or in a wedge is no success.
    auto stopping = bounds;
    stopping.lower = {-1.0, -0.5, -2.0};
    stopping.wedge = {0.3, 0.5, 0.7};
    for (double const planned : {0.2, 0.9}) {
        auto const drift = drift_for_power(stopping, fractions, planned);
        EXPECT_RELATIVE(power(stopping, fractions, drift.value), planned, 1e-9);
        EXPECT_GT(drift.value, drift_for_power(bounds, fractions, planned).value);
    }
    auto const none = stopping_boundaries{.lower = {-2}, .upper = {infinity}};
    EXPECT_THROW((void)drift_for_power(none, std::vector{1.0}, 0.9), invalid_input);
}

// A single look needs no more information than a trial without looks, whatever its power.
TEST(DriftForPower, InflatesASingleLookByNothing) {
    auto const fractions = std::vector{1.0};
    for (double const error : {1e-20, 0.05}) {
        auto const bounds = efficacy_boundaries(one_sided{error}, lan_demets_pocock{}, fractions);
        for (double const planned : {1e-17, 1e-3, 0.5, 0.9}) {
            if (planned > error) {
                EXPECT_RELATIVE(drift_for_power(bounds, fractions, planned).inflation(error, planned), 1.0,
                                1e-9)
                    << error << ' ' << planned;
            }
        }
    }
}

// A result far on the side that does not stop: its p-value is a tail, no difference from 1.
TEST(StagewiseInference, HasATailOnTheSideThatDoesNotStop) {
    auto const expect = [](stopping_boundaries const& bounds, std::vector<double> const& fractions,
                           double const z) {
        auto const one =
            infer_stagewise({.bounds = bounds, .fractions = fractions, .look = fractions.size() - 1, .z = z});
        EXPECT_RELATIVE(one.p_value_lower, normal::cumulative(z), 1e-10) << z;
        EXPECT_RELATIVE(one.p_value_two_sided, 2 * normal::cumulative(z), 1e-10) << z;
        EXPECT_RELATIVE(one.p_value_upper, normal::survival(z), 1e-14) << z;
    };
    for (double const z : {-3.0, -8.5, -12.0, -30.0, -37.0}) {
        expect(stopping_boundaries::upper_only({2.0}), {1.0}, z);
        expect(stopping_boundaries::upper_only({4.3, 2.0}), {0.5, 1.0}, z);
        expect({{-38.0}, {2.0}}, {0.4}, z);
        expect({{-infinity, -38.0}, {4.3, 2.0}}, {0.5, 1.0}, z);
    }
    // What ended below before counts as smaller.
    auto const after = infer_stagewise(
        {.bounds = {{-6.0, -infinity}, {infinity, 2.0}}, .fractions = {0.5, 1.0}, .look = 1, .z = -20});
    EXPECT_RELATIVE(after.p_value_lower, normal::cumulative(-6.0), 1e-9);
}

TEST(LookSchedule, OfAUserIsRefusedWhereItMakesNoSense) {
    auto const trials = std::vector<estimate>(3, {0.1, 1});
    auto const analyse = [&](std::vector<std::size_t> const& looks) {
        return trial_sequential_analysis(common_effect{}, design_of(1000), trials, std::vector{100, 100, 100},
                                         [&](std::span<double const>) { return looks; });
    };
    EXPECT_EQ(analyse({1, 3}).looks.size(), 2u);
    for (auto const& looks : std::vector<std::vector<std::size_t>>{
             {}, {0}, {0, 1}, {4}, {1, 4}, {2, 2}, {3, 1}, {std::size_t(-1)}}) {
        EXPECT_THROW((void)analyse(looks), invalid_input);
    }
    try {
        (void)trial_sequential_analysis(common_effect{}, design_of(1000), std::vector<estimate>(1, {0.1, 1}),
                                        std::vector{100}, every_trial{.first = 2});
        FAIL();
    } catch (invalid_input const& problem) {
        EXPECT_STREQ(
            problem.what(),
            "the schedule takes no look at 1 trial: there must be more of them, or an earlier first look");
    }
}

TEST(MonitoringRule, NeedsAFinalLookForFutilityAndOneBoundaryALook) {
    auto design = design_of(1000);
    design.futility = futility{0.10, lan_demets_obrien_fleming{}};
    EXPECT_THROW((void)exact_monitoring{}(design, std::vector{0.2, 0.5}), invalid_input);
    EXPECT_THROW((void)scaled_monitoring{1.1}(design, std::vector{0.2, 0.5}), invalid_input);
    EXPECT_THROW((void)copenhagen_monitoring{}(design, std::vector{0.2, 0.5}), invalid_input);
    EXPECT_NO_THROW((void)rtsa_monitoring{}(design, std::vector{0.2, 0.5}));
    EXPECT_THROW((void)exact_monitoring{}(design, std::vector<double>{}), invalid_input);
    design.futility.reset();
    for (auto const& bounds :
         std::vector<stopping_boundaries>{{.lower = {-2}, .upper = {2, 2}},
                                          {.lower = {-2, -2}, .upper = {2}},
                                          {.lower = {}, .upper = {}},
                                          {.lower = {-2, -2}, .upper = {2, 2}, .wedge = {1}},
                                          {.lower = {-2, -2, -2}, .upper = {2, 2, 2}},
                                          {.lower = {-2, std::nan("")}, .upper = {2, 2}}}) {
        design.boundaries = [&](sequential_design const&, std::span<double const>) { return bounds; };
        EXPECT_THROW((void)trial_sequential_analysis(common_effect{}, design,
                                                     std::vector<estimate>(1, {0.1, 1}), std::vector{100}),
                     invalid_input);
    }
}

TEST(ResultSentence, CountsWholePeople) {
    auto const said = [](double const size, double const accrued) {
        return result_sentence(trial_sequential_analysis(
            common_effect{}, design_of(size), std::vector<estimate>(1, {0.1, 1}), std::vector{accrued}));
    };
    EXPECT_NE(said(1006.1, 300).find("and 707 participants are still needed."), std::string::npos);
    EXPECT_NE(said(1000, 999.2).find("and 1 participant is still needed."), std::string::npos);
    EXPECT_NE(said(1234567.5, 300).find("and 1234268 participants are still needed."), std::string::npos);
}

// Beyond a hundred trials accumulators stand for the list.
TEST(LongSeries, IsWhatEachBeginningGives) {
    auto trials = std::vector<estimate>{};
    for (int i = 0; i < 260; ++i) {
        trials.push_back({0.2 * std::sin(1.7 * i) + 0.05, 0.02 + 0.3 * std::abs(std::cos(0.9 * i))});
    }
    auto const participants = std::vector<double>(trials.size(), 10.0);
    auto const model = random_effects{reml{}, hartung_knapp_floored{}};
    auto const looks = after_trials{{60, 100, 101, 150, 260}};
    auto const analysis = trial_sequential_analysis(model, design_of(5000), trials, participants, looks);
    for (auto const& look : analysis.looks) {
        auto const first = std::span<estimate const>(trials).first(look.trials);
        auto const expected = pool(model, first);
        EXPECT_RELATIVE(look.cumulative.effect, expected.effect, 1e-10);
        EXPECT_RELATIVE(look.z, z_value(expected), 1e-9);
        EXPECT_RELATIVE(look.diversity, diversity(first, model), 1e-9);
    }
    auto const information =
        trial_sequential_analysis(model, design_of(5000), trials, model_information{}, after_trials{{3}})
            .information;
    for (std::size_t const count : {1U, 99U, 100U, 101U, 260U}) {
        auto const first = std::span<estimate const>(trials).first(count);
        auto const wald = random_effects{fixed_tau_squared{pool(model, first).tau_squared}};
        EXPECT_RELATIVE(information.accrued[count - 1], 1 / pool(wald, first).variance, 1e-9);
    }
}

// A second of processor time for a hundred thousand trials; pooling each beginning anew would take minutes.
TEST(LongSeries, CostsNoMoreForEachTrial) {
    auto trials = std::vector<estimate>{};
    for (int i = 0; i < 40000; ++i) {
        trials.push_back({0.2 * std::sin(1.7 * i), 0.02 + 0.3 * std::abs(std::cos(0.9 * i))});
    }
    auto const taken = test::processor_time{};
    auto const analysis = trial_sequential_analysis(random_effects{reml{}}, design_of(1e7), trials,
                                                    std::vector<double>(trials.size(), 10.0),
                                                    after_trials{{100, 20000, 40000}});
    EXPECT_EQ(analysis.looks.size(), 3u);
    EXPECT_LT(taken.seconds(), 5);
}

TEST(RiskRatioTarget, CountsTheEventsOfBothArms) {
    auto const size = required_information_size(
        risk_ratio_target{.control_risk = 0.2, .ratio = 0.5, .treatment_share = 0.75}, two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(size.events, size.participants * (0.75 * 0.1 + 0.25 * 0.2), 1e-13);
}

TEST(HwangShihDeCani, SpendsInIncrementsWhatItSpends) {
    for (double const gamma : {-800.0, -4.0, -1e-8, 0.0, 1e-8, 2.0, 800.0}) {
        auto const spending = hwang_shih_decani{gamma};
        double total = 0;
        for (int k = 0; k < 20; ++k) {
            auto const increment = spending.increment(k / 20.0, (k + 1) / 20.0, 0.025);
            EXPECT_GE(increment, 0);
            total += increment;
            EXPECT_RELATIVE(total, spending((k + 1) / 20.0, 0.025), 1e-12, 1e-300) << gamma << " " << k;
        }
        EXPECT_RELATIVE(total, 0.025, 1e-12);
    }
}

// A power of a fraction may be below every double though the error is not.
TEST(KimDeMets, SpendsInIncrementsWhatItSpendsHoweverLate) {
    for (double const rho : {1e-9, 0.7, 3.0, 50.0, 2000.0, 1e6}) {
        auto const spending = kim_demets{rho};
        for (double const from : {0.5, 0.9, 0.999}) {
            EXPECT_RELATIVE(spending.increment(from, 1, 0.05), 0.05 * -std::expm1(rho * std::log(from)),
                            1e-13)
                << rho << ' ' << from;
        }
        auto const z = boundaries(two_sided{0.05}, spending, {0.5, 1});
        auto const ends = exits(stopping_boundaries::symmetric(z), {0.5, 1});
        EXPECT_RELATIVE(ends.total_upper() + ends.total_lower(), 0.05, 1e-10) << rho;
    }
}

// Only one side spends at some looks: they stop that side alone, and the recursion must go through them.
TEST(AsymmetricBoundaries, MaySpendAtLooksOfTheirOwn) {
    auto const fractions = std::vector{0.2, 0.4, 0.6, 0.8, 1.0};
    auto const bounds =
        boundaries(asymmetric{.lower = 0.05, .upper = 0.025}, only_at{lan_demets_pocock{}, {0.4, 1.0}},
                   only_at{lan_demets_pocock{}, {0.2, 0.6, 0.8}}, fractions);
    auto const ends = exits(bounds, fractions);
    for (std::size_t const k : {0U, 2U, 3U}) {
        EXPECT_EQ(bounds.lower[k], -infinity);
        EXPECT_LT(bounds.upper[k], infinity);
    }
    for (std::size_t const k : {1U, 4U}) {
        EXPECT_EQ(bounds.upper[k], infinity);
        EXPECT_GT(bounds.lower[k], -infinity);
    }
    EXPECT_RELATIVE(ends.total_lower(), 0.05, 1e-12);
    EXPECT_RELATIVE(ends.upper[0] + ends.upper[2] + ends.upper[3], lan_demets_pocock{}(0.8, 0.025), 1e-12);
}

TEST(EfficacyBoundaries, AreBothSidesOfEveryForm) {
    auto const fractions = std::vector{0.3, 0.7, 1.0};
    auto const spending = lan_demets_pocock{};
    auto const z = boundaries(two_sided{0.05}, spending, fractions);
    auto const both = efficacy_boundaries(two_sided{0.05}, spending, fractions);
    auto const one = efficacy_boundaries(one_sided{0.05}, spending, fractions);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_EQ(both.upper[k], z[k]);
        EXPECT_EQ(both.lower[k], -z[k]);
        EXPECT_EQ(one.lower[k], -infinity);
    }
    EXPECT_EQ(one.upper, boundaries(one_sided{0.05}, spending, fractions));
    EXPECT_EQ(efficacy_boundaries(error_rate{two_sided{0.05}}, spending, fractions).upper, both.upper);
    EXPECT_EQ(efficacy_boundaries(two_sided{0.05}, pocock{}, fractions).upper,
              boundaries(two_sided{0.05}, pocock{}, fractions));
    auto const sides = asymmetric{.lower = 0.05, .upper = 0.02};
    EXPECT_EQ(efficacy_boundaries(sides, spending, fractions).lower,
              boundaries(sides, spending, fractions).lower);
}

// Error by calendar time, correlations by information: what is spent is that of the times, and the density
// that of the information.
TEST(EfficacyBoundaries, MaySpendByAnotherClock) {
    auto const fractions = std::vector{0.2, 0.55, 0.9};
    auto const times = std::vector{0.3, 0.3, 1.0};
    auto const spending = lan_demets_obrien_fleming{};
    auto const bounds = efficacy_boundaries(two_sided{0.05}, spending, fractions, times);
    EXPECT_EQ(bounds.upper[1], infinity);
    auto const ends = exits(bounds, fractions);
    EXPECT_RELATIVE(ends.upper[0], spending(0.3, 0.025), 1e-12);
    EXPECT_RELATIVE(ends.total_upper(), 0.025, 1e-12);
    EXPECT_EQ(efficacy_boundaries(two_sided{0.05}, spending, fractions, fractions).upper,
              boundaries(two_sided{0.05}, spending, fractions));
    EXPECT_THROW((void)boundaries(two_sided{0.05}, spending, fractions, std::vector{0.3, 0.2, 1.0}),
                 invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{0.05}, spending, fractions, std::vector{0.3, 1.0}),
                 invalid_input);
}

// Results so far out that nothing but their own look matters: they had filled the memory.
TEST(HardInputs, ResultsFarBeyondAllBoundariesAreThoseOfTheirLookAlone) {
    auto const fractions = std::vector{0.3, 0.6, 1.0};
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    double const quantile = normal::upper_quantile(0.025);
    auto const timer = test::processor_time();
    for (double const size : {45.0, 1e4, 1e8, 1e9, 1e12}) {
        for (double const z : {size, -size}) {
            for (std::size_t look = 0; look < 3; ++look) {
                auto const trial =
                    ended_trial{.bounds = bounds, .fractions = fractions, .look = look, .z = z};
                double const root = std::sqrt(fractions[look]);
                auto const found = infer_by(likelihood_ratio_ordering{}, trial);
                EXPECT_EQ(found.status, status::ok) << z << " " << look;
                double const rounding = 1e-9 + 4e-15 * size;
                EXPECT_NEAR(found.drift.lower, (z - quantile) / root, rounding) << z << " " << look;
                EXPECT_NEAR(found.drift.upper, (z + quantile) / root, rounding) << z << " " << look;
                EXPECT_NEAR(found.median_unbiased_drift, z / root, rounding) << z << " " << look;
                EXPECT_NEAR(infer_by(maximum_likelihood_ordering{}, trial).median_unbiased_drift, z / root,
                            rounding)
                    << z << " " << look;
            }
        }
    }
    EXPECT_LT(timer.seconds(), 5);
}

} // namespace
} // namespace accrue::test_sequential_hard_inputs
