// What planning needs beside spending functions: shapes with futility, the best of a family, boundaries of
// harm that do not bind, boundaries in effects, assurance, margins, and the next trials of a meta-analysis.
// The golden values are those of tests/oracles/monitoring.R.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_sequential_planning {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

std::vector<double> equally_spaced(std::size_t const looks) {
    auto result = std::vector<double>{};
    for (std::size_t k = 1; k <= looks; ++k) {
        result.push_back(static_cast<double>(k) / static_cast<double>(looks));
    }
    return result;
}

// rpact 3.3.4 searches its constants to about 1e-7, and less closely where futility does not bind.
TEST(PampallonaTsiatis, ReproducesRpact) {
    std::size_t compared = 0;
    for (auto const& row : test::golden("sequential/pampallona_tsiatis.csv")) {
        SCOPED_TRACE(row.text("design") + " " + row.text("k"));
        auto const fractions = equally_spaced(static_cast<std::size_t>(row.number("looks")));
        auto const k = static_cast<std::size_t>(row.number("k")) - 1;
        auto const design = [&](auto const& error, auto const& rule) {
            auto const shape = pampallona_tsiatis<std::remove_cvref_t<decltype(rule)>>{
                .type_two_error = row.number("beta"),
                .efficacy_delta = row.number("efficacy_delta"),
                .futility_delta = row.number("futility_delta")};
            return boundaries(error, shape, fractions);
        };
        auto const of = [&](auto const& error) {
            return row.number("binding") > 0 ? design(error, binding{}) : design(error, non_binding{});
        };
        bool const one = row.number("sides") < 2;
        auto const found = one ? of(one_sided{0.025}) : of(two_sided{0.05});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.bounds.upper[k], row.number("upper"), 2e-6);
        double const futility = one ? found.bounds.lower[k] : found.bounds.wedge[k];
        if (std::isnan(row.number("futility"))) {
            EXPECT_EQ(futility, -infinity);
        } else {
            EXPECT_RELATIVE(futility, row.number("futility"), 2e-6, 2e-6);
        }
        ++compared;
    }
    EXPECT_EQ(compared, 320U);
}

RC_GTEST_PROP(PampallonaTsiatis, HasTheErrorsThatItWasAskedFor, ()) {
    auto fractions = equally_spaced(*rc::gen::inRange<std::size_t>(1, 6));
    for (double& t : fractions) {
        t *= 1.3; // shares count, not fractions
    }
    double const alpha = *rc::gen::inRange(5, 100) / 1000.0;
    auto const shape = pampallona_tsiatis<>{.type_two_error = *rc::gen::inRange(5, 40) / 100.0,
                                            .efficacy_delta = *rc::gen::inRange(-20, 50) / 100.0,
                                            .futility_delta = *rc::gen::inRange(-20, 50) / 100.0};
    auto const found = boundaries(one_sided{alpha}, shape, fractions);
    RC_ASSERT(found.status == status::ok);
    RC_ASSERT(std::abs(power(found.bounds, fractions, 0) - alpha) < 1e-11);
    RC_ASSERT(std::abs(power(found.bounds, fractions, found.drift) - (1 - shape.type_two_error)) < 1e-10);
    RC_ASSERT(found.inflation * 1.3 > 1 - 1e-12);
}

// The tails of these errors underflow on the way to the constants.
TEST(PampallonaTsiatis, HasTheLeastErrorsOrSaysThatItHasNot) {
    auto const fractions = std::vector{0.3, 0.6, 1.0};
    for (double const type_two : {0.1, 1e-200, 1e-300, 1e-307}) {
        for (double const futility_delta : {0.0, 2.0}) {
            auto const found =
                boundaries(two_sided{1e-100}, pampallona_tsiatis<>{type_two, 0, futility_delta}, fractions);
            EXPECT_TRUE(found.status == status::ok || type_two < 1e-100) << type_two;
            if (found.status == status::ok) {
                auto const ends = exits(found.bounds, fractions, found.drift);
                // `ok` stands for a millionth.
                EXPECT_RELATIVE(ends.going_on + ends.total_wedge(), type_two, 2e-6);
                EXPECT_RELATIVE(exits(found.bounds, fractions).total_upper(), 5e-101, 2e-6);
            }
        }
    }
    EXPECT_THROW(static_cast<void>(boundaries(one_sided{1e-310}, pampallona_tsiatis<>{}, fractions)),
                 invalid_input);
    EXPECT_THROW(static_cast<void>(boundaries(one_sided{0.025}, pampallona_tsiatis<>{1e-310}, fractions)),
                 invalid_input);
}

// rpact gives three digits of delta; the criterion is flat there.
TEST(OptimumWangTsiatis, ReproducesRpact) {
    for (auto const& row : test::golden("sequential/optimum_wang_tsiatis.csv")) {
        SCOPED_TRACE(row.text("criterion") + row.text("looks") + row.text("sides") + row.text("beta"));
        auto const fractions = equally_spaced(static_cast<std::size_t>(row.number("looks")));
        double const power_wanted = 1 - row.number("beta");
        auto const of = [&](auto const& error) {
            return row.text("criterion") == "ASNH1"
                       ? optimum_wang_tsiatis(error, power_wanted, fractions)
                       : optimum_wang_tsiatis(error, power_wanted, fractions, expected_over_effects{});
        };
        auto const found = row.number("sides") < 2 ? of(one_sided{0.025}) : of(two_sided{0.05});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_NEAR(found.shape.delta, row.number("delta"), 6e-4);
        EXPECT_NEAR(found.bounds.upper[0], row.number("first"), 3e-3);
        EXPECT_LT(found.relative_expectation, 1);
    }
}

TEST(OptimumWangTsiatis, TakesACriterionOfTheUsersOwn) {
    auto const fractions = equally_spaced(4);
    // The least maximal information is that of a trial that never stops early: delta as small as it may be.
    auto const found = optimum_wang_tsiatis(two_sided{0.05}, 0.9, fractions,
                                            [](stopping_boundaries const&, std::span<double const>,
                                               double const drift) { return drift * drift; });
    EXPECT_LT(found.shape.delta, -0.49);
    EXPECT_NEAR(found.relative_expectation, 1, 5e-3);
}

// rpact 3.3.4 solves futility boundaries to about 1e-8.
TEST(FutilityInEffects, ReproducesRpact) {
    auto const spending = lan_demets_obrien_fleming{};
    auto const all = test::golden("sequential/rpact_futility.csv");
    std::size_t compared = 0;
    for (std::size_t first = 0; first < all.size();) {
        auto const& row = all[first];
        auto fractions = std::vector<double>{};
        for (auto i = first; i < all.size() && all[i].text("design") == row.text("design"); ++i) {
            fractions.push_back(all[i].number("t"));
        }
        SCOPED_TRACE(row.text("design"));
        double const beta = row.number("beta");
        auto const rule = row.number("binding") > 0 ? any_futility{futility{beta, spending, binding{}}}
                                                    : any_futility{futility{beta, spending, non_binding{}}};
        auto const bounds = rule(one_sided{0.025}, spending, fractions);
        auto const found =
            row.number("binding") > 0
                ? boundaries(one_sided{0.025}, spending, futility{beta, spending, binding{}}, fractions)
                : boundaries(one_sided{0.025}, spending, futility{beta, spending}, fractions);
        EXPECT_RELATIVE(found.inflation, row.number("inflation"), 1e-7);
        auto const size =
            required_information_size(mean_difference_target{.difference = 0.5, .sd = 1}, one_sided{0.025},
                                      1 - beta, inflation_for_looks{found.inflation});
        EXPECT_RELATIVE(size.participants, row.number("participants"), 1e-7);
        auto const effects = boundaries_of_effect(sequential_design{.error = one_sided{0.025},
                                                                    .power = 1 - beta,
                                                                    .spending = spending,
                                                                    .information = size,
                                                                    .futility = rule},
                                                  fractions);
        auto const expected = [&](double const share) {
            return size.participants *
                   exits(found.bounds, fractions, share * found.drift).expected_fraction();
        };
        EXPECT_RELATIVE(expected(1), row.number("expected_h1"), 1e-7);
        EXPECT_RELATIVE(expected(0), row.number("expected_h0"), 1e-7);
        EXPECT_RELATIVE(expected(0.5), row.number("expected_between"), 1e-7);
        for (std::size_t k = 0; k < fractions.size(); ++k, ++first, ++compared) {
            EXPECT_EQ(bounds.upper[k], found.bounds.upper[k]);
            EXPECT_RELATIVE(found.bounds.upper[k], all[first].number("upper"), 1e-7);
            EXPECT_RELATIVE(found.bounds.lower[k], all[first].number("lower"), 1e-7, 1e-7);
            EXPECT_RELATIVE(effects.upper[k], all[first].number("upper_effect"), 1e-7);
            EXPECT_RELATIVE(effects.lower[k], all[first].number("lower_effect"), 1e-7, 1e-7);
        }
    }
    EXPECT_EQ(compared, 36u);
}

TEST(SpendingInNumbers, HasTheBoundariesAndPowerOfRpact) {
    auto const fractions = std::vector{0.3, 0.6, 1.0};
    auto const bounds =
        efficacy_boundaries(one_sided{0.025}, piecewise_linear_spending{{{0.3, 0.2}, {0.6, 0.6}}}, fractions);
    for (auto const& row : test::golden("sequential/rpact_power.csv")) {
        auto const k = static_cast<std::size_t>(row.number("k")) - 1;
        auto const ends = exits(bounds, fractions, row.number("theta") * std::sqrt(50.0));
        EXPECT_RELATIVE(bounds.upper[k], row.number("upper"), 1e-7);
        EXPECT_RELATIVE(ends.upper[k], row.number("rejected"), 1e-6);
        EXPECT_RELATIVE(ends.total_upper(), row.number("power"), 1e-7);
        EXPECT_RELATIVE(50 * ends.expected_fraction(), row.number("expected"), 1e-7);
    }
}

// Rectangles of the multivariate normal: rpact's upper boundary is good to about 1e-5 here.
TEST(Harm, ThatDoesNotBindLeavesTheUpperBoundaryAlone) {
    auto const rows = test::golden("sequential/harm.csv");
    auto fractions = std::vector<double>{};
    for (auto const& row : rows) {
        fractions.push_back(row.number("t"));
    }
    auto const found =
        boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, harm{0.1, lan_demets_pocock{}}, fractions);
    auto const alone = boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, fractions);
    EXPECT_EQ(found.upper, alone);
    std::size_t k = 0;
    for (auto const& row : rows) {
        EXPECT_NEAR(found.upper[k], row.number("upper"), 1e-5);
        EXPECT_RELATIVE(found.lower[k], row.number("lower"), 1e-7);
        ++k;
    }
}

RC_GTEST_PROP(Harm, SpendsItsErrorAmongTrialsThatGoOn, ()) {
    auto const looks = *rc::gen::inRange<std::size_t>(1, 7);
    auto const fractions = equally_spaced(looks);
    double const error = *rc::gen::inRange(1, 300) / 1000.0;
    auto const stop = harm{error, hwang_shih_decani{*rc::gen::inRange(-60, 40) / 10.0}};
    auto const bounds = boundaries(one_sided{0.025}, lan_demets_pocock{}, stop, fractions);
    auto const ends = exits(bounds, fractions, 0);
    RC_ASSERT(std::abs(ends.total_lower() - error) < 1e-11);
    double spent = 0;
    for (std::size_t k = 0; k < looks; ++k) {
        spent += ends.lower[k];
        RC_ASSERT(std::abs(spent - stop.spending(fractions[k], error)) < 1e-11);
    }
    // Without the lower boundary the upper error is whole, with it smaller.
    RC_ASSERT(ends.total_upper() <= 0.025 + 1e-12);
}

TEST(Harm, OfADesignIsARuleForAsymmetricErrors) {
    auto design = sequential_design{.error = asymmetric{.lower = 0.025, .upper = 0.1},
                                    .power = 0.9,
                                    .spending = lan_demets_obrien_fleming{},
                                    .information = information_size{.effect = -0.3, .participants = 400},
                                    .boundaries = non_binding_harm_monitoring{lan_demets_pocock{}}};
    auto const estimates = std::vector<estimate>{{0.3, 0.02}, {0.4, 0.02}};
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, estimates, std::vector{100.0, 200.0});
    auto const fractions = std::vector{0.25, 0.75, 1.0};
    auto const alone = boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, fractions);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_RELATIVE(analysis.boundaries.lower[k], -alone[k], 1e-12);
    }
    EXPECT_EQ(analysis.conclusion, conclusion::harm);
    design.error = two_sided{0.05};
    EXPECT_THROW(
        (void)trial_sequential_analysis(common_effect{}, design, estimates, std::vector{100.0, 200.0}),
        invalid_input);
}

// A review just at its boundary of benefit has just the p-value of that error, on either side of no effect.
TEST(Harm, ThatDoesNotBindIsNoPartOfInferenceAboutABenefit) {
    for (double const sign : {1.0, -1.0}) {
        auto const error =
            sign > 0 ? asymmetric{.lower = 0.3, .upper = 0.025} : asymmetric{.lower = 0.025, .upper = 0.3};
        auto const analysis_of = [&](double const last, monitoring_rule const& rule) {
            auto const design =
                sequential_design{.error = error,
                                  .power = 0.9,
                                  .spending = lan_demets_pocock{},
                                  .information = information_size{.effect = 0.3 * sign, .participants = 400},
                                  .boundaries = rule};
            auto const estimates = std::vector<estimate>{
                {0.1 * sign, 0.04}, {0.1 * sign, 0.04}, {0.1 * sign, 0.04}, {last, 0.04}};
            return trial_sequential_analysis(common_effect{}, design, estimates, std::vector(4, 100.0));
        };
        for (auto const& rule :
             {monitoring_rule{non_binding_harm_monitoring{lan_demets_pocock{}}}, monitoring_rule{}}) {
            auto const bounds = analysis_of(0, rule).boundaries;
            double const boundary = sign > 0 ? bounds.upper[3] : bounds.lower[3];
            auto const analysis = analysis_of(4 * boundary * 0.1 - 0.3 * sign, rule);
            auto const found = infer_adjusted(analysis).adjusted;
            EXPECT_RELATIVE(found.p_value, 0.05, 1e-10);
            EXPECT_NEAR(sign > 0 ? found.interval.lower : found.interval.upper, 0, 1e-10);
        }
    }
}

TEST(AsymmetricFutility, FillsWhatLiesBetweenHarmAndTheOneSidedFutilityBoundary) {
    auto const fractions = equally_spaced(4);
    auto const error = asymmetric{.lower = 0.1, .upper = 0.025};
    auto const stop = futility{0.1, lan_demets_obrien_fleming{}};
    auto const found = boundaries(error, lan_demets_obrien_fleming{}, stop, fractions);
    EXPECT_EQ(found.status, status::ok);
    auto const without = boundaries(error, lan_demets_obrien_fleming{}, fractions);
    EXPECT_EQ(found.bounds.upper, without.upper);
    EXPECT_EQ(found.bounds.lower, without.lower);
    EXPECT_EQ(found.bounds.wedge.back(), found.bounds.upper.back());
    // The power is the planned one, and each look spends its share of the type II error.
    auto const ends = exits(found.bounds, fractions, found.drift);
    EXPECT_NEAR(ends.total_upper(), 0.9, 1e-6);
    double spent = 0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        spent += ends.wedge[k] + ends.lower[k];
        if (found.bounds.wedge[k] > found.bounds.lower[k]) {
            EXPECT_NEAR(spent, stop.spending(fractions[k], 0.1), 1e-6);
        }
    }
}

TEST(AsymmetricFutility, OfADesignMirrorsWithTheBenefit) {
    auto const participants = std::vector{150.0, 150.0};
    auto const analysis = [&](double const sign) {
        double const up = 0.025;
        double const down = 0.1;
        auto const design =
            sequential_design{.error = sign > 0 ? asymmetric{.lower = down, .upper = up}
                                                : asymmetric{.lower = up, .upper = down},
                              .power = 0.9,
                              .spending = lan_demets_pocock{},
                              .information = information_size{.effect = sign * 0.3, .participants = 400},
                              .futility = futility{0.1, lan_demets_pocock{}}};
        return trial_sequential_analysis(common_effect{}, design,
                                         std::vector<estimate>{{sign * 0.05, 0.02}, {-sign * 0.04, 0.02}},
                                         participants);
    };
    auto const positive = analysis(1);
    auto const negative = analysis(-1);
    EXPECT_EQ(positive.conclusion, conclusion::futility);
    EXPECT_EQ(negative.conclusion, conclusion::futility);
    for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_RELATIVE(positive.looks[k].wedge, -negative.looks[k].wedge_below, 1e-14);
        EXPECT_RELATIVE(positive.looks[k].wedge_below, -negative.looks[k].wedge, 1e-14);
        EXPECT_RELATIVE(positive.looks[k].upper_boundary, -negative.looks[k].lower_boundary, 1e-14);
    }
    EXPECT_EQ(infer_adjusted(positive).status, status::ok);
    EXPECT_LT(boundaries_of_effect(positive).wedge[1].lower, boundaries_of_effect(positive).wedge[1].upper);
}

// rpact's sizes are good to about 1e-8.
TEST(EffectBoundaries, OfADesignReproduceRpact) {
    auto const fractions = std::vector{0.3, 0.6, 1.0};
    for (auto const& row : test::golden("sequential/effect_boundaries.csv")) {
        auto const of = [&](auto const& error) {
            auto const information = required_information_size(
                standardized_mean_difference_target{.difference = row.number("effect")}, error, 0.9,
                inflation_for(error, lan_demets_obrien_fleming{}, 0.9, fractions));
            EXPECT_RELATIVE(information.participants, row.number("participants"), 1e-6);
            return boundaries_of_effect(sequential_design{.error = error,
                                                          .power = 0.9,
                                                          .spending = lan_demets_obrien_fleming{},
                                                          .information = information},
                                        fractions);
        };
        auto const found = row.number("sides") < 2 ? of(one_sided{0.025}) : of(two_sided{0.05});
        EXPECT_RELATIVE(found.upper[static_cast<std::size_t>(row.number("k")) - 1], row.number("boundary"),
                        1e-6);
    }
}

TEST(EffectBoundaries, OfAnAnalysisAreReachedWhenZReachesItsBoundary) {
    auto const estimates = std::vector<estimate>{{-0.3, 0.04}, {-0.2, 0.05}, {-0.5, 0.03}, {-0.1, 0.02}};
    auto const participants = std::vector{100.0, 80.0, 130.0, 200.0};
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_pocock{},
                          .information = information_size{.effect = -0.25, .participants = 700},
                          .futility = futility{0.1, lan_demets_obrien_fleming{}}};
    auto const expect = [&](auto const& model) {
        auto const analysis = trial_sequential_analysis(model, design, estimates, participants);
        auto const found = boundaries_of_effect(analysis);
        ASSERT_EQ(found.lower.size(), analysis.fractions.size());
        for (std::size_t k = 0; k < analysis.looks.size(); ++k) {
            auto at_boundary = analysis.looks[k].cumulative;
            at_boundary.effect = found.lower[k];
            EXPECT_RELATIVE(z_value(at_boundary), analysis.boundaries.lower[k], 1e-9);
            EXPECT_RELATIVE(found.upper[k], -found.lower[k], 1e-12);
        }
        auto const ratios = back_transformed(log_odds_ratio{}, found);
        EXPECT_RELATIVE(ratios.lower[1], std::exp(found.lower[1]), 1e-14);
        // At the look to come the wedge meets the boundary.
        EXPECT_RELATIVE(found.wedge.back().upper, found.upper.back(), 1e-9);
    };
    expect(random_effects{dersimonian_laird{}});
    expect(common_effect{});
    expect(random_effects{reml{}, hartung_knapp_floored{}});
}

// R's integrate over probabilities by mvtnorm.
TEST(Assurance, ReproducesTheIntegralOverThePrior) {
    auto const bounds = stopping_boundaries::symmetric({2.9, 2.4, 2.05});
    auto const fractions = std::vector{0.3, 0.7, 1.0};
    for (auto const& row : test::golden("sequential/assurance.csv")) {
        double const sd = row.number("sd");
        EXPECT_RELATIVE(
            assurance(bounds, fractions, {.mean = row.number("mean"), .information = 1 / (sd * sd)}),
            row.number("assurance"), 1e-8);
    }
}

TEST(Assurance, TendsToPowerAsThePriorNarrows) {
    auto const fractions = equally_spaced(3);
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
    EXPECT_RELATIVE(assurance(bounds, fractions, {.mean = 3, .information = 1e12}),
                    power(bounds, fractions, 3), 1e-9);
    EXPECT_THROW((void)assurance(bounds, fractions, {.mean = 3, .information = 0}), invalid_input);
}

TEST(Assurance, OfADesignIsThatOfItsDrifts) {
    auto const information = required_information_size(
        standardized_mean_difference_target{.difference = -0.3}, two_sided{0.05}, 0.9);
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.9,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = information};
    auto const fractions = equally_spaced(2);
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    double const unit = std::sqrt(information.statistical_information);
    EXPECT_RELATIVE(
        assurance(design, fractions, -0.2, 0.1),
        assurance(bounds, fractions, {.mean = 0.2 * unit, .information = 1 / (0.01 * unit * unit)}), 1e-11);
}

TEST(PredictedFinalResult, IsTheDistributionOfTheFinalEstimate) {
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_obrien_fleming{},
                          .information = information_size{.effect = -0.3, .participants = 400}};
    auto const analysis = trial_sequential_analysis(common_effect{}, design,
                                                    std::vector<estimate>{{-0.2, 0.04}}, std::vector{100.0});
    auto const found = predicted_final_result(analysis, 0.9);
    EXPECT_RELATIVE(found.effect, -0.2, 1e-13);
    double const half = normal::upper_quantile(0.05) * 0.2;
    EXPECT_RELATIVE(found.interval.upper, -0.2 + half * std::sqrt(0.75), 1e-13);
    EXPECT_RELATIVE(found.from_trend.lower, -0.2 - half * std::sqrt(0.25 * 0.75), 1e-13);
    // By drawing: what is believed of the effect, then what the other three quarters show.
    auto random = random_stream(3, 1);
    auto const prior = drift_prior{.mean = 2, .information = 0.5};
    auto const with_prior = predicted_final_result(analysis, 0.9, prior);
    double const unit = 0.2 * 0.5; // standard error at the required size
    double const belief = (0.5 * -2 + -2 * 0.25) / 0.75;
    double sum = 0;
    double inside = 0;
    double below = 0;
    int const draws = 200'000;
    for (int i = 0; i < draws; ++i) {
        double const drift = belief + random.normal() / std::sqrt(0.75);
        double const final_effect = unit * (-2 * 0.25 + drift * 0.75 + std::sqrt(0.75) * random.normal());
        sum += final_effect;
        inside +=
            with_prior.interval.lower < final_effect && final_effect < with_prior.interval.upper ? 1 : 0;
        below += final_effect < 0 ? 1 : 0;
    }
    EXPECT_NEAR(with_prior.effect, sum / draws, 2e-3);
    EXPECT_NEAR(inside / draws, 0.9, 3e-3);
    EXPECT_NEAR(with_prior.probability_of_benefit, below / draws, 3e-3);
}

TEST(NonInferiority, NeedsWhatRpactSays) {
    for (auto const& row : test::golden("sequential/non_inferiority.csv")) {
        double const sd = row.number("sd");
        auto const target = non_inferiority_target{
            .margin = row.number("margin"), .expected = row.number("expected"), .unit_variance = 4 * sd * sd};
        auto const size = required_information_size(target, one_sided{0.025}, 1 - row.number("beta"));
        EXPECT_RELATIVE(size.participants, row.number("participants"), 1e-10);
        EXPECT_GT(size.effect, 0);
    }
}

TEST(NonInferiority, MovesEveryModelWithTheMargin) {
    auto const estimates = std::vector<estimate>{{0.1, 0.04}, {-0.2, 0.05}, {0.3, 0.03}};
    double const margin = std::log(1.25);
    auto const moved = relative_to_margin(estimates, margin);
    auto const expect = [&](auto const& model) {
        auto const here = pool(model, estimates);
        auto const there = pool(model, moved);
        EXPECT_RELATIVE(there.effect + margin, here.effect, 1e-9, 1e-10);
        EXPECT_RELATIVE(there.variance, here.variance, 1e-9);
    };
    expect(common_effect{});
    expect(random_effects{reml{}, hartung_knapp{}});
    EXPECT_THROW((void)relative_to_margin(estimates, infinity), invalid_input);
    auto const nowhere = non_inferiority_target{.margin = 0.1, .expected = 0.1, .unit_variance = 4};
    EXPECT_THROW((void)required_information_size(nowhere, one_sided{0.025}, 0.9), invalid_input);
}

// R's integrate over the next trials' result.
TEST(NextTrials, HaveTheConditionalPowerOfTheIntegral) {
    for (auto const& row : test::golden("sequential/next_trials.csv")) {
        auto const current = pooled{.effect = row.number("effect"),
                                    .variance = row.number("variance"),
                                    .tau_squared = row.number("tau_squared"),
                                    .degrees_of_freedom = infinity,
                                    .k = 5,
                                    .status = status::ok};
        auto const next = next_trials{
            .unit_variance = 4, .tau_squared = row.number("tau_squared"), .trials = row.number("trials")};
        double const found =
            conditional_power(current, next, row.number("participants"), -0.25, two_sided{0.05});
        EXPECT_RELATIVE(found, row.number("power"), 1e-9);
        auto const size = next_trials_for_power(current, next, -0.25, two_sided{0.05}, found);
        ASSERT_EQ(size.status, status::ok);
        EXPECT_RELATIVE(size.power, found, 1e-9);
    }
}

// Evidence against the effect that is 1e7 standard errors away takes as much again to outweigh.
TEST(NextTrials, OutweighAnyEvidenceAgainstTheEffect) {
    for (double const effect : {-2.0, -1e4, -1e6}) {
        for (double const anticipated : {1.0, 1e-3, 1e-6}) {
            auto const current = pooled{.effect = effect,
                                        .variance = 1e-14,
                                        .tau_squared = 0,
                                        .degrees_of_freedom = infinity,
                                        .k = 3,
                                        .status = status::ok};
            auto const next = next_trials{.unit_variance = 4};
            auto const size = next_trials_for_power(current, next, anticipated, two_sided{0.05}, 0.8);
            ASSERT_EQ(size.status, status::ok);
            // score + added x anticipated = z(0.025) sqrt(information + added) + z(0.2) sqrt(added)
            double added = -effect * 1e14 / anticipated;
            for (int i = 0; i < 50; ++i) {
                added = (-effect * 1e14 + normal::upper_quantile(0.025) * std::sqrt(1e14 + added) +
                         normal::upper_quantile(0.2) * std::sqrt(added)) /
                        anticipated;
            }
            EXPECT_RELATIVE(size.participants, 4 * added, 1e-12);
            // The score is a difference of numbers that are up to 1e10 of its standard deviations.
            EXPECT_NEAR(size.power, 0.8, 1e-5);
        }
    }
}

RC_GTEST_PROP(NextTrials, AreTheSmallestThatReachThePower, ()) {
    double const tau_squared = *rc::gen::inRange(0, 60) / 1000.0;
    auto const current = pooled{.effect = *rc::gen::inRange(-400, 200) / 1000.0,
                                .variance = *rc::gen::inRange(1, 100) / 1000.0,
                                .tau_squared = tau_squared,
                                .degrees_of_freedom = infinity,
                                .k = 4,
                                .status = status::ok};
    auto const next = next_trials{.unit_variance = 4,
                                  .tau_squared = tau_squared,
                                  .trials = static_cast<double>(*rc::gen::inRange(1, 8))};
    double const goal = *rc::gen::inRange(10, 95) / 100.0;
    auto const found = next_trials_for_power(current, next, -0.2, two_sided{0.05}, goal);
    auto const at = [&](double const n) {
        return conditional_power(current, next, n, -0.2, two_sided{0.05});
    };
    RC_ASSERT(std::abs(found.power_at_infinity - at(infinity)) < 1e-12);
    if (found.status == status::ok) {
        RC_ASSERT(at(found.participants) >= goal - 1e-9);
        RC_ASSERT(at(found.participants * 3) >= goal - 1e-9);
        RC_ASSERT(found.participants <= 0 || at(found.participants * 0.999) <= goal + 1e-9);
    } else {
        RC_ASSERT(std::isnan(found.participants));
        RC_ASSERT(found.power_at_infinity < goal);
    }
}

// Where the meta-analysis is significant now, more trials at first endanger that. A power just above the
// least that they lead to is not reached by none.
TEST(NextTrials, AreBeyondTheLeastPowerThatMoreWouldLeadTo) {
    auto const current = pooled{.effect = 0.95668,
                                .variance = 0.0798378,
                                .tau_squared = 0,
                                .degrees_of_freedom = infinity,
                                .k = 4,
                                .status = status::ok};
    auto const next = next_trials{.unit_variance = 2.76464, .tau_squared = 0, .trials = 4};
    auto const at = [&](double const n) {
        return conditional_power(current, next, n, 0.203081, two_sided{0.05});
    };
    double least = 1;
    for (double n = 10; n < 100; n += 0.001) {
        least = (std::min)(least, at(n));
    }
    for (double const above : {1e-8, 1e-6, 1e-4, 1e-3}) {
        auto const found = next_trials_for_power(current, next, 0.203081, two_sided{0.05}, least + above);
        EXPECT_GT(found.participants, 29);
        EXPECT_NEAR(at(found.participants), least + above, 1e-12);
        EXPECT_GT(at(found.participants * 1.001), least + above);
    }
    EXPECT_LE(next_trials_for_power(current, next, 0.203081, two_sided{0.05}, least - 1e-8).participants, 0);
}

// The same over many reviews that are significant now, for powers close to the least on a grid.
RC_GTEST_PROP(NextTrials, KeepThePowerHoweverCloseItIsToTheLeast, ()) {
    auto const current = pooled{.effect = -*rc::gen::inRange(500, 1500) / 1000.0,
                                .variance = *rc::gen::inRange(10, 100) / 1000.0,
                                .tau_squared = *rc::gen::inRange(0, 30) / 1000.0,
                                .degrees_of_freedom = infinity,
                                .k = 4,
                                .status = status::ok};
    auto const next = next_trials{.unit_variance = 3, .tau_squared = current.tau_squared, .trials = 3};
    auto const at = [&](double const n) {
        return conditional_power(current, next, n, -0.2, two_sided{0.05});
    };
    auto grid = std::vector<double>{};
    for (double n = 1e-2; n < 1e5; n *= 1.05) {
        grid.push_back(n);
    }
    double least = 1;
    for (double const n : grid) {
        least = (std::min)(least, at(n));
    }
    double const goal = least + std::pow(10.0, -*rc::gen::inRange(2, 9));
    RC_PRE(least > 1e-6 && goal < at(infinity) - 1e-3);
    auto const found = next_trials_for_power(current, next, -0.2, two_sided{0.05}, goal);
    RC_ASSERT(found.status == status::ok);
    for (double const n : grid) {
        RC_ASSERT(n <= found.participants || at(n) >= goal - 1e-12);
    }
}

// Up to the largest power that there is, and down to powers whose squares underflow.
TEST(NextTrials, ArePositiveNumbersNextToTheLargestPower) {
    auto random = random_stream(1, 0);
    for (int repetition = 0; repetition < 500; ++repetition) {
        auto const current = pooled{.effect = 0.5 * random.normal(),
                                    .variance = std::exp(2 * random.normal() - 3),
                                    .tau_squared = 0,
                                    .degrees_of_freedom = infinity,
                                    .k = 4,
                                    .status = status::ok};
        auto const next = next_trials{.unit_variance = std::exp(random.normal()),
                                      .tau_squared = std::exp(2 * random.normal() - 2),
                                      .trials = 1 + std::floor(5 * random.uniform())};
        double const effect = 0.5 * random.normal();
        double const largest = conditional_power(current, next, infinity, effect, two_sided{0.05});
        for (double const less : {0.0, 1e-16, 1e-12, 1e-8, 0.01}) {
            double const goal = largest * (1 - less);
            if (!(goal > 0 && goal < 1)) {
                continue;
            }
            auto const found = next_trials_for_power(current, next, effect, two_sided{0.05}, goal);
            ASSERT_EQ(found.status, status::ok);
            ASSERT_TRUE(found.participants >= 0 && found.participants < infinity) << found.participants;
            for (double const factor : {1.0, 2.0, 1e3}) {
                double const power =
                    conditional_power(current, next, factor * found.participants, effect, two_sided{0.05});
                EXPECT_GE(power, goal * (1 - 1e-12));
            }
        }
    }
}

// Evidence against the anticipated effect that is beyond double, or that no double outweighs.
TEST(NextTrials, AreUndefinedWhereNoNumberIsEnough) {
    auto const next = next_trials{.unit_variance = 4, .tau_squared = 0, .trials = 2};
    auto const size_after = [&](double const effect, double const variance) {
        return next_trials_for_power(pooled{effect, variance, 0, infinity, 4, status::ok}, next, 0.2,
                                     two_sided{0.05}, 0.8);
    };
    for (auto const& [effect, variance] : {std::pair{-1e160, 1e-200}, std::pair{-1e300, 1e-5}}) {
        auto const size = size_after(effect, variance);
        EXPECT_EQ(size.status, status::undefined) << effect;
        EXPECT_TRUE(std::isnan(size.participants)) << effect;
    }
    auto const many = size_after(-1e160, 0.01);
    EXPECT_EQ(many.status, status::ok);
    EXPECT_GT(many.participants, 1e160);
}

} // namespace
} // namespace accrue::test_sequential_planning
