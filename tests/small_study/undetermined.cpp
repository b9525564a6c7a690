// Where methods for small-study effects have no answer, and say so: likelihoods without a maximum, estimators
// without a value, searches that go round, predictors that say nothing; and what options of one's own meet
// there.

#include "support/relative.hpp"
#include <accrue/distribution/normal.hpp>
#include <accrue/model.hpp>
#include <accrue/small_study.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace accrue::test_small_study_undetermined {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(SelectionModel, NeedsAsManyStudiesAsParameters) {
    auto const studies = std::vector<estimate>{{0.5, 0.01}, {0.06, 0.02}, {0.2, 0.015}};
    auto const model = selection_model{step_weights{{0.025, 0.5}}}; // with mean and tau² four parameters
    auto const result = model(studies);
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_EQ(result.message, "there are fewer studies than parameters");
    EXPECT_TRUE(std::isnan(result.pooled.effect));
    EXPECT_TRUE(std::isnan(result.log_likelihood));
    EXPECT_TRUE(std::isnan(model.mean_interval(studies, 0.95).lower));
    EXPECT_TRUE(std::isnan(model.tau_squared_interval(studies, 0.95).upper));
}

// The integral of p^(a-1) over a study's density exists where v / (v + tau²) is above 1 - a, and that of
// (1-p)^(b-1) likewise. Beyond, the integrand falls to nearly nothing before it rises for ever.
TEST(SelectionModel, OfBetaWeightsStaysWhereItsIntegralsExist) {
    auto const lists = std::vector<std::vector<estimate>>{{{0.01, 0.031},
                                                           {-0.02, 0.037},
                                                           {0.11, 0.065},
                                                           {0.24, 0.053},
                                                           {0.3, 0.087},
                                                           {-0.28, 0.143},
                                                           {-0.29, 0.145},
                                                           {0.58, 0.138},
                                                           {-0.07, 0.336},
                                                           {0.12, 0.09},
                                                           {0.37, 0.064},
                                                           {0.41, 0.176},
                                                           {0.09, 0.084},
                                                           {-0.74, 0.367}},
                                                          {{-0.41, 0.408},
                                                           {0.05, 0.04},
                                                           {0.43, 0.038},
                                                           {0.87, 0.064},
                                                           {0.04, 0.042},
                                                           {0.18, 0.119},
                                                           {-0.19, 0.02},
                                                           {0.62, 0.091},
                                                           {1.59, 0.089},
                                                           {0.26, 0.038},
                                                           {0.69, 0.166},
                                                           {-0.15, 0.023},
                                                           {0.04, 0.073},
                                                           {0.34, 0.083},
                                                           {0.01, 0.12},
                                                           {-0.11, 0.104},
                                                           {-0.02, 0.052},
                                                           {-0.22, 0.192}}};
    for (auto const& studies : lists) {
        auto const up = selection_model{beta_weights{}}(studies);
        auto const down = selection_model{beta_weights{}, selects_negative{}}(studies);
        EXPECT_EQ(up.status, down.status);
        EXPECT_NE(up.status, status::ok);
        if (up.status == status::undefined) {
            EXPECT_TRUE(std::isnan(up.pooled.effect));
            continue;
        }
        for (auto const& study : studies) {
            double const share = study.variance / (study.variance + up.pooled.tau_squared);
            EXPECT_GT(share - (1 - up.weights[0]), -1e-10);
            EXPECT_GT(share - (1 - up.weights[1]), -1e-10);
        }
        // 1 - p in place of p exchanges the parameters; all steps are the same but for rounding.
        EXPECT_RELATIVE(up.log_likelihood, down.log_likelihood, 1e-12);
    }
}

// Effects just above their cutpoints look like the tail of an exponential distribution, to which normal tails
// come the nearer the lower the mean and the larger tau².
TEST(PUniformStar, OfResultsThatAreBarelySignificantHasNoMaximum) {
    auto const studies =
        std::vector<estimate>{{1.26, 0.399}, {0.958, 0.195}, {1.44, 0.513}, {1.36, 0.451}, {0.769, 0.0866}};
    double const limit = normal::upper_quantile(0.025);
    double excess = 0;
    for (auto const& study : studies) {
        excess += study.effect - limit * std::sqrt(study.variance);
        ASSERT_GT(study.effect, limit * std::sqrt(study.variance));
    }
    double const rate = 5 / excess;
    double before = -infinity;
    for (double const tau_squared : {0.1, 1.0, 10.0, 100.0, 1000.0}) {
        double here = 0;
        for (auto const& study : studies) {
            double const s = std::sqrt(study.variance + tau_squared);
            double const z = (study.effect + rate * tau_squared) / s;
            double const cut = (limit * std::sqrt(study.variance) + rate * tau_squared) / s;
            here += -z * z / 2 - std::log(s * std::sqrt(2 * std::numbers::pi)) - normal::log_survival(cut);
        }
        EXPECT_GT(here, before);
        before = here;
    }
    EXPECT_NEAR(before, 5 * std::log(rate) - 5, 0.01); // the exponential likelihood
    auto const result = p_uniform_star{}(studies);
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_EQ(result.message.rfind("the likelihood has no maximum", 0), 0u) << result.message;
    EXPECT_TRUE(std::isnan(result.pooled.effect));
    EXPECT_TRUE(std::isnan(result.no_effect.p_value));
    EXPECT_TRUE(std::isnan(p_uniform_star{}.mean_interval(studies, 0.95).upper));
}

TEST(SelectionModel, IsUndefinedBeyondWhatNumbersHold) {
    auto const model = selection_model{step_weights{{0.025}}};
    for (auto const& studies : {std::vector<estimate>{{1e160, 1e300}, {2e160, 1.5e300}, {-1e160, 1.1e300}},
                                std::vector<estimate>{{1e200, 1}, {-2e200, 1.5}, {0.1, 1}}}) {
        auto const result = model(studies);
        EXPECT_EQ(result.status, status::undefined);
        EXPECT_EQ(result.pooled.status, status::undefined);
        EXPECT_FALSE(result.message.empty());
    }
}

// With weights of 1 nothing is selected, and the interval is that of the plain likelihood: here of studies so
// alike that tau² is 0 at the maximum and stays there as the mean goes.
TEST(SelectionModel, IntervalsTurnWithTheSideOfSelection) {
    auto const studies = std::vector<estimate>{{0.31, 0.04}, {0.30, 0.09}, {0.29, 0.02}, {0.32, 0.05}};
    auto mirrored = studies;
    double weights = 0;
    double mean = 0;
    for (auto& study : mirrored) {
        weights += 1 / study.variance;
        mean += study.effect / study.variance;
        study.effect = -study.effect;
    }
    mean /= weights;
    auto const even = selection_model{fixed_step_weights{{0.025}, {1, 1}}};
    // A small step from the mean leaves tau² at 0: the likelihood falls by W d² / 2.
    double const level = 0.2;
    double const half = normal::upper_quantile((1 - level) / 2) / std::sqrt(weights);
    auto const interval = even.mean_interval(studies, level);
    EXPECT_RELATIVE(interval.lower, mean - half, 1e-9);
    EXPECT_RELATIVE(interval.upper, mean + half, 1e-9);
    EXPECT_EQ(even.tau_squared_interval(studies, level).lower, 0);

    auto const positive = selection_model{fixed_step_weights{{0.025}, {1, 0.3}}};
    auto const negative = selection_model{fixed_step_weights{{0.025}, {1, 0.3}}, selects_negative{}};
    auto const expected = positive.mean_interval(studies, 0.95);
    auto const turned = negative.mean_interval(mirrored, 0.95);
    EXPECT_LT(expected.lower, expected.upper);
    EXPECT_RELATIVE(turned.lower, -expected.upper, 1e-8);
    EXPECT_RELATIVE(turned.upper, -expected.lower, 1e-8);
}

TEST(SelectionModel, OnlyWeightsThatAreEstimatedHaveIntervals) {
    auto const studies =
        std::vector<estimate>{{0.5, 0.01}, {0.06, 0.02}, {0.2, 0.015}, {0.4, 0.03}, {0.3, 0.05}};
    auto const steps = selection_model{step_weights{{0.025}}};
    EXPECT_THROW((void)steps.weight_interval(studies, 0, 0.95), invalid_input); // it is 1
    EXPECT_THROW((void)steps.weight_interval(studies, 2, 0.95), invalid_input);
    EXPECT_GT(steps.weight_interval(studies, 1, 0.95).lower, 0);
    EXPECT_THROW((void)selection_model{half_normal_weights{}}.weight_interval(studies, 1, 0.95),
                 invalid_input);
}

// T = 5 of 6 with three studies: 2 * 9 - 4 * 5 + 1/4 is negative.
TEST(TrimAndFill, Q0WithoutAValueAddsNothing) {
    auto const studies = std::vector<estimate>{{0, 0.001}, {10, 1}, {11, 1}};
    auto const result = trim_and_fill{q0{}, left_side{}}(common_effect{}, studies);
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_EQ(result.added, 0u);
    EXPECT_EQ(result.filled.size(), 3u);
    EXPECT_EQ(result.pooled.effect, pool(common_effect{}, studies).effect);
    EXPECT_TRUE(std::isnan(result.missing));
}

/// An estimator of one's own: any function of the ranks.
template <class Function>
struct estimator_of {
    Function function;
    [[nodiscard]] double estimate(signed_ranks const& ranks) const { return function(ranks); }
    [[nodiscard]] static double standard_error(signed_ranks const&, double) { return 1; }
};
template <class Function>
estimator_of(Function) -> estimator_of<Function>;

TEST(TrimAndFill, WithAnEstimatorOfOnesOwnEndsInEveryCase) {
    auto const studies = std::vector<estimate>{{0.1, 0.1}, {0.2, 0.1}, {0.4, 0.1}, {0.5, 0.1}, {1.9, 0.1}};
    auto const added = [&](auto const& function) {
        return trim_and_fill{estimator_of{function}, left_side{}}(common_effect{}, studies);
    };
    // All studies, or more, can't be the counterparts of those missing.
    auto const all = added([](signed_ranks const& ranks) { return static_cast<double>(ranks.k); });
    EXPECT_EQ(all.status, status::undefined);
    EXPECT_EQ(all.added, 0u);
    // Trimming one lifts the sum of ranks above the centre, which lowers this estimate to none: a circle.
    double const limit = 8;
    auto const circle =
        added([&](signed_ranks const& ranks) { return ranks.positive_sum > limit ? 0.0 : 1.0; });
    EXPECT_EQ(circle.status, status::not_converged);
    // A number that is not whole is rounded, halves to even.
    auto const fixed = [&](double const number) {
        auto const result = added([number](signed_ranks const&) { return number; });
        EXPECT_EQ(result.status, status::ok);
        return result.added;
    };
    EXPECT_EQ(fixed(0.4), 0u);
    EXPECT_EQ(fixed(0.5), 0u);
    EXPECT_EQ(fixed(0.6), 1u);
    EXPECT_EQ(fixed(1.5), 2u);
    EXPECT_EQ(fixed(2.5), 2u);
    EXPECT_EQ(fixed(3.5), 4u);
    EXPECT_EQ(fixed(-1.5), 0u);
}

TEST(AsymmetryTests, TurnWithThePredictorsSignAndNameAStudyWithoutOne) {
    auto const studies =
        std::vector<estimate>{{0.1, 0.04}, {0.3, 0.09}, {0.5, 0.16}, {0.2, 0.02}, {0.9, 0.25}, {0.1, 0.3}};
    auto const minus = [](auto const& study) { return -standard_error(study); };
    auto const check = [&](auto const& test, auto const& mirrored) {
        auto const expected = test(studies);
        auto const actual = mirrored(studies);
        EXPECT_EQ(actual.status, status::ok);
        EXPECT_RELATIVE(actual.slope, -expected.slope, 1e-12);
        EXPECT_RELATIVE(actual.p_value, expected.p_value, 1e-11);
        EXPECT_RELATIVE(actual.intercept.effect, expected.intercept.effect, 1e-12);
    };
    check(egger_test{by_standard_error{}, estimated_dispersion{}}, egger_test{minus, estimated_dispersion{}});
    check(egger_test{by_standard_error{}, unit_dispersion{}}, egger_test{minus, unit_dispersion{}});
    check(egger_test{by_standard_error{}, additive_dispersion{}}, egger_test{minus, additive_dispersion{}});

    auto const none = [](auto const&) { return 0.0; };
    EXPECT_EQ((egger_test{none, unit_dispersion{}}(studies).status), status::undefined);
    EXPECT_EQ((egger_test{none, additive_dispersion{}}(studies).status), status::undefined);
    auto const lost = [](auto const& study) { return study.effect > 0.4 ? NAN : 1.0; };
    try {
        (void)egger_test{lost}(studies);
        ADD_FAILURE() << "a predictor that is no number was taken";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 2u);
    }
}

TEST(AsymmetryTests, AreUndefinedForTooFewStudies) {
    auto const one = std::vector<estimate>{{0.1, 0.04}};
    auto const two = std::vector<estimate>{{0.1, 0.04}, {0.3, 0.09}};
    EXPECT_EQ((egger_test{by_standard_error{}, unit_dispersion{}}(one).status), status::undefined);
    EXPECT_EQ((egger_test{by_standard_error{}, additive_dispersion{}}(two).status), status::undefined);
    EXPECT_EQ(begg_test{}(one).status, status::undefined);
    EXPECT_TRUE(std::isnan(begg_test{}(one).p_value));
    auto const limit = limit_meta_analysis{}(two);
    EXPECT_EQ(limit.status, status::undefined);
    EXPECT_TRUE(std::isnan(limit.pooled.effect));
    EXPECT_TRUE(std::isnan(limit.bias));
    EXPECT_EQ((egger_test{by_standard_error{}, unit_dispersion{}}(two).status), status::undefined);
}

// Without events in one arm of every trial the common odds ratio is 0 or infinite, and no count is expected.
TEST(AsymmetryTests, OfTablesWithoutACommonOddsRatioAreUndefined) {
    auto const none =
        std::vector<two_arms<events>>{{{0, 10}, {2, 12}}, {{0, 20}, {3, 22}}, {{0, 30}, {1, 22}}};
    EXPECT_EQ(schwarzer_test{}(none).status, status::undefined);
    auto const other =
        std::vector<two_arms<events>>{{{2, 10}, {0, 12}}, {{3, 20}, {0, 22}}, {{1, 30}, {0, 22}}};
    EXPECT_EQ(schwarzer_test{}(other).status, status::undefined);
    EXPECT_TRUE(std::isnan(schwarzer_test{}(other).p_value));
}

TEST(FailSafeN, OrwinsTargetIsNotZero) {
    auto const studies = std::vector<estimate>{{0.5, 1}, {0.7, 1}};
    EXPECT_THROW((void)fail_safe_n(orwin{0.0}, studies), invalid_input);
    EXPECT_RELATIVE(fail_safe_n(orwin{0.2}, studies).exact, 4, 1e-12);
    EXPECT_EQ(fail_safe_n(orwin{0.7}, studies).n, 0); // the mean is below it already
}

// 'p < 0.05 by the half curve, or both below 0.1': each of the ways, by the z whose one-sided p is given.
TEST(PCurve, EvidentialValueIsByEitherRule) {
    auto const of = [](std::vector<double> const& one_sided) {
        auto studies = std::vector<estimate>{};
        for (double const p : one_sided) {
            studies.push_back({normal::upper_quantile(p), 1});
        }
        return p_curve{}(studies);
    };
    // One study: p of the curve is its own by 0.025, of the half curve by 0.0125.
    auto const both = of({0.0125 * 0.07});
    EXPECT_RELATIVE(both.right_skew.p_value, 0.035, 1e-10);
    EXPECT_RELATIVE(both.half_right_skew.p_value, 0.07, 1e-10);
    EXPECT_TRUE(both.evidential_value);
    EXPECT_TRUE(of({0.0125 * 0.04}).evidential_value);
    EXPECT_FALSE(of({0.0125 * 0.2}).evidential_value);
    // Beside a result that is barely significant the whole curve is flat.
    auto const half_alone = of({0.0125 * 0.07, 0.0249});
    EXPECT_RELATIVE(half_alone.half_right_skew.p_value, 0.07, 1e-10);
    EXPECT_GT(half_alone.right_skew.p_value, 0.5);
    EXPECT_FALSE(half_alone.evidential_value);
}

TEST(PCurve, OfRatiosBeyondWhatNumbersHoldIsUndefined) {
    auto const beyond = p_curve{}(std::vector<estimate>{{1e200, 1e-300}, {3, 1}});
    EXPECT_EQ(beyond.right_skew.status, status::undefined);
    EXPECT_TRUE(std::isnan(beyond.right_skew.p_value));
    // A z whose square is: the condition on significance is below its last digit.
    auto const far = p_curve{}(std::vector<estimate>{{1e180, 1}});
    EXPECT_EQ(far.right_skew.status, status::ok);
    EXPECT_RELATIVE(far.right_skew.statistic, -1e180, 1e-15);
}

// The squares of such effects are beyond double, so that the model has no mean.
std::vector<estimate> const beyond_squares = {{1e160, 0.1}, {-1e160, 0.2}, {2e160, 0.3}, {-3e160, 0.2}};

TEST(TrimAndFill, IsUndefinedWhereTheModelIs) {
    auto const result = trim_and_fill{}(random_effects{}, beyond_squares);
    ASSERT_EQ(pool(random_effects{}, beyond_squares).status, status::undefined);
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_EQ(result.added, 0U);
    EXPECT_TRUE(std::isnan(result.missing));
    EXPECT_TRUE(std::isnan((trim_and_fill{r0{}, left_side{}}(random_effects{}, beyond_squares).p_value)));
    auto const studies =
        std::vector<estimate>{{0.1, 0.01}, {0.9, 0.2}, {0.5, 0.1}, {0.2, 0.02}, {1.4, 0.3}, {0.3, 0.05}};
    auto const soon = random_effects{reml{.max_iterations = 1}};
    ASSERT_EQ(pool(soon, studies).status, status::not_converged);
    EXPECT_EQ(trim_and_fill{}(soon, studies).status, status::not_converged);
}

TEST(ExcessSignificance, IsUndefinedWhereTheModelIs) {
    auto const result = excess_significance<random_effects<>>{}(beyond_squares);
    EXPECT_EQ(result.status, status::undefined);
    for (double const number :
         {result.statistic, result.p_value, result.exact_p_value, result.binomial_p_value}) {
        EXPECT_TRUE(std::isnan(number));
    }
    EXPECT_EQ(excess_significance{}(std::vector<estimate>{{0.1, 0.2}, {1, 0.1}}).status, status::ok);
}

TEST(RankTests, RefuseACorrectionThatIsNone) {
    auto const studies = std::vector<estimate>{{0.1, 0.2}, {0.4, 0.3}, {0.3, 0.1}, {0.9, 0.7}};
    auto const trials =
        std::vector<two_arms<events>>{{{3, 10}, {5, 12}}, {{6, 20}, {9, 19}}, {{1, 8}, {4, 9}}};
    for (double const continuity : {std::nan(""), -1.0, infinity}) {
        auto const by = normal_rank_distribution{continuity};
        EXPECT_THROW((void)begg_test{by}(studies), invalid_input) << continuity;
        EXPECT_THROW((void)schwarzer_test{by}(trials), invalid_input) << continuity;
    }
}

// Studies without an effect take the mean towards 0 and no further.
TEST(FailSafeN, OrwinsTargetOnTheOtherSideIsNeverReached) {
    auto const studies = std::vector<estimate>{{0.3, 0.1}, {0.5, 0.2}, {0.1, 0.1}};
    EXPECT_EQ(fail_safe_n(orwin{-0.1}, studies).n, infinity);
    EXPECT_EQ(fail_safe_n(orwin{0.1}, studies).n, 6);
    EXPECT_EQ(fail_safe_n(orwin{0.4}, studies).n, 0);
    auto const opposite = std::vector<estimate>{{-0.3, 0.1}, {-0.5, 0.2}, {-0.1, 0.1}};
    EXPECT_EQ(fail_safe_n(orwin{0.1}, opposite).n, infinity);
    EXPECT_EQ(fail_safe_n(orwin{-0.1}, opposite).n, 6);
}

} // namespace
} // namespace accrue::test_small_study_undetermined
