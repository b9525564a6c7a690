// What a study moves is a difference of two pooled effects that are nearly equal where it has little weight:
// influence diagnostics in double against that difference, at 50 digits.

#include "support/relative.hpp"
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_inference_influence {
namespace {

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

std::vector<basic_estimate<exact>> exactly(std::vector<estimate> const& studies) {
    std::vector<basic_estimate<exact>> result;
    for (auto const& [effect, variance] : studies) {
        result.push_back({exact(effect), exact(variance)});
    }
    return result;
}

std::vector<estimate> scattered(std::mt19937_64& generator, bool const agree) {
    auto normal = std::normal_distribution<>();
    auto exponent = std::uniform_real_distribution<>(-6, 6);
    std::vector<estimate> studies(4 + generator() % 12);
    for (auto& [effect, variance] : studies) {
        variance = std::pow(10, exponent(generator));
        effect = 0.3 + std::sqrt(variance + (agree ? 0.0 : 0.2)) * normal(generator);
    }
    return studies;
}

template <class Model, class ExactModel>
void expect_digits(std::string const& name, Model const& model, ExactModel const& exact_model,
                   double const rounding_of_tau_squared = 1e-15) {
    SCOPED_TRACE(name);
    auto generator = std::mt19937_64(17);
    for (int set = 0; set < 40; ++set) {
        auto const studies = scattered(generator, set % 2 == 0);
        auto const found = influence(model, studies);
        auto const exact_studies = exactly(studies);
        auto const all = pool(exact_model, exact_studies);
        auto const deleted = leave_one_out(exact_model, exact_studies);
        auto const shares = exact_model.weights(study_evidence<exact>(exact_studies));
        for (std::size_t i = 0; i < studies.size(); ++i) {
            SCOPED_TRACE("set " + std::to_string(set) + ", study " + std::to_string(i + 1));
            auto const& without = deleted[i];
            exact const change = all.effect - without.effect;
            exact const dffits =
                change / sqrt(exact(shares[i] * (exact_studies[i].variance + without.tau_squared)));
            // What is left beside rounding is in the part that a changed tau² moves, a difference of two
            // estimates of it that nearly agree.
            exact const moved =
                abs(exact(1 - shares[i] * (exact_studies[i].effect - without.effect) / change));
            exact const of_tau_squared = abs(exact(all.tau_squared - without.tau_squared));
            double const allowed =
                1e-12 + (of_tau_squared > 0
                             ? rounding_of_tau_squared *
                                   static_cast<double>(exact(moved * all.tau_squared / of_tau_squared))
                             : 0);
            EXPECT_RELATIVE(found[i].dffits, static_cast<double>(dffits), allowed);
            EXPECT_RELATIVE(found[i].cooks_distance,
                            static_cast<double>(exact(change * change / all.variance)), 2 * allowed);
            exact const same_weights =
                inverse_variance_fit(study_evidence<exact>(exact_studies), without.tau_squared).variance();
            EXPECT_RELATIVE(found[i].dfbetas, static_cast<double>(exact(change / sqrt(same_weights))),
                            allowed);
        }
    }
}

TEST(Influence, KeepsItsDigitsOverTwelveDecadesOfVariances) {
    auto tight = reml{};
    tight.tolerance = 1e-35;
    expect_digits("common effect", common_effect{}, common_effect{});
    expect_digits("DerSimonian-Laird", random_effects{dersimonian_laird{}},
                  random_effects{dersimonian_laird{}});
    expect_digits("REML", random_effects{reml{}}, random_effects{tight}, 1e-14);
    expect_digits("Henmi-Copas", henmi_copas{}, henmi_copas{});
    expect_digits("IVhet", ivhet{}, ivhet{});
    expect_digits("inverse variances", weighted_average{inverse_variance_weights{}, dersimonian_laird{}},
                  weighted_average{inverse_variance_weights{}, dersimonian_laird{}});
    expect_digits("equal weights", weighted_average{equal_weights{}, dersimonian_laird{}},
                  weighted_average{equal_weights{}, dersimonian_laird{}});
}

/// Weights in other proportions to each other once the study with the smallest variance is gone.
struct weights_beside_the_smallest {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        return smallest / variance + Real(0.1);
    }
};

// tau² is 0 with all studies, and above 0 without the sixth; weights 1/v follow it in the one case alone.
TEST(Influence, OfWeightsThatDoNotFollowTauSquaredIsWhatDeletionMoves) {
    auto const studies = std::vector<estimate>{{0, 0.01},     {0.19, 0.02}, {0.4, 0.09},
                                               {0.12, 0.012}, {-0.3, 0.08}, {0.09, 0.005}};
    auto const expect_moves = [&](auto const& model) {
        auto const all = pool(model, studies);
        auto const deleted = leave_one_out(model, studies);
        auto const found = influence(model, studies);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            double const change = all.effect - deleted[i].effect;
            EXPECT_RELATIVE(found[i].cooks_distance, change * change / all.variance, 1e-10) << i;
        }
    };
    expect_moves(ivhet{});
    expect_moves(henmi_copas{});
    expect_moves(weighted_average{inverse_variance_weights{}, dersimonian_laird{}});
    expect_moves(weighted_average{weights_beside_the_smallest{}, dersimonian_laird{}});
    expect_moves(random_effects{dersimonian_laird{}});
    expect_moves(random_effects{});
}

// By weights that are not 1 / (v + tau²), and whatever the variance of the pooled effect is made of:
// metafor 3.8, rstandard, by tests/oracles/influence.R.
TEST(Influence, StandardisesResidualsByTheWeightsOfTheModel) {
    auto const studies = std::vector<estimate>{{0.3, 0.04}, {2, 0.5}, {1, 0.3}, {0.5, 0.1}};
    auto const expect = [&](auto const& model, std::vector<double> const& residuals) {
        auto const found = influence(model, studies);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            EXPECT_RELATIVE(found[i].standardised_residual, residuals[i], 1e-8);
        }
    };
    auto const efficient = std::vector{-1.1283821757481, 1.7334675947005, 0.5147347970832, -0.4394139153126};
    expect(random_effects{reml{}}, efficient);
    expect(random_effects{reml{}, hartung_knapp{}}, efficient);
    expect(weighted_average{equal_weights{}, reml{}},
           {-1.47475645190491, 1.61202819204870, 0.08780565776925, -0.95024463685575});
}

// One study has all the weight but a share that vanishes.
TEST(Influence, StandardisesTheResidualOfADominatingStudyByAnyWeights) {
    auto const expect = [](auto const& model, double const tiny) {
        auto const studies = std::vector<estimate>{{2, 1}, {0.3, tiny}, {1, 1.5}};
        auto const estimates = exactly(studies);
        auto const all = pool(model, estimates);
        auto const shares = model.weights(study_evidence<exact>(estimates));
        exact residual(0), variance(0), rest(0);
        for (std::size_t const other : {0U, 2U}) {
            residual += shares[other] * (estimates[1].effect - estimates[other].effect);
            variance += shares[other] * shares[other] * (estimates[other].variance + all.tau_squared);
            rest += shares[other];
        }
        variance += rest * rest * (estimates[1].variance + all.tau_squared);
        EXPECT_RELATIVE(influence(model, studies)[1].standardised_residual,
                        static_cast<double>(exact(residual / sqrt(variance))), 1e-12)
            << tiny;
    };
    for (double const tiny : {1e-6, 1e-12, 1e-30, 1e-100, 1e-200}) {
        expect(common_effect{}, tiny);
        expect(random_effects{dersimonian_laird{}, hartung_knapp{}}, tiny);
        expect(ivhet{}, tiny);
        expect(weighted_average{inverse_standard_error_weights{}, dersimonian_laird{}}, tiny);
        expect(henmi_copas{}, tiny);
    }
}

// A variance of 1e-300 leaves shares of 1e-300 to the others, whose squares are below a double.
TEST(Influence, OfStudiesWithoutWeightKeepsItsDigits) {
    auto const studies = std::vector<estimate>{{0.3, 1e-300}, {2, 1}, {1, 1.5}};
    auto const found = influence(common_effect{}, studies);
    EXPECT_RELATIVE(found[1].cooks_distance, 2.89e-300, 1e-12);
    EXPECT_RELATIVE(found[2].cooks_distance, 0.49e-300 / 2.25, 1e-12);
    EXPECT_RELATIVE(found[1].dffits, 1.7e-150, 1e-12);
    auto const points = baujat(studies);
    EXPECT_RELATIVE(points[0].heterogeneity, 1e-300 * 169 / 36,
                    1e-12); // the others' mean is 1.6, of variance 0.6
    EXPECT_RELATIVE(points[1].influence, 2.89e-300, 1e-12);
}

// A model of one's own: half of the weighted mean.
struct towards_zero {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const {
        auto result = common_effect{}(studies);
        result.effect /= 2;
        return result;
    }
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return common_effect{}.weights(studies);
    }
};

TEST(Influence, OfAnEffectThatIsNoWeightedMeanIsWhatDeletionMoves) {
    auto const studies = std::vector<estimate>{{0.3, 0.01}, {1.9, 0.02}, {0.4, 0.09}, {-0.3, 1e-4}};
    auto const all = pool(towards_zero{}, studies);
    auto const deleted = leave_one_out(towards_zero{}, studies);
    auto const found = influence(towards_zero{}, studies);
    for (std::size_t i = 0; i < studies.size(); ++i) {
        double const change = all.effect - deleted[i].effect;
        EXPECT_RELATIVE(found[i].cooks_distance, change * change / all.variance, 1e-12) << i;
        EXPECT_RELATIVE(found[i].residual, studies[i].effect - all.effect, 1e-12) << i;
    }
}

} // namespace
} // namespace accrue::test_inference_influence
