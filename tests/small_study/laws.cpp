// What must hold of tests of asymmetry, trim and fill and the regression models of small-study effects,
// whatever the data.

#include "support/relative.hpp"
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/model.hpp>
#include <accrue/sequential.hpp>
#include <accrue/small_study.hpp>
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_small_study_laws {
namespace {

std::vector<estimate> random_studies(std::size_t const k, unsigned const seed) {
    auto engine = std::mt19937(seed);
    auto uniform = std::uniform_real_distribution<double>(0.01, 0.3);
    auto standard = std::normal_distribution<double>();
    std::vector<estimate> studies;
    for (std::size_t i = 0; i < k; ++i) {
        double const variance = uniform(engine);
        studies.push_back({0.2 + std::sqrt(variance + 0.05) * standard(engine), variance});
    }
    return studies;
}

template <class Change>
std::vector<estimate> changed(std::vector<estimate> studies, Change const& change) {
    for (auto& study : studies) {
        study = change(study);
    }
    return studies;
}

double mean_of(std::vector<estimate> const& studies) {
    double total = 0;
    for (auto const& study : studies) {
        total += study.effect;
    }
    return total / static_cast<double>(studies.size());
}

auto dl() {
    return random_effects{dersimonian_laird{}};
}

/// Calls visit(name, test) for tests of each kind.
template <class Visit>
void for_each_test(Visit const& visit) {
    visit("lm", egger_test{});
    visit("unit", egger_test{by_standard_error{}, unit_dispersion{}});
    visit("reml", egger_test{by_standard_error{}, additive_dispersion{}});
    visit("dl", egger_test{by_variance{}, additive_dispersion{dersimonian_laird{}}});
    visit("pm", egger_test{by_variance{}, additive_dispersion{paule_mandel{}}});
    visit("ml", egger_test{by_standard_error{}, additive_dispersion{maximum_likelihood{}}});
}

TEST(AsymmetryTests, AreEquivariantUnderShiftScaleFlipAndOrder) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        auto const studies = random_studies(4 + seed, seed);
        auto const shifted = changed(studies, [](estimate s) { return estimate{s.effect + 3, s.variance}; });
        auto const scaled = changed(studies, [](estimate s) {
            return estimate{s.effect * 1e8, s.variance * 1e16};
        });
        auto const flipped = changed(studies, [](estimate s) { return estimate{-s.effect, s.variance}; });
        auto reordered = studies;
        std::shuffle(reordered.begin(), reordered.end(), std::mt19937(seed));
        for_each_test([&](std::string const& name, auto const& test) {
            SCOPED_TRACE(name + " " + std::to_string(seed));
            auto const original = test(studies);
            ASSERT_EQ(original.status, status::ok);
            auto const close = [&](auto const& other, double const sign) {
                EXPECT_NEAR(other.statistic, sign * original.statistic, 1e-7);
                EXPECT_NEAR(other.p_value, original.p_value, 1e-7);
            };
            close(test(shifted), 1);
            close(test(scaled), 1);
            close(test(flipped), -1);
            close(test(reordered), 1);
            EXPECT_NEAR(test(shifted).intercept.effect, original.intercept.effect + 3, 1e-7);
            EXPECT_NEAR(std::exp(original.log_p_value), original.p_value, 1e-12);
        });
        auto const ranks = begg_test{}(studies);
        EXPECT_DOUBLE_EQ(begg_test{}(scaled).p_value, ranks.p_value);
        EXPECT_DOUBLE_EQ(begg_test{}(flipped).tau, -ranks.tau);
        EXPECT_DOUBLE_EQ(begg_test{}(shifted).score, ranks.score);
    }
}

TEST(AsymmetryTests, AdditiveDispersionWithoutHeterogeneityIsUnitDispersion) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        auto const studies = random_studies(12, seed);
        auto const additive =
            egger_test{by_standard_error{}, additive_dispersion{basic_fixed_tau_squared<double>{0}}}(studies);
        auto const unit = egger_test{by_standard_error{}, unit_dispersion{}}(studies);
        EXPECT_RELATIVE(additive.statistic, unit.statistic, 1e-11);
        // The same slope, with a standard error in another ratio.
        auto const estimated = egger_test{}(studies);
        EXPECT_RELATIVE(estimated.slope, unit.slope, 1e-12);
        EXPECT_RELATIVE(limit_meta_analysis{basic_fixed_tau_squared<double>{0}}(studies).pooled.effect,
                        unit.intercept.effect, 1e-10);
    }
}

TEST(AsymmetryTests, ResidualHeterogeneityIsThatOfTheFitWithTwoColumnsWrittenOut) {
    // DerSimonian and Laird about a line: tau² = (Q - (k - 2)) / (tr W - tr (X'WX)^-1 X'W²X), matrices by
    // hand.
    for (unsigned seed = 1; seed <= 20; ++seed) {
        auto const studies = random_studies(15, seed);
        double w0 = 0, w1 = 0, w2 = 0, v0 = 0, v1 = 0, v2 = 0;
        for (auto const& s : studies) {
            double const x = std::sqrt(s.variance);
            double const w = 1 / s.variance;
            w0 += w, w1 += w * x, w2 += w * x * x;
            v0 += w * w, v1 += w * w * x, v2 += w * w * x * x;
        }
        double const det = w0 * w2 - w1 * w1;
        double const trace = w0 - (w2 * v0 - 2 * w1 * v1 + w0 * v2) / det;
        auto const line = egger_test{by_standard_error{}, unit_dispersion{}}(studies);
        double q = 0;
        for (auto const& s : studies) {
            double const r = s.effect - line.intercept.effect - line.slope * std::sqrt(s.variance);
            q += r * r / s.variance;
        }
        double const expected = (std::max)(0.0, (q - 13) / trace);
        auto const test = egger_test{by_standard_error{}, additive_dispersion{dersimonian_laird{}}}(studies);
        EXPECT_RELATIVE(test.tau_squared, expected, 1e-9, 1e-12);
    }
}

TEST(AsymmetryTests, PValuesInTheFarTailKeepTheirLogarithm) {
    std::vector<estimate> studies;
    for (int i = 1; i <= 10; ++i) {
        double const error = 0.1 * i;
        studies.push_back({100 * error, error * error});
    }
    auto const test = egger_test{by_standard_error{}, unit_dispersion{}}(studies);
    EXPECT_LT(test.p_value, 1e-300);
    EXPECT_LT(test.log_p_value, -700);
    EXPECT_TRUE(std::isfinite(test.log_p_value));
    // Exactly on a line no dispersion can be estimated.
    EXPECT_EQ(egger_test{}(studies).status, status::undefined);
    EXPECT_TRUE(std::isnan(egger_test{}(studies).p_value));
    EXPECT_NEAR(egger_test{}(studies).slope, 100, 1e-10);
}

TEST(AsymmetryTests, AreUndefinedWhereNothingVariesAndForTwoStudies) {
    auto const same = std::vector<estimate>{{0.1, 0.04}, {0.3, 0.04}, {0.2, 0.04}, {0.5, 0.04}};
    EXPECT_EQ(egger_test{}(same).status, status::undefined);
    EXPECT_TRUE(std::isnan(egger_test{}(same).statistic));
    EXPECT_EQ((egger_test{by_standard_error{}, additive_dispersion{}}(same).status), status::undefined);
    EXPECT_EQ(begg_test{}(same).status, status::undefined);
    EXPECT_EQ(limit_meta_analysis{}(same).status, status::undefined);
    auto const two = std::vector<estimate>{{0.1, 0.04}, {0.3, 0.09}};
    EXPECT_EQ(egger_test{}(two).status, status::undefined);
    EXPECT_EQ(egger_test{}(two).k, 2u);
    EXPECT_EQ((egger_test{by_standard_error{}, unit_dispersion{}}(two).status), status::undefined);
    EXPECT_EQ((egger_test{by_standard_error{}, additive_dispersion{}}(two).status), status::undefined);
    auto const nothing = std::vector<two_arms<events>>{{{0, 10}, {0, 12}}, {{0, 20}, {0, 22}}};
    EXPECT_EQ(harbord_test{}(nothing).status, status::undefined);
    EXPECT_EQ(peters_test{}(nothing).status, status::undefined);
    EXPECT_EQ(schwarzer_test{}(nothing).status, status::undefined);
}

TEST(AsymmetryTests, NameTheStudyThatIsInvalid) {
    auto studies = random_studies(5, 1);
    studies[2].variance = -1;
    auto const place_of = [](auto const& call) -> std::size_t {
        try {
            call();
        } catch (invalid_input const& error) {
            return error.study().value_or(99);
        }
        return 100;
    };
    EXPECT_EQ(place_of([&] { (void)egger_test{}(studies); }), 2u);
    EXPECT_EQ(place_of([&] { (void)begg_test{}(studies); }), 2u);
    EXPECT_EQ(place_of([&] { (void)trim_and_fill{}(common_effect{}, studies); }), 2u);
    EXPECT_EQ(place_of([&] { (void)fail_safe_n(rosenthal{}, studies); }), 2u);
    EXPECT_EQ(place_of([&] { (void)excess_significance{}(studies); }), 2u);
    auto const good = random_studies(3, 2);
    EXPECT_EQ(place_of([&] {
                  (void)egger_test{by_participants{}}(good, std::vector<double>{10, 0, 12});
              }),
              1u);
    EXPECT_EQ(place_of([&] { (void)egger_test{by_participants{}}(good, std::vector<double>{10, 12}); }), 99u);
    auto const trials = std::vector<two_arms<events>>{{{1, 10}, {2, 12}}, {{30, 20}, {0, 22}}};
    EXPECT_EQ(place_of([&] { (void)harbord_test{}(trials); }), 1u);
    auto const fractions = std::vector<two_arms<events>>{{{1.5, 10}, {2, 12}}, {{3, 20}, {0, 22}}};
    EXPECT_EQ(place_of([&] { (void)schwarzer_test{}(fractions); }), 0u);
    EXPECT_EQ(place_of([&] { (void)funnel_contour{1.5}.at(0.1); }), 99u);
}

TEST(RankTest, ExactPValueIsThatOfAllOrders) {
    auto studies = random_studies(6, 7);
    auto const test = begg_test{}(studies);
    ASSERT_TRUE(test.exact);
    // Every order of one list against the other is equally likely.
    std::vector<double> order(6);
    std::iota(order.begin(), order.end(), 0.0);
    auto const fixed = order;
    int as_extreme = 0;
    int all = 0;
    do {
        auto const score = detail::kendall_score(fixed, order).score;
        bool const smaller = test.score < 0 ? score <= test.score : score >= test.score;
        as_extreme += smaller ? 1 : 0;
        ++all;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_RELATIVE(test.p_value, (std::min)(1.0, 2.0 * as_extreme / all), 1e-12);
}

TEST(RankTest, ContinuityMakesItMoreCautious) {
    auto const studies = random_studies(30, 3);
    auto const plain = begg_test{normal_rank_distribution{}}(studies);
    auto const corrected = begg_test{normal_rank_distribution{.continuity = 1}}(studies);
    EXPECT_GT(corrected.p_value, plain.p_value);
    EXPECT_NEAR(std::abs(plain.score) - 1, std::abs(corrected.statistic) * corrected.score_standard_error,
                1e-9);
}

TEST(TrimAndFill, OfSymmetricStudiesAddsNone) {
    std::vector<estimate> studies;
    for (int i = 1; i <= 8; ++i) {
        double const distance = 0.07 * i * (i % 3 + 1);
        studies.push_back({0.4 + distance, 0.01 * i});
        studies.push_back({0.4 - distance, 0.01 * i});
    }
    auto const check = [&](auto const& procedure) {
        auto const result = procedure(random_effects{}, studies);
        EXPECT_EQ(result.added, 0u);
        EXPECT_EQ(result.status, status::ok);
        EXPECT_EQ(result.filled.size(), studies.size());
        EXPECT_EQ(result.pooled.effect, pool(random_effects{}, studies).effect);
    };
    check(trim_and_fill{});
    check(trim_and_fill{l0{}, left_side{}});
    check(trim_and_fill{q0{}, right_side{}});
    check(trim_and_fill{r0{}, left_side{}});
}

// Of three the ranks are 1 for the one at the centre, which is on no side, and 2.5 for the others:
// (4 * 2.5 - 3 * 4) / (2 * 3 - 1).
TEST(TrimAndFill, AStudyAtTheCentreIsOnNoSide) {
    auto const studies = std::vector<estimate>{{-1, 0.1}, {0, 0.1}, {1, 0.1}};
    EXPECT_RELATIVE(trim_and_fill{}(common_effect{}, studies).missing, -0.4, 1e-14);
}

// Some options may be left out, in braces or by name, wherever the compiler deduces from members.
#if !defined(__clang__) || __clang_major__ >= 17
TEST(SmallStudyMethods, TakeSomeOptionsOrAll) {
    EXPECT_EQ(pet_peese{0.2}.significance, 0.2);
    EXPECT_EQ(pet_peese{.dispersion = unit_dispersion{}}.significance, 0.1);
    EXPECT_EQ(excess_significance{0.1}.significance, 0.1);
    EXPECT_EQ(excess_significance{.model = random_effects{}}.significance, 0.05);
    EXPECT_EQ(p_uniform_star{0.05}.significance, 0.05);
    EXPECT_EQ(p_uniform_star{.side = selects_positive{}}.significance, 0.025);
    EXPECT_EQ((pampallona_tsiatis{0.2, 0.1}.efficacy_delta), 0.1);
    EXPECT_EQ(pampallona_tsiatis{.type_two_error = 0.2}.type_two_error, 0.2);
    EXPECT_EQ(pampallona_tsiatis{.rule = non_binding{}}.type_two_error, 0.1);
    EXPECT_EQ(quantile_spending{.distribution = logistic{}}.slope, 1);
}
#endif

TEST(SmallStudyMethods, TakeAllOptionsInBraces) {
    EXPECT_EQ((pet_peese{0.2, unit_dispersion{}}.significance), 0.2);
    EXPECT_EQ((excess_significance{0.1, random_effects{}}.significance), 0.1);
    EXPECT_EQ((p_uniform_star{0.05, selects_positive{}}.significance), 0.05);
    EXPECT_EQ((pampallona_tsiatis{0.2, 0.0, 0.1, non_binding{}}.futility_delta), 0.1);
    EXPECT_EQ((quantile_spending{0.0, 2.0, logistic{}}.slope), 2);
}

/// A model that finds 0 whatever the studies are.
struct always_zero {
    [[nodiscard]] pooled operator()(study_evidence<double> const& studies) const {
        auto result = common_effect{}(studies);
        result.effect = 0;
        return result;
    }
};

// The largest rank below is 3.5, as 3 and -3 share the ranks 3 and 4: 9 - 3.5 - 1, of which the even
// neighbour is taken.
TEST(TrimAndFill, HalfAStudyIsRoundedToTheEvenNumber) {
    auto studies = std::vector<estimate>{};
    for (double const effect : {1, -2, 3, -3, 5, 6, 7, 8, 9}) {
        studies.push_back({effect, 0.1});
    }
    auto const result = trim_and_fill{r0{}, left_side{}}(always_zero{}, studies);
    EXPECT_EQ(result.missing, 4.5);
    EXPECT_EQ(result.added, 4U);
}

TEST(TrimAndFill, MirrorsTheSideAndMovesWithTheEffects) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        auto const studies = random_studies(15, seed);
        auto const flipped = changed(studies, [](estimate s) { return estimate{-s.effect, s.variance}; });
        auto const moved = changed(studies, [](estimate s) { return estimate{s.effect + 8, s.variance}; });
        auto const scaled = changed(studies, [](estimate s) {
            return estimate{s.effect * 1024, s.variance * 1048576};
        });
        auto reversed = studies;
        std::reverse(reversed.begin(), reversed.end());
        auto const left = trim_and_fill{l0{}, left_side{}}(dl(), studies);
        EXPECT_EQ(pool(dl(), left.filled).effect, left.pooled.effect);
        auto const right = trim_and_fill{l0{}, right_side{}}(dl(), flipped);
        EXPECT_EQ(right.added, left.added);
        EXPECT_NEAR(right.pooled.effect, -left.pooled.effect, 1e-12);
        EXPECT_NEAR((trim_and_fill{l0{}, left_side{}}(dl(), moved).pooled.effect), left.pooled.effect + 8,
                    1e-10);
        EXPECT_NEAR((trim_and_fill{l0{}, left_side{}}(dl(), scaled).pooled.effect) / 1024, left.pooled.effect,
                    1e-12);
        EXPECT_NEAR((trim_and_fill{l0{}, left_side{}}(dl(), reversed).pooled.effect), left.pooled.effect,
                    1e-12);
        // Filled studies are mirror images of observed ones.
        for (std::size_t i = studies.size(); i < left.filled.size(); ++i) {
            EXPECT_LT(left.filled[i].effect, left.pooled.effect);
        }
    }
}

TEST(TrimAndFill, FindsStudiesThatWereTakenAway) {
    std::vector<estimate> studies;
    for (int i = 1; i <= 10; ++i) {
        double const distance = 0.05 * i;
        studies.push_back({0.1 + distance, 0.004 * i});
        if (i < 7) {
            studies.push_back({0.1 - distance, 0.004 * i});
        }
    }
    auto const result = trim_and_fill{}(common_effect{}, studies);
    EXPECT_FALSE(result.right);
    EXPECT_GE(result.added, 3u);
    EXPECT_LT(result.pooled.effect, pool(common_effect{}, studies).effect);
}

TEST(TrimAndFill, TrimsOfEqualEffectsThoseGivenLast) {
    std::vector<estimate> studies;
    for (int i = 0; i < 30; ++i) {
        studies.push_back({i % 3 == 0 ? 1.0 : 0.001 * i, 0.05 + 0.001 * i});
    }
    auto const holds = [&](auto const& result) {
        ASSERT_GE(result.added, 2u);
        ASSERT_LE(result.added, 10u); // there are no more of the effect 1
        for (std::size_t i = 0; i < result.added; ++i) {
            EXPECT_EQ(result.filled[studies.size() + i].variance,
                      studies[3 * (10 - result.added + i)].variance);
        }
    };
    holds(trim_and_fill{l0{}, left_side{}}(common_effect{}, studies));
    for (auto& study : studies) {
        study.effect = -study.effect;
    }
    holds(trim_and_fill{l0{}, right_side{}}(common_effect{}, studies));
}

TEST(FailSafeN, AddingThatManyNullStudiesUndoesTheResult) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        auto studies = changed(random_studies(12, seed), [](estimate s) {
            return estimate{s.effect + 0.5, s.variance};
        });
        auto const number = fail_safe_n(rosenthal{}, studies);
        auto const combined = [](std::vector<estimate> const& all) {
            double total = 0;
            for (auto const& s : all) {
                total += s.effect / std::sqrt(s.variance);
            }
            return normal::survival(total / std::sqrt(static_cast<double>(all.size())));
        };
        EXPECT_RELATIVE(number.p_value, combined(studies), 1e-12);
        auto enough = studies;
        enough.insert(enough.end(), static_cast<std::size_t>(number.n), estimate{0, 1});
        EXPECT_GE(combined(enough), 0.05 - 1e-12);
        enough.pop_back();
        EXPECT_LT(combined(enough), 0.05);
        EXPECT_RELATIVE(fail_safe_n(orwin{.target = 0.1}, studies).exact, 12 * (mean_of(studies) - 0.1) / 0.1,
                        1e-12);
    }
    EXPECT_THROW((void)fail_safe_n(rosenthal{.significance = 5}, random_studies(3, 1)), invalid_input);
    EXPECT_THROW((void)fail_safe_n(orwin{.target = 0.0}, random_studies(3, 1)), invalid_input);
}

// The power of each rounds to 1, and what it lacks to 0: as many are significant as expected.
TEST(ExcessSignificance, OfStudiesThatCannotFailToBeSignificantIsNothing) {
    for (double const effect : {30.0, 100.0, 1e4}) {
        auto const result =
            excess_significance{}(std::vector<estimate>{{effect, 1}, {effect + 1, 2}, {effect, 0.5}});
        EXPECT_EQ(result.observed, 3u);
        EXPECT_NEAR(result.statistic, 0, 1e-80);
        EXPECT_NEAR(result.p_value, 0.5, 1e-15);
        EXPECT_NEAR(result.exact_p_value, 1, 1e-15);
    }
}

TEST(ExcessSignificance, ExactDistributionIsThatOfIndependentStudies) {
    auto const studies = random_studies(9, 5);
    auto const result = excess_significance{}(studies);
    double total = 0;
    for (unsigned outcome = 0; outcome < 512; ++outcome) {
        double probability = 1;
        std::size_t count = 0;
        for (std::size_t i = 0; i < 9; ++i) {
            bool const significant = (outcome >> i & 1U) != 0;
            count += significant ? 1U : 0U;
            probability *= significant ? result.powers[i] : 1 - result.powers[i];
        }
        total += count >= result.observed ? probability : 0;
    }
    EXPECT_RELATIVE(result.exact_p_value, total, 1e-11);
    EXPECT_RELATIVE(std::accumulate(result.powers.begin(), result.powers.end(), 0.0), result.expected, 1e-13);
}

TEST(PetPeese, TakesPeeseWhereThereIsAnEffectAndPetWhereThereIsNone) {
    std::vector<estimate> effect;
    std::vector<estimate> none;
    for (int i = 1; i <= 20; ++i) {
        double const error = 0.02 * i;
        double const wiggle = 0.3 * error * (i % 2 == 0 ? 1 : -1);
        effect.push_back({1 + error + wiggle, error * error});
        none.push_back({error + wiggle, error * error});
    }
    auto const found = pet_peese<>{}(effect);
    EXPECT_TRUE(found.peese_chosen);
    EXPECT_EQ(found.pooled.effect, (egger_test{by_variance{}}(effect).intercept.effect));
    auto const not_found = pet_peese<>{}(none);
    EXPECT_FALSE(not_found.peese_chosen);
    EXPECT_EQ(not_found.pooled.effect, egger_test{}(none).intercept.effect);
    EXPECT_TRUE(confidence_interval(not_found.pooled, 0.95).contains(0));
}

TEST(LimitMetaAnalysis, IsTheRegressionOnTheWholeStandardDeviation) {
    auto const studies = random_studies(25, 11);
    auto const result = limit_meta_analysis{dersimonian_laird{}}(studies);
    double const t = result.pooled.tau_squared;
    ASSERT_GT(t, 0);
    // Normal equations by hand, of y/s on 1/s and 1.
    double a = 0, b = 0, c = 0, d = 0, e = 0;
    for (auto const& s : studies) {
        double const precision = 1 / std::sqrt(s.variance + t);
        double const radial = s.effect * precision;
        a += precision * precision, b += precision, c += 1, d += precision * radial, e += radial;
    }
    double const mean = (c * d - b * e) / (a * c - b * b);
    double const bias = (a * e - b * d) / (a * c - b * b);
    EXPECT_RELATIVE(result.mean, mean, 1e-9);
    EXPECT_RELATIVE(result.p_value_residual, (basic_chi_squared<double>{23.0}.survival(result.q_residual)),
                    1e-14);
    EXPECT_RELATIVE(result.bias, bias, 1e-9);
    EXPECT_RELATIVE(result.pooled.effect, mean + bias * std::sqrt(t), 1e-9);
    EXPECT_RELATIVE(result.q_small_study + result.q_residual, result.q, 1e-10);
    EXPECT_EQ(result.limits.size(), studies.size());
}

TEST(FunnelContour, HoldsTheStudiesWithLargerPValues) {
    for (auto const& study : random_studies(50, 4)) {
        double const p = std::erfc(std::abs(study.effect) / std::sqrt(2 * study.variance));
        EXPECT_EQ(funnel_contour{0.05}.contains(study), p >= 0.05);
        EXPECT_EQ((funnel_contour{.p_value = 0.01}.contains(study)), p >= 0.01);
    }
    EXPECT_EQ((funnel_contour{0.05, 0.3}.at(0.0).lower), 0.3);
}

} // namespace
} // namespace accrue::test_small_study_laws
