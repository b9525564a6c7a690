// What a study moves is a difference of two pooled effects that are nearly equal where it has little weight:
// influence diagnostics against the same at 50 digits.

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

namespace {

using namespace accrue;
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
        auto const expected = influence(exact_model, exactly(studies));
        exact const all = pool(exact_model, exactly(studies)).tau_squared;
        for (std::size_t i = 0; i < studies.size(); ++i) {
            SCOPED_TRACE("set " + std::to_string(set) + ", study " + std::to_string(i + 1));
            // What is left beside rounding is the difference of two estimates of tau² that nearly agree.
            exact const change = abs(exact(all - expected[i].tau_squared_deleted));
            double const allowed =
                1e-12 + (change > 0 ? rounding_of_tau_squared * static_cast<double>(exact(all / change)) : 0);
            EXPECT_RELATIVE(found[i].dffits, static_cast<double>(expected[i].dffits), allowed);
            EXPECT_RELATIVE(found[i].dfbetas, static_cast<double>(expected[i].dfbetas), allowed);
            EXPECT_RELATIVE(found[i].cooks_distance, static_cast<double>(expected[i].cooks_distance),
                            2 * allowed);
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
    expect_digits("equal weights", weighted_average{equal_weights{}, dersimonian_laird{}},
                  weighted_average{equal_weights{}, dersimonian_laird{}});
}

} // namespace
