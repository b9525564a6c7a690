// Whatever finite data are pooled: a result that is ok is finite, and it is right where it can be known.

#include "support/relative.hpp"
#include <accrue/batch/pool_each.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_model_extreme_data {
namespace {

using list = std::vector<estimate>;

template <class Check>
void for_each_estimator(Check const& check) {
    check("reml", reml{});
    check("ml", maximum_likelihood{});
    check("pm", paule_mandel{});
    check("mupm", median_unbiased_paule_mandel{});
    check("dl", dersimonian_laird{});
    check("dl2", two_step{});
    check("he", hedges_olkin{});
    check("q", generalised_q{});
    check("hm", hartung_makambi{});
    check("hs", hunter_schmidt{});
    check("sj", sidik_jonkman{});
    check("sj2", two_step_sidik_jonkman{});
}

// With two studies the contrast is all there is: 2 tau² + v1 + v2 = d² for REML, Paule and Mandel,
// DerSimonian and Laird.
TEST(ExtremeData, OfAVarianceBelowAllOthersKeepTheEstimate) {
    for (double const tiny : {1e-3, 1e-12, 1e-24, 1e-40, 1e-100, 1e-165, 1e-300}) {
        auto const studies = list{{0, tiny}, {2, 1}};
        auto const evidence = detail::as_evidence(studies);
        auto accumulator = evidence_accumulator{};
        accumulator.add(studies[0]).add(studies[1]);
        auto const expect = [&](auto const& estimator) {
            EXPECT_RELATIVE(estimator(evidence).value, (3 - tiny) / 2, 1e-12) << tiny;
            EXPECT_RELATIVE(estimator(accumulator).value, (3 - tiny) / 2, 1e-12) << tiny;
            EXPECT_EQ(estimator(evidence).status, status::ok);
        };
        expect(reml{});
        expect(paule_mandel{});
        expect(dersimonian_laird{});
    }
}

// Units that make variances as small as doubles are change nothing, also where one study is 10^22 times as
// precise as another.
TEST(ExtremeData, OfAnyUnitKeepTheEstimate) {
    auto generator = std::mt19937_64(3);
    auto exponent = std::uniform_real_distribution<>(0, 1);
    auto normal = std::normal_distribution<>();
    for (int set = 0; set < 300; ++set) {
        auto studies = list(2 + generator() % 5);
        double const decades = set % 3 == 0 ? 2 : set % 3 == 1 ? 12 : 22;
        for (auto& [effect, variance] : studies) {
            variance = std::pow(10, decades * exponent(generator));
            effect = std::pow(10, decades * exponent(generator) / 2) * normal(generator);
        }
        double const smaller = std::ldexp(1, -510); // its square is 9e-308
        auto scaled = studies;
        for (auto& [effect, variance] : scaled) {
            effect *= smaller;
            variance *= smaller;
            variance *= smaller;
        }
        auto const expect = [&](std::string const& name, auto const& estimator) {
            auto const found = estimator(detail::as_evidence(scaled));
            EXPECT_EQ(found.status, status::ok) << name;
            // Estimates below 2e-308 have fewer digits, and below 5e-324 none.
            EXPECT_RELATIVE(found.value / smaller / smaller, estimator(detail::as_evidence(studies)).value,
                            1e-8, 1e-16)
                << name << ", set " << set;
        };
        for_each_estimator([&](std::string const& name, auto const& estimator) {
            if (name != "sj2") { // its least start is in units of the effect
                expect(name, estimator);
            }
        });
    }
}

// Beyond a ratio of 1e15 nothing changes any more but what is by its formula a power of the tiny variance.
TEST(ExtremeData, OfThreeStudiesApproachALimit) {
    auto const with = [](double const tiny) { return list{{0.3, tiny}, {2, 1}, {1, 1.5}}; };
    auto const reference = with(1e-15);
    for (double const tiny : {1e-24, 1e-30, 1e-60, 1e-200, 1e-307}) {
        auto const studies = with(tiny);
        for_each_estimator([&](std::string const& name, auto const& estimator) {
            if (name == "q" || name == "hs") {
                return;
            }
            EXPECT_RELATIVE(estimator(detail::as_evidence(studies)).value,
                            estimator(detail::as_evidence(reference)).value, 1e-11)
                << name << " " << tiny;
        });
        EXPECT_RELATIVE(influence(common_effect{}, studies)[0].standardised_residual, -1.678292783, 1e-9)
            << tiny;
        auto const interval = tau_squared_interval(q_profile{}, studies, 0.95);
        EXPECT_RELATIVE(interval.upper, tau_squared_interval(q_profile{}, reference, 0.95).upper, 1e-11)
            << tiny;
    }
}

TEST(ExtremeData, WhoseSquaresOverflowAreUndefined) {
    for (auto const& studies : {list{{1e308, 1}, {-1e308, 1}}, list{{0, 1}, {1e160, 1}, {-1e160, 1}},
                                list{{0, 1}, {1.7e308, 1}, {1.7e308, 1}}, list{{0, 1}, {1e200, 1}}}) {
        for_each_estimator([&](char const* const name, auto const& estimator) {
            EXPECT_EQ(estimator(detail::as_evidence(studies)).status, status::undefined) << name;
            EXPECT_EQ(pool(random_effects{estimator}, studies).status, status::undefined) << name;
        });
        EXPECT_EQ(pool(henmi_copas{}, studies).status, status::undefined);
        EXPECT_EQ(tau_squared_interval(q_profile{}, studies, 0.95).status, status::undefined);
        EXPECT_EQ(tau_squared_interval(generalised_q_profile<>{}, studies, 0.95).status, status::undefined);
        EXPECT_EQ(tau_squared_interval(profile_likelihood<>{}, studies, 0.95).status, status::undefined);
    }
    auto const far = heterogeneity(list{{0, 1}, {1e200, 1}});
    EXPECT_RELATIVE(far.i_squared, 1.0, 0);
    EXPECT_RELATIVE(far.p_value, 0.0, 0);
}

// One study as much more precise as may be: the statistic of Henmi and Copas then is nearly that of a
// variance estimate which is 0 or not, and its quantile as large as the standard deviation of the effect
// allows.
TEST(ExtremeData, OfOnePreciseStudyHaveAHenmiCopasInterval) {
    for (double const precision : {1e3, 1e10, 1e20, 1e40, 1e100, 1e150}) {
        auto const result = pool(henmi_copas{}, list{{1, 0.1}, {0, 1 / precision}});
        auto const interval = confidence_interval(result, 0.95);
        // The quantile u makes P(statistic > u) what is asked for.
        double const u = (interval.upper / 2 - interval.lower / 2) / std::sqrt(result.variance);
        EXPECT_RELATIVE(detail::henmi_copas_tail(result, u), 0.025, 1e-9) << precision;
    }
}

TEST(ExtremeData, WithoutScatterHaveNoHartungKnappVariance) {
    for (auto const& studies : {list{{0.2, 1}, {0.2, 2}}, list{{0, 1}, {0, 1}, {0, 1}}}) {
        auto const result = pool(random_effects{reml{}, hartung_knapp{}}, studies);
        EXPECT_EQ(result.status, status::undefined);
        EXPECT_EQ(pool(random_effects{reml{}, hartung_knapp_floored{}}, studies).status, status::ok);
        auto effects = std::vector<double>{};
        auto variances = std::vector<double>{};
        for (auto const& [effect, variance] : studies) {
            effects.push_back(effect);
            variances.push_back(variance);
        }
        auto const batch = pool_each(random_effects{reml{}, hartung_knapp{}},
                                     study_matrix{effects, variances, studies.size()});
        EXPECT_EQ(batch.status[0], status::undefined);
    }
}

// Without heterogeneity the variance of Kenward and Roger has ever fewer degrees of freedom as one study
// comes to have all the weight, in the end none that a double holds: never those of a normal distribution.
TEST(ExtremeData, OfOnePreciseStudyThatAgreesLeaveKenwardAndRogerNoDegreesOfFreedom) {
    auto const model = random_effects{reml{}, kenward_roger{}};
    auto const with = [](double const tiny) { return list{{0.3, tiny}, {0.301, 1}, {0.31, 1.5}}; };
    auto before = pool(model, with(1e-2));
    for (double const tiny : {1e-4, 1e-8, 1e-16, 1e-40, 1e-100, 1e-160, 1e-200, 1e-300}) {
        auto const result = pool(model, with(tiny));
        EXPECT_TRUE(result.status == status::undefined ||
                    result.degrees_of_freedom < before.degrees_of_freedom)
            << tiny;
        before = result;
    }
    EXPECT_EQ(before.status, status::undefined);
}

double number(int const kind) {
    double const exponent = *rc::gen::inRange(-3080, 3080) / 10.0;
    double const scale = kind == 0 ? exponent : kind == 1 ? exponent / 10 : exponent / 100;
    return std::pow(10.0, scale) * (1 + *rc::gen::inRange(0, 1000) / 1000.0);
}

list extreme_studies() {
    auto const k = *rc::gen::inRange(1, 7);
    int const effects = *rc::gen::inRange(0, 3);
    int const variances = *rc::gen::inRange(0, 3);
    auto studies = list{};
    for (int i = 0; i < k; ++i) {
        int const sign = *rc::gen::inRange(-1, 2);
        studies.push_back({sign * number(effects), number(variances)});
    }
    return studies;
}

template <class... Numbers>
void assert_finite(std::string const& what, Numbers const... numbers) {
    if (!(std::isfinite(numbers) && ...)) {
        RC_FAIL(what + " is ok and not finite");
    }
}

// Qualifies: POOL-3
RC_GTEST_PROP(ExtremeData, AreOkWithFiniteNumbersOnly, ()) {
    auto const studies = extreme_studies();
    auto const check_pooled = [](std::string const& name, auto const& result) {
        if (result.status == status::ok) {
            assert_finite(name, result.effect, result.variance, result.tau_squared, standard_error(result));
            // An effect of 1e200 with a variance of 1e-300 has a z of 1e350, beyond a double.
            if (std::log10(std::abs(result.effect)) - std::log10(result.variance) / 2 < 308) {
                assert_finite(name + ", z", test_statistic(result));
            }
            RC_ASSERT(result.variance > 0);
            RC_ASSERT(result.tau_squared >= 0);
        }
    };
    auto accumulator = evidence_accumulator{};
    bool accumulates = true;
    for (auto const& study : studies) {
        accumulates = accumulates && evidence_accumulator::takes(study);
        if (accumulates) {
            accumulator.add(study);
        }
    }
    auto const check_all = [&](auto const& evidence) {
        for_each_estimator([&](std::string const& name, auto const& estimator) {
            auto const estimate = estimator(evidence);
            if (estimate.status == status::ok) {
                assert_finite(name, estimate.value);
                RC_ASSERT(estimate.value >= 0);
            }
            check_pooled(name, pool(random_effects{estimator}, evidence));
            check_pooled(name + ", HK", pool(random_effects{estimator, hartung_knapp{}}, evidence));
            check_pooled(name + ", KR", pool(random_effects{estimator, kenward_roger{}}, evidence));
        });
        check_pooled("common", pool(common_effect{}, evidence));
        check_pooled("mean", pool(weighted_average{}, evidence));
        check_pooled("ivhet", pool(ivhet{}, evidence));
        auto const robust = pool(henmi_copas{}, evidence);
        if (robust.status == status::ok) {
            auto const interval = confidence_interval(robust, 0.95);
            assert_finite("henmi_copas", robust.effect, robust.variance, robust.tau_squared, interval.lower,
                          interval.upper, p_value(robust));
        }
        auto const profile = tau_squared_interval(q_profile{}, evidence, 0.95);
        if (profile.status == status::ok) {
            assert_finite("q_profile", profile.lower, profile.upper);
            RC_ASSERT(profile.lower <= profile.upper);
        }
    };
    check_all(detail::as_evidence(studies));
    if (accumulates) {
        check_all(accumulator);
    }
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (auto const& [effect, variance] : studies) {
        effects.push_back(effect);
        variances.push_back(variance);
    }
    auto const batch = pool_each(random_effects{reml{}}, study_matrix{effects, variances, studies.size()});
    check_pooled("batch", batch[0]);
}

} // namespace
} // namespace accrue::test_model_extreme_data
