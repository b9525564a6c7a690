// Estimates, intervals and p-values of a trial that ended, by orderings of its possible results, and
// estimates whose mean is right.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_sequential_ended_trials {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

auto const looks = std::vector{0.3, 0.7, 1.0};
auto const symmetric_bounds = stopping_boundaries::symmetric({2.9, 2.4, 2.05});

// tests/oracles/monitoring.R: mvtnorm's rectangles, roots by R to 1e-12 on a scale where they lie.
TEST(Orderings, AgreeWithRectanglesOfTheMultivariateNormal) {
    for (auto const& row : test::golden("sequential/orderings.csv")) {
        SCOPED_TRACE(row.text("ordering") + " " + row.text("look") + " " + row.text("z"));
        auto const trial = ended_trial{symmetric_bounds, looks,
                                       static_cast<std::size_t>(row.number("look")) - 1, row.number("z")};
        auto const found = row.text("ordering") == "likelihood_ratio"
                               ? infer_by(likelihood_ratio_ordering{}, trial)
                               : infer_by(maximum_likelihood_ordering{}, trial);
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.p_value_upper, row.number("p_upper"), 1e-10);
        EXPECT_RELATIVE(found.drift.lower, row.number("lower"), 1e-8, 1e-9);
        EXPECT_RELATIVE(found.median_unbiased_drift, row.number("median"), 1e-8, 1e-9);
        EXPECT_RELATIVE(found.drift.upper, row.number("upper"), 1e-8, 1e-9);
    }
}

TEST(Orderings, OfOneLookAreTheFixedSampleTest) {
    auto const trial = ended_trial{{.lower = {-1.96}, .upper = {1.96}}, {0.64}, 0, 2.5};
    auto const expect = [&](auto const& ordering) {
        auto const found = infer_by(ordering, trial, 0.9);
        EXPECT_RELATIVE(found.p_value_upper, normal::survival(2.5), 1e-12);
        EXPECT_RELATIVE(found.p_value_lower, normal::cumulative(2.5), 1e-12);
        EXPECT_RELATIVE(found.drift.lower, (2.5 - normal::upper_quantile(0.05)) / 0.8, 1e-12);
        EXPECT_RELATIVE(found.median_unbiased_drift, 2.5 / 0.8, 1e-12);
    };
    expect(stagewise_ordering{});
    expect(likelihood_ratio_ordering{});
    expect(maximum_likelihood_ordering{});
}

TEST(Orderings, AgreeAtTheLastLookWhereTheBoundaryOfEarlierLooksRanksAbove) {
    // O'Brien-Fleming-like boundaries: what crossed early is larger by stages and by the estimate.
    auto const bounds = efficacy_boundaries(two_sided{0.05}, obrien_fleming{}, looks);
    auto const trial = ended_trial{bounds, looks, 2, 2.0};
    auto const stages = infer_by(stagewise_ordering{}, trial);
    auto const estimates = infer_by(maximum_likelihood_ordering{}, trial);
    EXPECT_RELATIVE(stages.p_value_upper, estimates.p_value_upper, 1e-10);
    EXPECT_RELATIVE(stages.median_unbiased_drift, estimates.median_unbiased_drift, 1e-9);
}

RC_GTEST_PROP(Orderings, MirrorWithTheSignOfZ, ()) {
    auto const look = *rc::gen::inRange<std::size_t>(0, 3);
    double const z = *rc::gen::inRange(-450, 450) / 100.0;
    auto const expect = [&](auto const& ordering) {
        auto const found = infer_by(ordering, {symmetric_bounds, looks, look, z});
        auto const image = infer_by(ordering, {symmetric_bounds, looks, look, -z});
        RC_ASSERT(std::abs(found.p_value_upper - image.p_value_lower) < 1e-12);
        RC_ASSERT(std::abs(found.drift.lower + image.drift.upper) < 1e-8);
        RC_ASSERT(std::abs(found.median_unbiased_drift + image.median_unbiased_drift) < 1e-8);
        RC_ASSERT(found.drift.lower < found.median_unbiased_drift);
        RC_ASSERT(found.median_unbiased_drift < found.drift.upper);
    };
    expect(likelihood_ratio_ordering{});
    expect(maximum_likelihood_ordering{});
}

TEST(Orderings, CoverTheDriftAsOftenAsTheySay) {
    // P(drift below the lower limit) under any drift is the tail: endings are kept with their probabilities.
    auto const everything = std::vector<double>(3, -infinity);
    for (double const drift : {0.0, 1.5, 3.5}) {
        auto const endings = detail::exit_measure(symmetric_bounds, looks, everything, {drift, drift}, 8);
        auto const covered = [&](auto const& ordering) {
            return endings.sum(drift, [&](double const score, double const t) {
                auto const look =
                    static_cast<std::size_t>(std::find(looks.begin(), looks.end(), t) - looks.begin());
                auto const found =
                    infer_by(ordering, {symmetric_bounds, looks, look, score / std::sqrt(t)}, 0.9);
                return found.drift.lower < drift && drift < found.drift.upper ? 1.0 : 0.0;
            });
        };
        // The indicator jumps between the nodes of a smooth rule, which resolves the sum to about 0.02.
        EXPECT_NEAR(covered(likelihood_ratio_ordering{}), 0.9, 0.02) << drift;
        EXPECT_NEAR(covered(maximum_likelihood_ordering{}), 0.9, 0.02) << drift;
    }
}

TEST(Orderings, CountTheLookThatEndedForAnotherReasonAsTheLast) {
    auto const short_of = ended_trial{symmetric_bounds, looks, 1, 1.7};
    auto const cut = ended_trial{stopping_boundaries::symmetric({2.9, 2.4}), {0.3, 0.7}, 1, 1.7};
    auto const a = infer_by(maximum_likelihood_ordering{}, short_of);
    auto const b = infer_by(maximum_likelihood_ordering{}, cut);
    EXPECT_RELATIVE(a.p_value_upper, b.p_value_upper, 1e-14);
    EXPECT_RELATIVE(a.drift.lower, b.drift.lower, 1e-12);
}

TEST(Orderings, RefuseWhatStagewiseInferenceRefuses) {
    auto const trial = ended_trial{symmetric_bounds, looks, 3, 2};
    EXPECT_THROW((void)infer_by(maximum_likelihood_ordering{}, trial), invalid_input);
    EXPECT_THROW((void)mean_unbiased_drift(trial), invalid_input);
    EXPECT_THROW((void)bias_adjusted_drift({symmetric_bounds, looks, 1, infinity}), invalid_input);
}

// With two looks the path to the second is a truncated normal: E(S_1 | S_2 = s) in closed form.
TEST(MeanUnbiasedEstimate, OfTwoLooksIsTheMeanOfATruncatedNormal) {
    double const t1 = 0.4;
    double const t2 = 1.1;
    double const lower = -1.7;
    double const upper = 2.5;
    for (double const z : {-3.0, 0.0, 1.9, 4.2, 9.0}) {
        double const s = z * std::sqrt(t2);
        double const mean = s * t1 / t2;
        double const sd = std::sqrt(t1 * (t2 - t1) / t2);
        double const a = (lower * std::sqrt(t1) - mean) / sd;
        double const b = (upper * std::sqrt(t1) - mean) / sd;
        double const inside =
            a > 0 ? normal::survival(a) - normal::survival(b) : normal::cumulative(b) - normal::cumulative(a);
        double const expected = (mean + sd * (normal::density(a) - normal::density(b)) / inside) / t1;
        auto const found =
            mean_unbiased_drift({{.lower = {lower, -infinity}, .upper = {upper, infinity}}, {t1, t2}, 1, z});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.value, expected, 1e-9, 1e-10) << z;
    }
}

TEST(MeanUnbiasedEstimate, HasTheDriftAsItsMean) {
    auto const everything = std::vector<double>(3, -infinity);
    auto with_wedge = symmetric_bounds;
    with_wedge.wedge = {-infinity, 0.5, 2.05};
    for (auto const& bounds :
         {symmetric_bounds, with_wedge, stopping_boundaries{.lower = {-0.5, 0.8, 2}, .upper = {3.5, 2.6, 2}},
          stopping_boundaries::upper_only({infinity, 2.3, 2})}) {
        for (double const drift : {-0.7, 0.0, 2.0, 4.0}) {
            auto const endings = detail::exit_measure(bounds, looks, everything, {drift, drift}, 9);
            double const mean = endings.sum(drift, [&](double const score, double const t) {
                auto const look =
                    static_cast<std::size_t>(std::find(looks.begin(), looks.end(), t) - looks.begin());
                return mean_unbiased_drift({bounds, looks, look, score / std::sqrt(t)}).value;
            });
            EXPECT_NEAR(mean, drift, 1e-7);
        }
    }
}

TEST(MeanUnbiasedEstimate, IsWhatWasSeenWhereNothingCouldStopBefore) {
    auto const bounds = stopping_boundaries::symmetric({infinity, 2.4, 2});
    EXPECT_RELATIVE(mean_unbiased_drift({bounds, looks, 1, 2.6}).value, 2.6 / std::sqrt(0.7), 1e-14);
    EXPECT_LT(mean_unbiased_drift({bounds, looks, 2, 2.6}).value, 2.6);
}

// Two looks: the mean of the estimate by one-dimensional integrals.
TEST(BiasAdjustedEstimate, MatchesTheMeanOfTheEstimateByIntegrals) {
    using rule = boost::math::quadrature::gauss_kronrod<double, 61>;
    double const t1 = 0.45;
    double const u = 2.2;
    auto const bounds = stopping_boundaries::symmetric({u, 2});
    auto const fractions = std::vector{t1, 1.0};
    for (double const drift : {0.0, 1.0, 3.0}) {
        double const root = std::sqrt(t1);
        auto const density = [&](double const z) { return normal::density(z - drift * root); };
        auto const stopped = [&](double const z) { return density(z) * z / root; };
        // Having gone on from z, the estimate at t = 1 is on average S_1 + drift (1 - t1).
        auto const went_on = [&](double const z) { return density(z) * (z * root + drift * (1 - t1)); };
        double const expected = rule::integrate(stopped, -12.0, -u, 12, 1e-13) +
                                rule::integrate(stopped, u, 14.0, 12, 1e-13) +
                                rule::integrate(went_on, -u, u, 12, 1e-13);
        EXPECT_RELATIVE(mean_estimated_drift(bounds, fractions, drift), expected, 1e-11, 1e-12);
        auto const adjusted = bias_adjusted_drift({bounds, fractions, 1, expected});
        EXPECT_EQ(adjusted.status, status::ok);
        EXPECT_RELATIVE(adjusted.value, drift, 1e-9, 1e-10);
    }
}

TEST(UnbiasedEffect, OfAnAnalysisLiesBetweenNoEffectAndTheNaiveOne) {
    auto const estimates = std::vector<estimate>{{-0.5, 0.02}, {-0.45, 0.02}, {-0.5, 0.02}, {-0.4, 0.02}};
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_pocock{},
                          .information = information_size{.effect = -0.3, .participants = 500}};
    auto const analysis = trial_sequential_analysis(common_effect{}, design, estimates,
                                                    std::vector{100.0, 100.0, 100.0, 100.0});
    auto const found = unbiased_effect(analysis);
    auto const naive = infer_adjusted(analysis).naive.effect;
    EXPECT_EQ(found.status, status::ok);
    ASSERT_TRUE(analysis.concluded_at);
    EXPECT_LT(naive, found.bias_adjusted);
    EXPECT_LT(found.bias_adjusted, 0);
    if (*analysis.concluded_at == 0) { // nothing came before the look that stopped it
        EXPECT_RELATIVE(found.mean_unbiased, naive, 1e-12);
    }
    auto const by_estimate = infer_adjusted(analysis, 0.95, maximum_likelihood_ordering{});
    EXPECT_EQ(by_estimate.status, status::ok);
    EXPECT_LT(by_estimate.adjusted.interval.lower, by_estimate.adjusted.effect);
    EXPECT_LT(by_estimate.adjusted.interval.upper, 0);
}

// An early look that is easily passed widens the range in which the limits are sought. By mpmath 1.3: roots
// of Phi(d sqrt(t) - b) + the integral of phi(x) Phi((d + x sqrt(t) - z) / sqrt(1 - t)) up to b - d sqrt(t).
TEST(Stagewise, HasItsLimitsHoweverEarlyTheFirstLook) {
    auto const at = [](double const first, double const bound, double const level) {
        auto const none = -std::numeric_limits<double>::infinity();
        return infer_stagewise({.bounds = {.lower = {none, none}, .upper = {bound, 2}},
                                .fractions = {first, 1},
                                .look = 1,
                                .z = 0},
                               level);
    };
    auto const early = at(1e-5, 1.96, 0.95);
    EXPECT_RELATIVE(early.drift.lower, -3.234553, 1e-6);
    EXPECT_RELATIVE(early.drift.upper, 1.949144, 1e-6);
    EXPECT_RELATIVE(early.median_unbiased_drift, -0.0319417, 1e-5);
    auto const wide = at(1e-3, 1.96, 1 - 1e-6);
    EXPECT_RELATIVE(wide.drift.lower, -92.70654859, 1e-9);
    EXPECT_RELATIVE(wide.drift.upper, 4.886736, 1e-6);
    EXPECT_RELATIVE(wide.median_unbiased_drift, -0.0301728, 1e-5);
    EXPECT_RELATIVE(at(1e-8, 5, 1 - 1e-9).drift.lower, -11094.102, 1e-7);
    EXPECT_RELATIVE(at(1e-8, 5, 1 - 1e-9).drift.upper, 6.109410, 1e-6);
    for (double const first : {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10}) {
        auto inner = at(first, 1.96, 0.5);
        for (double const level : {0.8, 0.95, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9}) {
            auto const outer = at(first, 1.96, level);
            EXPECT_EQ(outer.status, status::ok) << first << ' ' << level;
            EXPECT_LT(outer.drift.lower, inner.drift.lower) << first << ' ' << level;
            EXPECT_GT(outer.drift.upper, inner.drift.upper) << first << ' ' << level;
            EXPECT_RELATIVE(outer.median_unbiased_drift, inner.median_unbiased_drift, 1e-9);
            inner = outer;
        }
    }
}

// The second look tells the drift to a scale on which the first one says nothing.
TEST(Stagewise, SaysWhereLooksAreTooFarApart) {
    auto standardized = interval{};
    for (auto const ratio : {1e8, 1e10, 1e30, 1e98}) {
        auto const fractions = std::vector{0.4, 0.4 * ratio};
        auto const bounds = stopping_boundaries::symmetric({2.2, 2.2});
        auto const found = infer_stagewise({.bounds = bounds, .fractions = fractions, .look = 1, .z = 3.2});
        EXPECT_GT(found.p_value_upper, 0.01) << ratio;
        EXPECT_LT(found.p_value_upper, 0.015) << ratio;
        if (ratio > 1e12) {
            EXPECT_EQ(found.status, status::undefined) << ratio;
            EXPECT_TRUE(std::isnan(found.drift.lower) && std::isnan(found.drift.upper)) << ratio;
            continue;
        }
        EXPECT_EQ(found.status, status::ok) << ratio;
        double const root = std::sqrt(fractions[1]);
        if (ratio > 1e8) {
            EXPECT_RELATIVE(found.drift.lower * root, standardized.lower, 1e-3);
            EXPECT_RELATIVE(found.drift.upper * root, standardized.upper, 1e-3);
        }
        standardized = {found.drift.lower * root, found.drift.upper * root};
    }
}

} // namespace
} // namespace accrue::test_sequential_ended_trials
