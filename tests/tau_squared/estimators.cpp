// REML and ML converge to the global maximum on every data set; the other estimators hold at the edges of
// what a data set can be.

#include "support/relative.hpp"
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace accrue::test_tau_squared_estimators {
namespace {

/// k studies whose variances spread over `orders` orders of magnitude and whose effects over-, under- or just
/// disperse.
std::vector<estimate> random_studies(std::mt19937_64& generator, double const orders) {
    auto const k = std::uniform_int_distribution<std::size_t>(2, 50)(generator);
    auto exponent = std::uniform_real_distribution<>(-orders / 2, orders / 2);
    auto deviate = std::normal_distribution<>();
    double const tau = std::pow(10, std::uniform_real_distribution<>(-orders / 2, orders / 4)(generator));
    double const scale = std::uniform_real_distribution<>(0, 1.5)(generator);
    std::vector<estimate> studies;
    for (std::size_t i = 0; i < k; ++i) {
        double const variance = std::pow(10, exponent(generator));
        studies.push_back({scale * std::sqrt(variance + tau * tau) * deviate(generator), variance});
    }
    return studies;
}

/// The largest likelihood on a grid that is dense in log(v + tau²).
template <class Estimator>
double best_on_grid(Estimator const& method, study_evidence<double> const& studies) {
    double best = method.log_likelihood(studies, 0.0);
    double const start = studies.smallest_variance() * 1e-3;
    double range = studies.largest_variance();
    for (auto const& study : studies.studies()) {
        range = std::max(range, 4 * study.effect * study.effect);
    }
    for (double tau_squared = start; tau_squared < range * 10; tau_squared *= 1.02) {
        best = std::max(best, method.log_likelihood(studies, tau_squared));
    }
    return best;
}

template <class Estimator>
void converges_to_the_global_maximum(Estimator const& method, std::string const& name) {
    auto generator = std::mt19937_64(7);
    int most_passes = 0;
    int at_zero = 0;
    double largest_shortfall = -std::numeric_limits<double>::infinity();
    for (int set = 0; set < 100'000; ++set) {
        auto const estimates = random_studies(generator, 6);
        auto const studies = detail::as_evidence(estimates);
        auto const found = method(studies);
        ASSERT_EQ(found.status, status::ok) << name << ", data set " << set;
        ASSERT_TRUE(found.value >= 0 && std::isfinite(found.value)) << name << ", data set " << set;
        most_passes = std::max(most_passes, found.iterations);
        at_zero += found.value > 0 ? 0 : 1;
        if (set % 200 == 0) {
            double const here = method.log_likelihood(studies, found.value);
            largest_shortfall = std::max(largest_shortfall, best_on_grid(method, studies) - here);
        }
    }
    std::cout << name << ": 100000 data sets, at most " << most_passes << " passes, " << at_zero
              << " estimates of 0; grid better by at most " << largest_shortfall << " log-likelihood\n";
    EXPECT_LT(largest_shortfall, 1e-9);
}

// Qualifies: TAU-1
TEST(TauSquared, RemlConvergesToTheGlobalMaximumOnEveryDataSet) {
    converges_to_the_global_maximum(reml{}, "REML");
}

// Qualifies: TAU-1
TEST(TauSquared, MaximumLikelihoodConvergesToTheGlobalMaximumOnEveryDataSet) {
    converges_to_the_global_maximum(maximum_likelihood{}, "ML");
}

/// Two clusters of precise studies and a crowd of imprecise ones: likelihoods with two maxima.
// Qualifies: TAU-1
TEST(TauSquared, TheLargerOfTwoMaximaIsFound) {
    auto generator = std::mt19937_64(11);
    auto deviate = std::normal_distribution<>();
    auto uniform = std::uniform_real_distribution<>();
    int several = 0;
    for (int set = 0; set < 3000; ++set) {
        double const gap = std::pow(10, 3 * uniform(generator));
        std::vector<estimate> estimates = {{0, 1e-4}, {0.02 * deviate(generator), 1e-4}};
        int const crowd = 1 + int(6 * uniform(generator));
        for (int i = 0; i < crowd; ++i) {
            estimates.push_back(
                {gap * deviate(generator), gap * gap * std::pow(10, 2 * uniform(generator) - 1.5)});
        }
        auto const studies = detail::as_evidence(estimates);
        auto const check = [&](auto const& method) {
            auto const found = method(studies);
            ASSERT_EQ(found.status, status::ok);
            double const here = method.log_likelihood(studies, found.value);
            EXPECT_LE(best_on_grid(method, studies), here + 1e-9) << "data set " << set;
            // Count the data sets in which the likelihood has more than one maximum.
            int turns = 0;
            double before = method.log_likelihood(studies, 0.0);
            bool rising = false;
            for (double tau_squared = 1e-7; tau_squared < 1e3 * gap * gap; tau_squared *= 1.05) {
                double const now = method.log_likelihood(studies, tau_squared);
                turns += rising && now < before ? 1 : 0;
                turns += tau_squared <= 1e-7 && now < before ? 1 : 0;
                rising = now > before;
                before = now;
            }
            several += turns > 1 ? 1 : 0;
        };
        check(reml{});
        check(maximum_likelihood{});
    }
    std::cout << several << " of 6000 likelihoods have several maxima\n";
    EXPECT_GT(several, 50);
}

std::vector<estimate> with_effects(std::vector<double> const& effects, std::vector<double> const& variances) {
    std::vector<estimate> studies;
    for (std::size_t i = 0; i < effects.size(); ++i) {
        studies.push_back({effects[i], variances[i]});
    }
    return studies;
}

/// Calls `check(name, estimator)` for each estimator.
template <class Check>
void for_each_estimator(Check const& check) {
    check("DerSimonian-Laird", dersimonian_laird{});
    check("Hedges-Olkin", hedges_olkin{});
    check("Hunter-Schmidt", hunter_schmidt{});
    check("Hunter-Schmidt, small sample", hunter_schmidt_small_sample{});
    check("Sidik-Jonkman", sidik_jonkman{});
    check("two-step Sidik-Jonkman", two_step_sidik_jonkman{});
    check("Hartung-Makambi", hartung_makambi{});
    check("Paule-Mandel", paule_mandel{});
    check("median-unbiased Paule-Mandel", median_unbiased_paule_mandel{});
    check("generalised Q", generalised_q{});
    check("two-step", two_step{});
    check("two-step from Hedges-Olkin", two_step{hedges_olkin{}});
    check("maximum likelihood", maximum_likelihood{});
    check("REML", reml{});
}

// The likelihood has its maximum near 5.6e33, and a lesser one at 2.3e36.
TEST(TauSquared, TheLargerOfTwoMaximaIsFoundBesideAFarMorePreciseStudy) {
    auto const estimates = std::vector<estimate>{
        {-6.0138956281869445e+18, 6.7358100318665694e+36},
        {-3.0009613671052461e+17, 9.9470216872490885e+35},
        {12313360.840694273, 511577430442816.5},
    };
    auto const studies = detail::as_evidence(estimates);
    auto const found = reml{}(studies);
    EXPECT_EQ(found.status, status::ok);
    double const here = reml::log_likelihood(studies, found.value);
    for (double tau_squared = 1e10; tau_squared < 1e40; tau_squared *= 1.1) {
        ASSERT_LE(reml::log_likelihood(studies, tau_squared), here + 1e-9) << tau_squared;
    }
}

// Beside two studies of 1e-165 the squares of the third's residual are lost at tau² 0: that proves nothing.
TEST(TauSquared, AMaximumIsNotOkWhereTheScoreUnderflows) {
    auto const estimates = std::vector<estimate>{{0.5, 1e-165}, {0.5, 1e-165}, {50, 1}};
    auto const studies = detail::as_evidence(estimates);
    for (auto const& found : {reml{}(studies), maximum_likelihood{}(studies)}) {
        EXPECT_TRUE(found.status != status::ok || found.value > 100) << found.value;
    }
}

TEST(TauSquared, AGuessMayBeAnyNumber) {
    auto const estimates = std::vector<estimate>{{1e-100, 1e-205}, {-2e-100, 2e-205}, {3e-100, 1e-204}};
    auto const studies = detail::as_evidence(estimates);
    double const expected = reml{}(studies).value;
    for (double const guess : {0.0, 1e-200, 1.0, 1e120, 1e300}) {
        EXPECT_RELATIVE(reml{}(studies, guess).value, expected, 1e-9) << guess;
        EXPECT_EQ(reml{}(studies, guess).status, status::ok) << guess;
    }
}

TEST(TauSquared, OneStudySaysNothing) {
    auto const one = with_effects({0.4}, {0.09});
    for_each_estimator([&](std::string const& name, auto const& method) {
        EXPECT_EQ(method(detail::as_evidence(one)).value, 0) << name;
        auto const result = pool(random_effects{method, hartung_knapp{}}, one);
        EXPECT_RELATIVE(result.effect, 0.4, 1e-15) << name;
        EXPECT_RELATIVE(result.variance, 0.09, 1e-15) << name;
    });
    // Nothing is looked for.
    EXPECT_EQ(reml{}(detail::as_evidence(one)).iterations, 0);
    EXPECT_EQ(paule_mandel{}(detail::as_evidence(one)).iterations, 0);
    auto const set = tau_squared_interval(q_profile{}, one, 0.95);
    EXPECT_EQ(set.status, status::undefined);
    EXPECT_EQ(set.upper, std::numeric_limits<double>::infinity());
    EXPECT_TRUE(set.one_sided);
    EXPECT_FALSE(set.empty);
    EXPECT_EQ(heterogeneity(one).p_value, 1);
    EXPECT_THROW((void)prediction_interval(pool(random_effects{}, one), 0.95), invalid_input);
}

TEST(TauSquared, TwoStudiesOfEqualPrecisionAgreeOnTheUnbiasedEstimate) {
    // (difference² / 2 - v), by every estimator that is unbiased or solves Q = k - 1.
    auto const two = with_effects({0.0, 2.0}, {0.5, 0.5});
    auto const studies = detail::as_evidence(two);
    for (double const value :
         {dersimonian_laird{}(studies).value, hedges_olkin{}(studies).value, paule_mandel{}(studies).value,
          reml{}(studies).value, two_step{}(studies).value, generalised_q{}(studies).value}) {
        EXPECT_RELATIVE(value, 1.5, 1e-14);
    }
    EXPECT_RELATIVE(maximum_likelihood{}(studies).value, 0.5, 1e-14);
}

TEST(TauSquared, EqualEffectsHaveNone) {
    auto const equal = with_effects({0.3, 0.3, 0.3, 0.3}, {0.1, 0.2, 1e-6, 5});
    for_each_estimator([&](std::string const& name, auto const& method) {
        EXPECT_EQ(method(detail::as_evidence(equal)).value, 0) << name;
    });
    // Equal effects are less scattered than chance allows: the Q-profile and generalised Q sets are empty.
    for (auto const& set : {tau_squared_interval(q_profile{}, equal, 0.95),
                            tau_squared_interval(generalised_q_profile{}, equal, 0.95)}) {
        EXPECT_TRUE(set.empty);
        EXPECT_FALSE(set.one_sided);
        EXPECT_EQ(set.lower, 0);
        EXPECT_EQ(set.upper, 0);
    }
    auto const likely = tau_squared_interval(profile_likelihood{}, equal, 0.95);
    EXPECT_FALSE(likely.empty);
    EXPECT_TRUE(likely.one_sided);
    EXPECT_GT(likely.upper, 0);
    // Nothing is known of the scatter: the Hartung-Knapp variance is 0, the floored one is not.
    EXPECT_EQ(pool(random_effects{reml{}, hartung_knapp{}}, equal).variance, 0);
    EXPECT_TRUE(
        is_narrower_than_common_effect(pool(random_effects{reml{}, hartung_knapp{}}, equal), equal, 0.95));
    EXPECT_RELATIVE(pool(random_effects{reml{}, hartung_knapp_floored{}}, equal).variance,
                    pool(common_effect{}, equal).variance, 1e-15);
}

TEST(TauSquared, ADominatingStudyIsTheCommonEffect) {
    auto const dominated = with_effects({0.7, 5, -3, 2}, {1e-12, 1, 1, 1});
    auto const common = pool(common_effect{}, dominated);
    EXPECT_RELATIVE(common.effect, 0.7, 1e-11);
    EXPECT_RELATIVE(common.variance, 1e-12, 1e-11);
    for_each_estimator([&](std::string const& name, auto const& method) {
        auto const found = method(detail::as_evidence(dominated));
        EXPECT_EQ(found.status, status::ok) << name;
        EXPECT_TRUE(found.value >= 0 && found.value < 100) << name << " " << found.value;
    });
    // At one in 1e-12 the trace of the residual maker keeps its digits: 3 precisely known studies against it.
    double const q = 4.3 * 4.3 + 3.7 * 3.7 + 1.3 * 1.3;
    EXPECT_RELATIVE(dersimonian_laird{}(detail::as_evidence(dominated)).value, (q - 3) / 6, 1e-11);
    EXPECT_RELATIVE(typical_variance(dominated), 0.5, 1e-11);
    auto const solution = paule_mandel{}(detail::as_evidence(dominated)).value;
    EXPECT_RELATIVE(inverse_variance_fit(detail::as_evidence(dominated), solution).q(), 3, 1e-14);
}

TEST(TauSquared, VariancesOfEverySizeInOneDataSet) {
    // 600 orders of magnitude. What the precise studies say of tau² is all there is.
    auto const mixed = with_effects({0.0, 1.0, 3.0, -1.0, 2.0}, {1e-300, 1e-200, 1.0, 1e100, 1e300});
    for_each_estimator([&](std::string const& name, auto const& method) {
        auto const result = pool(random_effects{method, hartung_knapp{}}, mixed);
        EXPECT_EQ(result.status, status::ok) << name;
        EXPECT_TRUE(result.tau_squared >= 0 && std::isfinite(result.tau_squared)) << name;
        EXPECT_TRUE(std::isfinite(result.effect)) << name;
        EXPECT_TRUE(std::isfinite(result.variance)) << name;
    });
    auto const summary = heterogeneity(mixed);
    EXPECT_RELATIVE(summary.q, 1e200, 1e-12);
    EXPECT_EQ(summary.p_value, 0);
    EXPECT_RELATIVE(summary.i_squared, 1, 1e-15);
    for (auto const& same : {1e-300, 1e300}) {
        auto const equal = with_effects({0.0, 1.0, 3.0}, {same, same, same});
        for_each_estimator([&](std::string const& name, auto const& method) {
            auto const found = method(detail::as_evidence(equal));
            EXPECT_EQ(found.status, status::ok) << name;
            EXPECT_TRUE(std::isfinite(found.value) && found.value >= 0) << name << " " << same;
        });
    }
    // Far above the sampling variances, REML's estimate is the variance between the effects.
    EXPECT_RELATIVE(
        reml{}(detail::as_evidence(with_effects({0.0, 1.0, 3.0}, {1e-300, 1e-290, 1e-280}))).value, 7.0 / 3,
        1e-12);
}

// Qualifies: POOL-3
// A study that weighs 1e-30 of the others or less, and whose effect is far from theirs: wherever it stands,
// its square is what Q consists of. Beside two exact studies that agree, REML is half its squared distance.
TEST(TauSquared, AStudyWithoutWeightMayComeFirst) {
    for (double const variance : {1e20, 1e10, 1.0, 1e-4}) {
        for (double const exact : {1e-35, 1e-60, 1e-120, 1e-200}) {
            for (double const distance : {0.3, 1.0, 1e6}) {
                auto studies =
                    std::vector<estimate>{{distance, variance}, {0, exact}, {0, 2 * exact}, {0, exact}};
                auto const first = inverse_variance_fit(detail::as_evidence(studies), 0.0);
                EXPECT_RELATIVE(first.q(), distance * distance / variance, 1e-14) << variance << " " << exact;
                auto const maximum = reml{}(detail::as_evidence(studies));
                auto const by_moments = paule_mandel{}(detail::as_evidence(studies));
                std::swap(studies.front(), studies.back());
                EXPECT_RELATIVE(inverse_variance_fit(detail::as_evidence(studies), 0.0).q(), first.q(),
                                1e-14);
                EXPECT_RELATIVE(reml{}(detail::as_evidence(studies)).value, maximum.value, 1e-9);
                EXPECT_RELATIVE(paule_mandel{}(detail::as_evidence(studies)).value, by_moments.value, 1e-9);
            }
        }
    }
}

TEST(TauSquared, EffectsWhoseSquaresOverflowAreNeverOk) {
    for (double const size : {1e160, 1e308}) {
        auto const huge = with_effects({size, -size, size, 0.0}, {1.0, 2.0, 3.0, 4.0});
        for_each_estimator([&](std::string const& name, auto const& method) {
            auto const result = pool(random_effects{method, hartung_knapp{}}, huge);
            bool const finite = std::isfinite(result.effect) && std::isfinite(result.variance);
            EXPECT_EQ(result.status == status::ok, finite)
                << name << " " << result.effect << " " << result.variance;
        });
    }
}

TEST(TauSquared, LikelihoodsOverManyOrdersOfMagnitudeAndUnderADominatingStudy) {
    auto const check = [](auto const& method, std::vector<estimate> const& estimates) {
        auto const studies = detail::as_evidence(estimates);
        auto const found = method(studies);
        EXPECT_EQ(found.status, status::ok);
        EXPECT_LE(best_on_grid(method, studies), method.log_likelihood(studies, found.value) + 1e-9);
    };
    for (auto const& estimates : {with_effects({0.0, 1.0, 3.0, -1.0, 2.0}, {1e-30, 1e-20, 1.0, 1e10, 1e30}),
                                  with_effects({0.0, 1.0, 3.0, -1.0, 2.0}, {1e-100, 1e-20, 1.0, 1e10, 1e100}),
                                  with_effects({0.7, 5, -3, 2}, {1e-12, 1, 1, 1}),
                                  with_effects({0.7, 1.5, 0.3, 0.2}, {1e-12, 1, 1, 1})}) {
        check(reml{}, estimates);
        check(maximum_likelihood{}, estimates);
    }
}

TEST(TauSquared, UnusableStudiesAreNamed) {
    auto const zero = with_effects({0.1, 0.2, 0.3}, {0.1, 0.0, 0.1});
    try {
        (void)pool(random_effects{reml{}}, zero);
        FAIL() << "a zero variance was accepted";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1u);
        EXPECT_NE(std::string(error.what()).find("study 2"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("variance"), std::string::npos) << error.what();
    }
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW((void)heterogeneity(with_effects({nan, 1}, {1, 1})), invalid_input);
    EXPECT_THROW((void)pool(common_effect{}, std::vector<estimate>{}), invalid_input);
    EXPECT_THROW((void)pool(random_effects{fixed_tau_squared{-1}}, with_effects({0, 1}, {1, 1})),
                 invalid_input);
    EXPECT_THROW((void)pool(weighted_average{user_weights{{1, 2, 3}}}, with_effects({0, 1}, {1, 1})),
                 invalid_input);
    EXPECT_THROW((void)pool(weighted_average{user_weights{{1, 0}}}, with_effects({0, 1}, {1, 1})),
                 invalid_input);
    EXPECT_THROW((void)tau_squared_interval(q_profile{}, with_effects({0, 1}, {1, 1}), 1.0), invalid_input);
}

// Qualifies: TAU-2
TEST(TauSquared, AnIterationThatIsCutShortSaysSo) {
    auto const studies = with_effects({-2, 0, 1, 5}, {0.1, 0.2, 0.01, 3});
    for (auto const& result : {pool(random_effects{reml{.max_iterations = 1}}, studies),
                               pool(random_effects{maximum_likelihood{.max_iterations = 1}}, studies),
                               pool(random_effects{paule_mandel{.max_iterations = 1}}, studies)}) {
        EXPECT_EQ(result.status, status::not_converged) << result.tau_squared;
        EXPECT_TRUE(std::isfinite(result.effect)) << result.tau_squared;
    }
}

// What a report prints of the two parts of a random-effects model.
TEST(Names, TellEveryEstimatorAndUncertaintyApart) {
    auto names = std::set<std::string>{};
    std::size_t parts = 0;
    auto const put = [&](auto const& part, auto const& text) {
        EXPECT_NE(text.find(part.name()), std::string::npos) << text;
        names.insert(part.name());
        ++parts;
    };
    auto const estimators = [&](auto const&... each) { (put(each, random_effects{each}.name()), ...); };
    estimators(dersimonian_laird{}, fixed_tau_squared{0.3}, generalised_q{}, hartung_makambi{},
               hedges_olkin{}, hunter_schmidt{}, hunter_schmidt_small_sample{}, maximum_likelihood{},
               median_unbiased_paule_mandel{}, paule_mandel{}, reml{}, semi_bayes{}, sidik_jonkman{},
               two_step_sidik_jonkman{}, two_step{paule_mandel{}});
    auto const uncertainties = [&](auto const&... each) {
        (put(each, random_effects{reml{}, each}.name()), ...);
    };
    uncertainties(wald{}, wald_t{}, hartung_knapp{}, hartung_knapp_floored{}, hartung_knapp_hybrid{},
                  kenward_roger{});
    EXPECT_EQ(names.size(), parts);
}

/// An estimator of one's own has a value and a status, as the concept asks.
struct first_step_of_ones_own {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const {
        struct estimate_of_ones_own {
            real_t<Evidence> value;
            accrue::status status;
        };
        return estimate_of_ones_own{dersimonian_laird{}(studies).value, status::ok};
    }
};

TEST(TwoStep, TakesAnyEstimatorFirst) {
    auto const studies = std::vector<estimate>{{0.1, 0.2}, {0.9, 0.1}, {-0.6, 0.05}, {0.4, 0.3}};
    auto const evidence = study_evidence<double>(studies);
    auto const found = two_step{first_step_of_ones_own{}}(evidence);
    EXPECT_EQ(found.value, two_step{}(evidence).value);
    EXPECT_EQ(found.iterations, 0);
    EXPECT_EQ(pool(random_effects{two_step{first_step_of_ones_own{}}}, studies).effect,
              pool(random_effects{two_step{}}, studies).effect);
}

TEST(LogLikelihood, RefusesAVarianceBelowZero) {
    auto const studies = std::vector<estimate>{{0.1, 0.2}, {0.9, 0.1}, {-0.6, 0.05}};
    EXPECT_THROW((void)log_likelihood(studies, -0.01), invalid_input);
    EXPECT_TRUE(std::isnan(log_likelihood(studies, NAN))); // of an undefined estimate
    EXPECT_TRUE(std::isnan(restricted_log_likelihood(studies, NAN)));
    EXPECT_THROW((void)restricted_log_likelihood(studies, -0.01), invalid_input);
    EXPECT_TRUE(std::isfinite(log_likelihood(studies, 0.0)));
}

} // namespace
} // namespace accrue::test_tau_squared_estimators
