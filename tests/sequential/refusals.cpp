// What spending functions, boundaries, information and analyses refuse, and in which words; and the edges of
// what they take: looks at which nothing is spent, after the final look, without a number.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/bayes.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/model.hpp>
#include <accrue/sequential.hpp>
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_sequential_refusals {
namespace {

using test::refusal_of;

auto const infinity = std::numeric_limits<double>::infinity();
auto const nan = std::numeric_limits<double>::quiet_NaN();
auto const obrien_fleming_like = lan_demets_obrien_fleming{};
auto const halves = std::vector<double>{0.5, 1.0};

void expect_text(std::string const& text, std::string const& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text << "\nhas no: " << part;
}
#define EXPECT_REFUSED(call, part) expect_text(refusal_of([&] { (void)(call); }), part)

TEST(SpendingFunctions, RefuseFractionsOutOfOrder) {
    struct bounds {
        double from;
        double to;
    };
    for (auto const& [from, to] : {bounds{-0.1, 0.5}, bounds{0.6, 0.5}, bounds{0.5, 1.1}, bounds{nan, 1}}) {
        EXPECT_REFUSED((gapped_spending{obrien_fleming_like, from, to}(0.5, 0.05)),
                       "fractions of gapped_spending must be 0 <= from <= to <= 1");
        EXPECT_REFUSED((trimmed_spending{obrien_fleming_like, from, to}(0.5, 0.05)),
                       "fractions of trimmed_spending must be 0 <= from <= to <= 1");
        EXPECT_REFUSED((truncated_spending{obrien_fleming_like, from, to}(0.5, 0.05)),
                       "fractions of truncated_spending must be 0 <= from < to <= 1");
    }
    EXPECT_REFUSED((truncated_spending{obrien_fleming_like, 0.5, 0.5}(0.5, 0.05)), "0 <= from < to");
    EXPECT_REFUSED((gapped_spending{obrien_fleming_like, 0.5, 2}(0.5, 0.05)), "but from is 0.5 and to is 2");
    for (double const gamma : {0.49, 1.0, nan}) {
        EXPECT_REFUSED(xi_gallo{gamma}(0.5, 0.05), "gamma of xi_gallo must be at least 0.5 and below 1");
        EXPECT_REFUSED(xi_gallo_linear{gamma}(0.5, 0.05), "gamma of xi_gallo_linear must be");
        EXPECT_REFUSED(xi_gallo_square_root{gamma}(0.5, 0.05), "gamma of xi_gallo_square_root must be");
    }
    EXPECT_REFUSED(logistic_spending::through({0.5, 0.1}, {0.5, 0.2}), "fraction of the second point");
    EXPECT_REFUSED(logistic_spending::through({0.5, 0.1}, {1.0, 0.2}), "fraction of the second point");
    EXPECT_REFUSED(logistic_spending::through({0.5, 0.1}, {0.8, 0.1}), "share of the second point");
    EXPECT_REFUSED(logistic_spending::through({0.5, 0.1}, {0.8, 1.0}), "share of the second point");
    EXPECT_REFUSED((piecewise_linear_spending{{{0.5, 0.1}, {0.4, 0.2}}}(0.5, 0.05)),
                   "fraction of a spending point must be above the one before and at most 1");
    EXPECT_REFUSED((piecewise_linear_spending{{{0.5, 0.1}, {0.5, 0.2}}}(0.5, 0.05)),
                   "fraction of a spending point must be above the one before and at most 1");
    EXPECT_REFUSED((piecewise_linear_spending{{{1.5, 0.1}}}(0.5, 0.05)),
                   "above the one before and at most 1");
    EXPECT_REFUSED((piecewise_linear_spending{{{0.5, 0.4}, {0.7, 0.3}}}(0.5, 0.05)),
                   "share of a spending point must be at least the one before and at most 1");
    EXPECT_REFUSED((piecewise_linear_spending{{{0.5, 1.4}}}(0.5, 0.05)),
                   "at least the one before and at most 1");
    // A last point at 1 is all there is.
    EXPECT_RELATIVE((piecewise_linear_spending{{{0.5, 0.2}, {1.0, 1.0}}}(0.75, 0.05)), 0.05 * 0.6, 1e-15);
}

TEST(SpendingFunctions, SpendBetweenTwoFractionsWhatTheirTotalsSay) {
    auto const spending = kim_demets{2};
    EXPECT_EQ(spending.increment(0, 0, 0.05), 0);
    auto const check = [](auto const& function) {
        for (double const from : {0.0, 0.1, 0.3, 0.45, 0.8, 1.0}) {
            for (double const to : {0.2, 0.3, 0.6, 0.8, 0.9, 1.0}) {
                if (from < to) {
                    EXPECT_NEAR(function.increment(from, to, 0.05), function(to, 0.05) - function(from, 0.05),
                                1e-16);
                }
            }
        }
    };
    check(gapped_spending{spending, 0.3, 0.8});
    check(trimmed_spending{spending, 0.3, 0.8});
    check(truncated_spending{spending, 0.3, 0.8});
    EXPECT_EQ((gapped_spending{spending, 0.3, 0.8}.increment(0.4, 0.6, 0.05)), 0);
    EXPECT_EQ((trimmed_spending{spending, 0.3, 0.8}(0.2, 0.05)), 0);
    EXPECT_RELATIVE((trimmed_spending{spending, 0.3, 0.8}(0.3, 0.05)), 0.05 * 0.09, 1e-14);
}

TEST(Futility, ThatBindsIsNotForAsymmetricErrors) {
    any_futility const binds = futility{0.2, lan_demets_pocock{}, binding{}};
    auto const fractions = std::vector<double>{0.5, 1};
    try {
        (void)binds(asymmetric{0.025, 0.05}, lan_demets_pocock{}, fractions, fractions);
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(
            std::string(error.what()),
            "futility boundaries of this rule must have a two-sided error, be binding or non-binding with a "
            "one-sided one, or non-binding with an asymmetric one");
    }
}

TEST(SpendingFunctions, WithoutLimitsAreThoseThatTheyLimit) {
    for (double const t : {0.01, 0.05, 0.3, 1.0}) {
        double const plain = kim_demets{2}(t, 0.05);
        EXPECT_EQ(trimmed_spending{kim_demets{2}}(t, 0.05), plain);
        EXPECT_EQ(truncated_spending{kim_demets{2}}(t, 0.05), plain);
        EXPECT_RELATIVE(logistic_spending{}(t, 0.05), 0.05 * t, 1e-14);
    }
    EXPECT_EQ(gapped_spending{kim_demets{2}}(0.9, 0.05), 0);
    EXPECT_EQ(gapped_spending{kim_demets{2}}(1, 0.05), 0.05);
}

TEST(SpendingFunctions, SayWhatTheyAreCalled) {
    EXPECT_EQ(any_spending_function(xi_gallo_linear{0.75}).name(), "linear Xi-Gallo (gamma 0.75)");
    EXPECT_EQ(any_spending_function(xi_gallo_square_root{0.75}).name(), "square-root Xi-Gallo (gamma 0.75)");
    EXPECT_EQ(any_spending_function(beta_distribution_spending{2, 3}).name(), "beta-distribution (2, 3)");
    auto const name = [](any_spending_function const& spending) { return spending.name(); };
    EXPECT_EQ(name(gapped_spending{kim_demets{2}, 0.2, 0.8}), "gapped (0.2 to 0.8) Kim-DeMets (rho 2)");
    EXPECT_EQ(name(trimmed_spending{lan_demets_pocock{}, 0.1, 0.9}),
              "trimmed (0.1 to 0.9) Lan-DeMets Pocock");
    EXPECT_EQ(name(truncated_spending{lan_demets_pocock{}, 0.3}), "truncated (0.3 to 1) Lan-DeMets Pocock");
    EXPECT_EQ(name(only_at{kim_demets{3}, {0.4, 1}}), "Kim-DeMets (rho 3) (only at 0.4, 1)");
    EXPECT_EQ(name(piecewise_linear_spending{{{0.5, 0.1}, {0.8, 0.5}}}),
              "piecewise linear (0.1 by 0.5, 0.5 by 0.8)");
    EXPECT_EQ(name(piecewise_linear_spending{}), "piecewise linear");
    EXPECT_EQ(name(logistic_spending{-2, 1.5}), "logistic (intercept -2, slope 1.5)");
    EXPECT_EQ(name(normal_spending{}), "normal (intercept 0, slope 1)");
    EXPECT_EQ(name(cauchy_spending{}), "Cauchy (intercept 0, slope 1)");
    EXPECT_EQ(name(extreme_value_maximum_spending{}), "extreme value (maximum) (intercept 0, slope 1)");
    EXPECT_EQ(name(extreme_value_minimum_spending{}), "extreme value (minimum) (intercept 0, slope 1)");
    EXPECT_EQ(name(student_t_spending{0, 1, {4}}),
              "Student's t on 4 degrees of freedom (intercept 0, slope 1)");
    auto const own = [](double const t, double const error) { return t * error; };
    EXPECT_EQ(name(truncated_spending{own, 0.3}), "truncated (0.3 to 1) user-defined");
}

// One that falls, one that spends too much, one whose increments are not those of its totals.
struct too_much_between {
    double operator()(double const t, double const error) const { return t * error; }
    double increment(double, double, double const error) const { return 0.8 * error; }
};

TEST(SpendingFunctions, OfOnesOwnAreChecked) {
    auto const falls = [](double const t, double const error) {
        return error * 4 * t * (1 - t) + error * t * t * t;
    };
    EXPECT_REFUSED(boundaries(two_sided{0.05}, falls, std::vector<double>{0.5, 0.9, 1.0}),
                   "spending function must not fall and must stay between 0 and 0.025, but spends 0.028");
    auto const exceeds = [](double const t, double const error) { return 2 * error * t; };
    EXPECT_REFUSED(boundaries(two_sided{0.05}, exceeds, halves), "spending function at 1");
    auto const begins = [](double, double const error) { return error; };
    EXPECT_REFUSED(boundaries(two_sided{0.05}, begins, halves), "spending function at 0");
    EXPECT_REFUSED(boundaries(two_sided{0.05}, too_much_between{}, halves),
                   "spending function over all looks must be at most the error 0.025");
    EXPECT_REFUSED(boundaries(two_sided{0.05}, obrien_fleming_like, halves, std::vector<double>{0.6, 0.5}),
                   "spending time must be zero or positive, and never falling");
    EXPECT_REFUSED(boundaries(two_sided{0.05}, obrien_fleming_like, halves, std::vector<double>{1.0}),
                   "spending times must be as many as looks, 2, but are 1");
}

TEST(Boundaries, RefuseNaNAndLooksThatAreNotThere) {
    EXPECT_REFUSED(exits({.lower = {-2, nan}, .upper = {2, 2}}, halves), "lower boundary must be no NaN");
    EXPECT_REFUSED(exits({.lower = {-2, -2}, .upper = {2, nan}}, halves), "upper boundary must be no NaN");
    EXPECT_REFUSED(exits({.lower = {-2, -2}, .upper = {2, 2}, .wedge = {nan, 1}}, halves),
                   "wedge must be no NaN");
    EXPECT_REFUSED(exits({.lower = {-2}, .upper = {2, 2}}, halves),
                   "lower boundary must have one value for each of the 2 looks, but has 1");
    EXPECT_REFUSED(drift_for_power(stopping_boundaries::symmetric({infinity, infinity}), halves, 0.9),
                   "upper boundary must be finite at some look");
}

TEST(Futility, RefusesErrorsThatItsRuleHasNoBoundariesFor) {
    auto const asks = [](auto const& stop, error_rate const& error) {
        return refusal_of([&] { (void)any_futility(stop)(error, lan_demets_obrien_fleming{}, halves); });
    };
    auto const words = "futility boundaries of this rule must have a two-sided error";
    expect_text(asks(futility{0.1, obrien_fleming_like, upper_half{}}, one_sided{0.025}), words);
    expect_text(asks(futility{0.1, obrien_fleming_like, copenhagen{}}, one_sided{0.025}), words);
    expect_text(asks(futility{0.1, obrien_fleming_like, binding{}}, asymmetric{0.025, 0.02}), words);
    EXPECT_EQ(asks(futility{0.1, obrien_fleming_like, non_binding{}}, asymmetric{0.025, 0.02}), "");
}

// Success at nine in ten of trials without an effect leaves too few that could fail; without any error to
// spend there is no boundary at all.
TEST(Futility, RefusesLooksWhoseBoundariesDoNotMeet) {
    auto const words = "futility must have boundaries that meet at the final look, but there are none";
    auto const stop = any_futility(futility{0.1, obrien_fleming_like, binding{}});
    EXPECT_REFUSED(stop(one_sided{0.9}, obrien_fleming_like, halves), words);
    auto const nothing = [](double, double) { return 0.0; };
    EXPECT_REFUSED(stop(one_sided{0.025}, any_spending_function(nothing), halves), words);
}

TEST(HarmBoundaries, AreInfiniteWhereNothingIsSpent) {
    auto const bounds = boundaries(one_sided{0.025}, obrien_fleming_like,
                                   harm{0.05, truncated_spending{obrien_fleming_like, 0.5, 1.0}}, halves);
    EXPECT_EQ(bounds.lower[0], -infinity);
    // A few of those below it were stopped above before.
    EXPECT_RELATIVE(bounds.lower[1], -normal::upper_quantile(0.05), 1e-9);
}

sequential_design plan(error_rate const& error, double const effect = 0.5) {
    return {.error = error,
            .power = 0.9,
            .spending = lan_demets_obrien_fleming{},
            .information = {.effect = effect, .participants = 400}};
}

TEST(MonitoringRules, RefuseErrorsThatTheyHaveNoBoundariesFor) {
    EXPECT_REFUSED(copenhagen_monitoring{}(plan(one_sided{0.025}), halves),
                   "Copenhagen monitoring must have a two-sided error");
    auto const rule = non_binding_harm_monitoring{lan_demets_pocock{}};
    auto const words = "a boundary of harm that does not bind must have an asymmetric error, and no futility";
    EXPECT_REFUSED(rule(plan(two_sided{0.05}), halves), words);
    auto with_futility = plan(asymmetric{0.025, 0.05});
    with_futility.futility = futility{0.1, obrien_fleming_like, non_binding{}};
    EXPECT_REFUSED(rule(with_futility, halves), words);
    EXPECT_REFUSED(scaled_monitoring{0}(plan(two_sided{0.05}), halves), "factor must be positive");
}

TEST(MonitoringRules, MirrorADesignWhoseBenefitIsBelow) {
    auto const rule = non_binding_harm_monitoring{lan_demets_pocock{}};
    // Of `asymmetric` the lower error is that of smaller effects.
    auto const above = rule(plan(asymmetric{.lower = 0.05, .upper = 0.025}, 0.5), halves);
    auto const below = rule(plan(asymmetric{.lower = 0.025, .upper = 0.05}, -0.5), halves);
    for (std::size_t k = 0; k < halves.size(); ++k) {
        EXPECT_RELATIVE(below.lower[k], -above.upper[k], 1e-14);
        EXPECT_RELATIVE(below.upper[k], -above.lower[k], 1e-14);
    }
}

TEST(ScaledMonitoring, LeavesWedgesWithinItsBoundaries) {
    auto const looks = std::vector<double>{0.3, 0.6, 1.0};
    for (double const factor : {0.5, 1.0, 1.5}) {
        auto design = plan(asymmetric{.lower = 0.05, .upper = 0.025});
        design.futility = futility{0.1, obrien_fleming_like, non_binding{}};
        auto const exact = exact_monitoring{}(design, looks);
        ASSERT_FALSE(exact.wedge.empty());
        ASSERT_FALSE(exact.wedge_below.empty());
        auto const scaled = scaled_monitoring{factor}(design, looks);
        for (std::size_t k = 0; k < looks.size(); ++k) {
            EXPECT_RELATIVE(scaled.upper[k], factor * exact.upper[k], 1e-15);
            EXPECT_EQ(scaled.wedge[k], std::min(exact.wedge[k], scaled.upper[k]));
            EXPECT_EQ(scaled.wedge_below[k], std::max(exact.wedge_below[k], scaled.lower[k]));
        }
    }
}

// The lower boundary of a one-sided design is one of futility, and spends the type II error as it stands.
TEST(ScaledMonitoring, LeavesFutilityOfAOneSidedDesignAsItIs) {
    auto const looks = std::vector<double>{0.3, 0.6, 1.0};
    for (double const factor : {0.5, 1.0, 1.5}) {
        auto above = plan(one_sided{0.025}, 0.5);
        above.futility = futility{0.1, obrien_fleming_like, non_binding{}};
        auto below = above;
        below.information.effect = -0.5;
        auto const exact = exact_monitoring{}(above, looks);
        auto const scaled = scaled_monitoring{factor}(above, looks);
        auto const image = scaled_monitoring{factor}(below, looks);
        for (std::size_t k = 0; k < looks.size(); ++k) {
            EXPECT_RELATIVE(scaled.upper[k], factor * exact.upper[k], 1e-15);
            EXPECT_EQ(scaled.lower[k], std::min(exact.lower[k], scaled.upper[k]));
            EXPECT_EQ(image.lower[k], -scaled.upper[k]);
            EXPECT_EQ(image.upper[k], -scaled.lower[k]);
        }
    }
}

TEST(CopenhagenMonitoring, HasTheQuantileOfASingleTestAtTheEnd) {
    auto design = plan(two_sided{0.05});
    design.futility = futility{0.1, obrien_fleming_like, upper_half{}};
    auto const bounds = copenhagen_monitoring{}(design, std::vector<double>{0.5, 1.0, 1.2});
    for (std::size_t const k : {1u, 2u}) {
        EXPECT_RELATIVE(bounds.upper[k], normal::upper_quantile(0.025), 1e-15);
        EXPECT_RELATIVE(bounds.lower[k], -normal::upper_quantile(0.025), 1e-15);
        EXPECT_RELATIVE(bounds.wedge[k], normal::upper_quantile(0.025), 1e-15);
    }
    EXPECT_GT(bounds.upper[0], bounds.upper[1]);
}

// Trials with rising participants, of an effect of 0.5 with variance 40 / participants.
std::vector<estimate> const studies = {{0.9, 0.4}, {0.7, 0.4}, {0.2, 0.4},
                                       {1.1, 0.4}, {0.6, 0.4}, {0.5, 0.4}};
std::vector<double> const participants(6, 100.0);

TEST(AdjustedInference, DoesNotDependOnLooksAfterTheFinalOne) {
    auto const design = plan(two_sided{0.05});
    auto const whole = trial_sequential_analysis(common_effect{}, design, studies, participants);
    auto const ended = trial_sequential_analysis(common_effect{}, design, std::span(studies).first(4),
                                                 std::span(participants).first(4));
    ASSERT_GE(whole.fractions[3], 1);
    ASSERT_EQ(whole.decisive_look(), ended.decisive_look());
    auto const found = infer_adjusted(whole, 0.95, likelihood_ratio_ordering{});
    auto const expected = infer_adjusted(ended, 0.95, likelihood_ratio_ordering{});
    EXPECT_EQ(found.status, status::ok);
    EXPECT_RELATIVE(found.adjusted.effect, expected.adjusted.effect, 1e-12);
    EXPECT_RELATIVE(found.adjusted.interval.lower, expected.adjusted.interval.lower, 1e-12);
    EXPECT_RELATIVE(found.adjusted.interval.upper, expected.adjusted.interval.upper, 1e-12);
    EXPECT_RELATIVE(unbiased_effect(whole).bias_adjusted, unbiased_effect(ended).bias_adjusted, 1e-12);
}

// A model of one's own that has no number for the first look.
struct fails_at_first {
    double variance;
    status says;
    template <evidence Evidence>
    [[nodiscard]] pooled operator()(Evidence const& all) const {
        auto result = accrue::pool(common_effect{}, all);
        if (all.size() < 2) {
            result.variance = variance;
            result.status = says;
        }
        return result;
    }
};

TEST(AdjustedInference, IsUndefinedWhereTheLookIs) {
    auto const one = std::span(studies).first(1);
    for (auto const& model : {fails_at_first{nan, status::undefined}, fails_at_first{0, status::ok}}) {
        auto const analysis =
            trial_sequential_analysis(model, plan(two_sided{0.05}), one, std::span(participants).first(1));
        EXPECT_EQ(analysis.looks[0].status, status::undefined);
        EXPECT_EQ(analysis.conclusion, conclusion::insufficient);
        auto const adjusted = infer_adjusted(analysis);
        EXPECT_EQ(adjusted.status, status::undefined);
        EXPECT_TRUE(std::isnan(adjusted.adjusted.effect));
        auto const unbiased = unbiased_effect(analysis);
        EXPECT_EQ(unbiased.status, status::undefined);
        EXPECT_TRUE(std::isnan(unbiased.mean_unbiased));
        EXPECT_TRUE(std::isnan(repeated_confidence_interval(analysis, 0).lower));
        EXPECT_REFUSED(repeated_confidence_interval(analysis, 1),
                       "look must be below the number of looks, 1");
        if (!std::isfinite(analysis.looks[0].z)) {
            EXPECT_REFUSED(current_drift(analysis),
                           "an analysis must have a Z at its last look, but its 1 trial");
        }
    }
}

TEST(PowerToCome, IsRefusedOnceTheInformationIsThere) {
    auto const analysis =
        trial_sequential_analysis(common_effect{}, plan(two_sided{0.05}), studies, participants);
    EXPECT_REFUSED(conditional_power(analysis, 1.0), "an analysis must be short of its required information");
    EXPECT_REFUSED(predictive_power(analysis), "an analysis must be short of its required information");
    EXPECT_REFUSED(predicted_final_result(analysis), "an analysis must be short of its required information");
    // What is short of it by rounding alone is there.
    auto short_by_rounding = plan(two_sided{0.05});
    short_by_rounding.information.participants = analysis.last_look().information * (1 + 1e-10);
    auto const almost = trial_sequential_analysis(common_effect{}, short_by_rounding, studies, participants);
    EXPECT_REFUSED(conditional_power(almost, 1.0), "an analysis must be short of its required information");
}

TEST(Assurance, OfADesignWithItsOwnRuleAndOfItsMirrorImageIsTheSame) {
    auto above = plan(two_sided{0.05}, 0.5);
    auto below = plan(two_sided{0.05}, -0.5);
    double const plain = assurance(above, halves, 0.4, 0.2);
    EXPECT_RELATIVE(assurance(below, halves, -0.4, 0.2), plain, 1e-14);
    above.boundaries = exact_monitoring{};
    EXPECT_RELATIVE(assurance(above, halves, 0.4, 0.2), plain, 1e-15);
    above.boundaries = scaled_monitoring{1.2};
    EXPECT_LT(assurance(above, halves, 0.4, 0.2), plain);
    EXPECT_REFUSED(assurance(above, halves, 0.4, 0), "sd of the prior must be positive");
}

TEST(RepeatedPValue, IsOneFarOnTheOtherSide) {
    EXPECT_EQ(repeated_p_value<one_sided>(lan_demets_pocock{}, halves, -9.0), 1);
    EXPECT_EQ(repeated_p_value<two_sided>(lan_demets_pocock{}, halves, 0.0), 1);
    EXPECT_EQ(repeated_p_value<two_sided>(lan_demets_pocock{}, halves, 40.0), 0);
}

TEST(StagewiseInference, OfAnEnormousZIsThatOfItsLook) {
    auto const wide = stopping_boundaries::symmetric({infinity, 2});
    auto const found = infer_stagewise({wide, halves, 1, 1e9});
    EXPECT_EQ(found.status, status::ok);
    EXPECT_RELATIVE(found.median_unbiased_drift, 1e9, 1e-15);
    auto const behind = infer_stagewise({stopping_boundaries::symmetric({2, 2}), halves, 1, -1e9});
    auto const before = infer_stagewise({stopping_boundaries::symmetric({2, 2}), halves, 1, 1e9});
    EXPECT_EQ(behind.status, before.status);
    EXPECT_EQ(behind.median_unbiased_drift, -before.median_unbiased_drift);
}

TEST(NextTrials, RefuseWhatMeansNothing) {
    auto const now = pool(common_effect{}, studies);
    auto const error = error_rate(two_sided{0.05});
    auto const power = [&](next_trials const& next, double const size, double const effect) {
        return conditional_power(now, next, size, effect, error);
    };
    for (double const trials : {0.5, infinity, nan}) {
        EXPECT_REFUSED(power({.unit_variance = 40, .trials = trials}, 100, 0.5), "trials must be at least 1");
    }
    for (double const effect : {0.0, infinity, nan}) {
        EXPECT_REFUSED(power({.unit_variance = 40}, 100, effect),
                       "effect must be finite and different from 0");
    }
    EXPECT_REFUSED(power({.unit_variance = 0}, 100, 0.5), "unit_variance must be positive");
    EXPECT_REFUSED(power({.unit_variance = 40, .tau_squared = -1}, 100, 0.5), "tau_squared");
    EXPECT_REFUSED(power({.unit_variance = 40}, -1, 0.5), "participants must be 0 or more");
    // Without participants it is decided: z = 2.58 today. With infinitely many the effect is known.
    EXPECT_EQ(power({.unit_variance = 40}, 0, 0.5), 1);
    EXPECT_EQ(power({.unit_variance = 40}, 0, -0.5), 0);
    EXPECT_EQ(power({.unit_variance = 40}, infinity, 0.5), 1);
}

TEST(Information, RefusesWhatMeansNothing) {
    auto const target = mean_difference_target{.difference = 1, .sd = 2};
    auto const size = required_information_size(target, two_sided{0.05}, 0.9);
    auto const doubled = required_information_size(target, two_sided{0.05}, 0.9, heterogeneity_correction{2});
    EXPECT_RELATIVE(doubled.participants, 2 * size.participants, 1e-15);
    EXPECT_RELATIVE(doubled.heterogeneity_factor, 2, 1e-15);
    for (double const factor : {0.9, infinity, nan}) {
        EXPECT_REFUSED(heterogeneity_correction{factor}(size), "factor must be finite and at least 1");
        EXPECT_REFUSED(inflation_for_looks{factor}(size), "factor must be finite and at least 1");
    }
    for (double const current : {0.0, -1.0, nan}) {
        EXPECT_REFUSED(required_trials(size, 0.1, current), "current_variance must be positive");
    }
    auto const results = std::span<pooled const>();
    for (double const count : {0.0, -1.0, infinity, nan}) {
        EXPECT_REFUSED((participants_accrued{{100, count}}(size, std::span(studies).first(2), results)),
                       "study 2: participants must be positive and finite");
        EXPECT_REFUSED((participants_accrued{{100}}(information_size{.effect = 1, .participants = count},
                                                    std::span(studies).first(1), results)),
                       "required information size in participants must be positive and finite");
    }
    auto const inferior = [&](double const margin) {
        return non_inferiority_target{.margin = margin, .expected = 0.1, .unit_variance = 4}(10.0)
            .participants;
    };
    EXPECT_RELATIVE(inferior(0.1 + 0.4), inferior(0.1 - 0.4), 1e-14);
    EXPECT_REFUSED(inferior(0.1), "margin must be other than the expected effect");
}

TEST(ErrorRates, RefuseWhatIsNoProbability) {
    for (double const error : {0.0, 1.0, nan}) {
        EXPECT_REFUSED(boundaries(one_sided{error}, obrien_fleming_like, halves), "between 0 and 1");
        EXPECT_REFUSED(boundaries(two_sided{error}, obrien_fleming_like, halves), "between 0 and 1");
    }
}

TEST(EProcesses, RefuseBetsOnNothing) {
    auto const nodes = std::vector<effect_node>{{-0.5, 1}, {-1, 2}};
    auto const process = [&](effect_direction const& direction) {
        return symmetric_e_process{
            .smallest_effect = 1, .initial_tau_squared = 0, .direction = direction, .nodes = nodes};
    };
    EXPECT_REFUSED(process(above_null{}), "nodes must have an effect in the direction that is sought");
    EXPECT_EQ(refusal_of([&] { (void)process(below_null{}); }), "");
    EXPECT_FALSE(process(below_null{}) == process(either_direction{}));
    EXPECT_FALSE((effect_node{1, 2} == effect_node{1, 3}));
    EXPECT_FALSE((effect_node{1, 2} == effect_node{2, 2}));
}

TEST(EProcesses, ExcludeNothingBeforeThereAreTrials) {
    auto const check = [](auto const& process) {
        EXPECT_EQ(process.confidence_sequence(0.95).lower, -infinity);
        EXPECT_EQ(process.confidence_sequence(0.95).upper, infinity);
        EXPECT_EQ(process.p_value(), 1);
        EXPECT_EQ(process.log_e_value(), 0);
    };
    check(robbins_mixture{.effect_sd = 0.5});
    check(grow{.planned_effect = 0.5});
    check(symmetric_e_process{.smallest_effect = 0.5, .initial_tau_squared = 0});
}

TEST(SymmetricEProcess, LeansTheWayThatIsSought) {
    auto const leaning = [](effect_direction const& direction) {
        auto process =
            symmetric_e_process{.smallest_effect = 0.5, .initial_tau_squared = 0, .direction = direction};
        process.add({0.4, 0.1});
        return process.leaning();
    };
    EXPECT_EQ(leaning(above_null{}), 1);
    EXPECT_EQ(leaning(below_null{}), -1);
    EXPECT_GT(leaning(either_direction{}), 0);
}

// A trial without events tells nothing of the odds ratio, against any null.
TEST(ExactBinaryEProcess, GivenMarginsIsUnmovedByATrialWithoutEvents) {
    auto const nodes = std::vector<binary_node>{{-0.5, 0.2, 0}, {0.5, 0.2, 0}};
    auto process = exact_binary_e_process{.nodes = nodes};
    process.add({{1, 20}, {4, 20}});
    double const before = process.log_e_value_given_margins(0.3);
    process.add({{0, 20}, {0, 20}});
    EXPECT_EQ(process.log_e_value_given_margins(0.3), before);
}

TEST(ExactBinaryEProcess, RefusesSharesOutOfOrder) {
    for (auto const& share : {interval{-0.1, 1}, interval{0.5, 1.1}, interval{0.8, 0.6}}) {
        auto process = exact_binary_e_process{.treatment_share = share};
        EXPECT_REFUSED((process.add({{1, 20}, {4, 20}}), 0),
                       "least treatment share must be from 0 to the largest");
    }
}

TEST(Drift, IsTheRootOfTheInformationTimesTheEffect) {
    auto const found =
        drift_for_power(stopping_boundaries::symmetric({infinity, 1.959963984540054}), halves, 0.9);
    EXPECT_RELATIVE(found.value, 1.959963984540054 + normal::quantile(0.9), 1e-14);
    EXPECT_RELATIVE(found.information(0.25), found.value * found.value * 16, 1e-15);
    EXPECT_RELATIVE(found.inflation(0.025, 0.9), 1, 1e-14);
}

// An estimate so precise that its Z is no number.
TEST(TrialSequentialAnalysis, SaysUndefinedWhereZIsBeyondNumbers) {
    auto const analysis =
        trial_sequential_analysis(common_effect{}, plan(two_sided{0.05}),
                                  std::vector<estimate>{{1e200, 1e-300}}, std::vector<double>{100});
    EXPECT_EQ(analysis.looks[0].status, status::undefined);
    EXPECT_EQ(analysis.looks[0].decision, conclusion::insufficient);
}

TEST(TrialSequentialAnalysis, RefusesAnEffectThatCannotBeLookedFor) {
    for (double const effect : {0.0, infinity, -infinity, nan}) {
        EXPECT_REFUSED(trial_sequential_analysis(common_effect{}, plan(two_sided{0.05}, effect),
                                                 std::vector<estimate>{{0.2, 0.1}}, std::vector<double>{100}),
                       "anticipated effect (information.effect) must be finite and different from 0");
    }
}

// At once for all trials: a tau that is known leaves a node for each mean.
TEST(ExactBinaryEProcess, BetsOnAKnownTau) {
    auto const nodes = binary_nodes({0, 0.6}, point_prior{0.2});
    ASSERT_EQ(nodes.size(), 21u);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        EXPECT_EQ(nodes[i].tau, 0.2);
        EXPECT_NEAR(nodes[i].mean, 0.6 * 3.5 * (static_cast<double>(i) - 10) / 10, 1e-15);
    }
    EXPECT_REFUSED(binary_nodes({0, 0.6}, point_prior{-0.2}), "tau");
}

TEST(AnytimeSentences, KnowOneTrial) {
    auto const process = robbins_mixture{.effect_sd = 0.5};
    auto const series = anytime_analysis(process, std::span(studies).first(1));
    expect_text(result_sentence(series), "It is too early to tell after 1 trial: ");
}

TEST(MethodsSentences, SayThatTheNextLookIsTheFinalOne) {
    auto analysis = trial_sequential_analysis(common_effect{}, plan(two_sided{0.05}),
                                              std::span(studies).first(3), std::span(participants).first(3));
    analysis.information.required = 300;
    expect_text(detail::still_needed(analysis),
                "the required information has accrued: the next look is the final one");
    analysis.information.required = 301;
    expect_text(detail::still_needed(analysis), "1 participant is still needed");
}

#undef EXPECT_REFUSED

} // namespace
} // namespace accrue::test_sequential_refusals
