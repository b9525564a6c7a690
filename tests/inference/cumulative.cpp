// The fast ways to a cumulative meta-analysis give the results of pooling each beginning of the list anew.

#include "support/relative.hpp"
#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/z_curve.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <span>
#include <vector>

namespace accrue::test_inference_cumulative {
namespace {

constexpr double promised = 1e-12;

std::vector<estimate> simulated(std::size_t const k, unsigned const seed, double const mean, double const tau,
                                double const spread) {
    auto engine = std::mt19937_64{seed};
    auto normal = std::normal_distribution<>{};
    auto log_variance = std::uniform_real_distribution<>{0, std::log(spread)};
    auto studies = std::vector<estimate>(k);
    for (auto& study : studies) {
        study.variance = 0.01 * std::exp(log_variance(engine));
        study.effect = mean + std::sqrt(tau * tau + study.variance) * normal(engine);
    }
    return studies;
}

/// Every beginning pooled from the list, without a guess: what the fast ways must agree with.
template <class Model>
auto one_by_one(Model const& model, std::vector<estimate> const& studies) {
    auto results = std::vector<pooled>{};
    for (std::size_t count = 1; count <= studies.size(); ++count) {
        results.push_back(pool(model, std::span(studies).first(count)));
    }
    return results;
}

template <class Model>
void expect_one_by_one(Model const& model, std::vector<estimate> const& studies) {
    auto const expected = one_by_one(model, studies);
    auto const actual = cumulative(model, studies);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        SCOPED_TRACE("after study " + std::to_string(i));
        // An estimate of tau² has the error of Q or of the score, which is absolute on the scale of v + tau².
        double const floor = promised * (expected[i].tau_squared + studies.front().variance);
        EXPECT_RELATIVE(actual[i].effect, expected[i].effect, promised, 1e-3 * promised);
        EXPECT_RELATIVE(actual[i].variance, expected[i].variance, promised);
        EXPECT_RELATIVE(actual[i].tau_squared, expected[i].tau_squared, promised, floor);
        // Kenward and Roger estimate them.
        EXPECT_RELATIVE(actual[i].degrees_of_freedom, expected[i].degrees_of_freedom, promised);
        EXPECT_EQ(actual[i].k, i + 1);
        EXPECT_EQ(actual[i].status, expected[i].status);
        if (::testing::Test::HasFailure()) {
            return;
        }
    }
}

void expect_one_by_one_by_every_model(std::vector<estimate> const& studies) {
    expect_one_by_one(common_effect{}, studies);
    expect_one_by_one(random_effects{dersimonian_laird{}}, studies);
    expect_one_by_one(random_effects{reml{}, hartung_knapp{}}, studies);
    expect_one_by_one(random_effects{maximum_likelihood{}}, studies);
    expect_one_by_one(random_effects{paule_mandel{}, hartung_knapp_floored{}}, studies);
    expect_one_by_one(random_effects{hedges_olkin{}}, studies);
    expect_one_by_one(random_effects{sidik_jonkman{}}, studies);
    expect_one_by_one(random_effects{hunter_schmidt{}}, studies);
}

TEST(Cumulative, PoolsEveryBeginningAsIfAnew) {
    expect_one_by_one_by_every_model(simulated(600, 1, 0.3, 0.2, 50));
}

TEST(Cumulative, PoolsHomogeneousStudiesAsIfAnew) {
    expect_one_by_one_by_every_model(simulated(400, 2, -1, 0, 1000));
}

TEST(Cumulative, PoolsStudiesWithALargeOffsetAsIfAnew) {
    expect_one_by_one_by_every_model(simulated(300, 3, 1e5, 0.1, 10));
}

TEST(Cumulative, PoolsStudiesOneOfWhichHasNearlyAllTheWeightAsIfAnew) {
    for (double const smallest : {1e-6, 1e-12, 1e-20}) {
        auto studies = simulated(150, 8, 0.3, 2, 50);
        studies[3].variance = smallest;
        expect_one_by_one_by_every_model(studies);
        expect_one_by_one(random_effects{reml{}, kenward_roger{}}, studies);
    }
}

TEST(Cumulative, TakesTheZCurveFromTheSameResults) {
    auto const studies = simulated(300, 4, 0.1, 0.2, 50);
    auto const model = random_effects{paule_mandel{}, hartung_knapp{}};
    auto const expected = one_by_one(model, studies);
    auto const curve = z_curve(model, studies);
    ASSERT_EQ(curve.size(), expected.size());
    for (std::size_t i = 0; i < curve.size(); ++i) {
        EXPECT_RELATIVE(curve[i], z_value(expected[i]), 1e-10);
    }
}

TEST(Cumulative, NeverLosesTheGlobalMaximumToAGuess) {
    // Small sets with variances that spread over four decades have likelihoods with several maxima.
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        auto const studies = simulated(6, seed, 0, seed % 7 * 0.3, 1e4);
        auto const smallest = studies.front().variance;
        auto const free = pool(random_effects{reml{}}, studies);
        for (double const guess : {1e-6, 0.01, 1.0, 100.0, 1e6}) {
            auto const guided = random_effects{reml{}}(detail::as_evidence(studies), guess);
            EXPECT_RELATIVE(guided.tau_squared, free.tau_squared, 1e-9, 1e-9 * smallest) << seed;
        }
    }
}

TEST(Cumulative, TakesAnyModel) {
    auto const studies = simulated(200, 5, 0.3, 0.2, 50);
    auto const fixed = [](evidence auto const& all) -> pooled {
        auto const fit = inverse_variance_fit(all, 0.04);
        return {fit.mean, fit.variance(), 0.04, HUGE_VAL, fit.k, status::ok};
    };
    expect_one_by_one(fixed, studies);
}

TEST(Cumulative, PoolsACommonEffectWhereLaterStudiesAreFarMorePrecise) {
    auto studies = std::vector<estimate>{{1, 1e300}, {2, 1e300}, {3, 1e-300}, {4, 1e300}, {5, 1e-300}};
    expect_one_by_one(common_effect{}, studies);
    studies = {{1, 1e-300}, {2, 1e300}, {3, 4e-320}, {4, 1e-320}};
    expect_one_by_one(common_effect{}, studies);
    // The most often that weights can be rescaled: each variance is a little less than half of the last.
    studies.clear();
    for (double variance = 1e300; variance > 1e-300; variance *= 0.49) {
        studies.push_back({std::sin(static_cast<double>(studies.size())), variance});
    }
    expect_one_by_one(common_effect{}, studies);
    auto falling = simulated(600, 8, 0.3, 0.2, 1e12);
    std::ranges::sort(falling, std::ranges::greater{}, &estimate::variance);
    expect_one_by_one(common_effect{}, falling);
}

TEST(Cumulative, PoolsVariancesThatAreNormalNumbersOfAWiderTypeAlone) {
    auto studies = std::vector<basic_estimate<long double>>{};
    for (auto const& [effect, variance] : simulated(150, 9, 0.3, 0.2, 50)) {
        studies.push_back({effect, variance * 1e-400L});
    }
    auto const model = random_effects{dersimonian_laird{}};
    EXPECT_RELATIVE(cumulative(model, studies).back().effect, pool(model, studies).effect, promised);
}

TEST(Cumulative, NamesAnInvalidStudyByItsPlaceInTheList) {
    auto studies = simulated(200, 6, 0.3, 0.2, 50);
    studies[150].variance = -1;
    try {
        static_cast<void>(cumulative(random_effects{}, studies));
        FAIL() << "a negative variance was pooled";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 150u);
    }
    EXPECT_THROW(static_cast<void>(cumulative(random_effects{}, std::vector<estimate>{})), invalid_input);
}

TEST(Cumulative, PoolsVariancesThatAreNotNormalNumbers) {
    auto studies = simulated(120, 7, 0, 0, 50);
    for (auto& study : studies) {
        study.variance *= 1e-309;
    }
    EXPECT_EQ(cumulative(random_effects{dersimonian_laird{}}, studies).size(), studies.size());
}

TEST(Cumulative, PoolsEffectsWhoseSquaresOverflow) {
    auto studies = simulated(120, 9, 1, 0.3, 50);
    studies[7].effect = 1e200;
    auto const model = random_effects{fixed_tau_squared{0.1}};
    EXPECT_RELATIVE(cumulative(model, studies).back().effect, pool(model, studies).effect, promised);
}

} // namespace
} // namespace accrue::test_inference_cumulative
