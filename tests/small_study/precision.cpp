// Small-study effects with 50 digits are the reference for those in double precision.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/model/random_effects.hpp>
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/excess_significance.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace accrue::test_small_study_precision {
namespace {

using test::golden;
using precise = boost::multiprecision::cpp_bin_float_50;

std::vector<estimate> hackshaw() {
    std::vector<estimate> studies;
    for (auto const& r : golden("hackshaw1998/input.csv")) {
        studies.push_back({r.number("yi"), r.number("vi")});
    }
    return studies;
}

std::vector<basic_estimate<precise>> with_fifty_digits(std::vector<estimate> const& studies) {
    std::vector<basic_estimate<precise>> result;
    for (auto const& study : studies) {
        result.push_back({precise(study.effect), precise(study.variance)});
    }
    return result;
}

TEST(SmallStudyPrecision, EggersTestKeepsItsDigitsBesideALargeOffset) {
    auto studies = hackshaw();
    for (auto& study : studies) {
        study.effect += 1024; // exact to 2^-43 of the effects
    }
    auto const exact = egger_test{}(with_fifty_digits(studies));
    auto const plain = egger_test{}(studies);
    EXPECT_RELATIVE(plain.statistic, static_cast<double>(exact.statistic), 1e-11);
    EXPECT_RELATIVE(plain.slope, static_cast<double>(exact.slope), 1e-11);
    EXPECT_RELATIVE(plain.p_value, static_cast<double>(exact.p_value), 1e-11);
    EXPECT_RELATIVE(plain.intercept.effect, static_cast<double>(exact.intercept.effect), 1e-15);
    EXPECT_RELATIVE(plain.intercept.variance, static_cast<double>(exact.intercept.variance), 1e-12);
}

// The tau² about the line, and so the line, where one study has nearly all the weight and the others differ
// as much.
TEST(SmallStudyPrecision, EggersTestKeepsItsDigitsOverTwelveDecadesOfVariances) {
    auto generator = std::mt19937(7);
    auto const uniform = [&] { return std::uniform_real_distribution<>()(generator); };
    auto const test = egger_test{by_standard_error{}, additive_dispersion{dersimonian_laird{}}};
    std::size_t heterogeneous = 0;
    for (int set = 0; set < 60; ++set) {
        std::vector<estimate> studies;
        for (int i = 0; i < 6 + set % 9; ++i) {
            double const variance = std::pow(10, 12 * uniform() - 6);
            double const tau = set % 2 == 0 ? 0.3 : 0.0;
            studies.push_back({1 + std::sqrt(variance + tau) * (4 * uniform() - 2), variance});
        }
        auto const exact = test(with_fifty_digits(studies));
        auto const plain = test(studies);
        EXPECT_RELATIVE(plain.tau_squared, static_cast<double>(exact.tau_squared), 1e-13, 1e-300);
        EXPECT_RELATIVE(plain.statistic, static_cast<double>(exact.statistic), 2e-13, 2e-14);
        EXPECT_RELATIVE(plain.slope_standard_error, static_cast<double>(exact.slope_standard_error), 1e-13);
        EXPECT_RELATIVE(plain.intercept.variance, static_cast<double>(exact.intercept.variance), 1e-13);
        heterogeneous += exact.tau_squared > 0 ? 1 : 0;
    }
    EXPECT_GE(heterogeneous, 20U);
}

TEST(SmallStudyPrecision, FiftyDigitsConfirmTheStepModel) {
    auto const studies = with_fifty_digits(hackshaw());
    auto const model = selection_model{step_weights{{0.025}}};
    auto const exact = model(studies);
    auto const plain = model(hackshaw());
    EXPECT_RELATIVE(plain.pooled.effect, static_cast<double>(exact.pooled.effect), 1e-8);
    EXPECT_RELATIVE(plain.pooled.variance, static_cast<double>(exact.pooled.variance), 1e-7);
    EXPECT_RELATIVE(plain.pooled.tau_squared, static_cast<double>(exact.pooled.tau_squared), 1e-7);
    EXPECT_RELATIVE(plain.log_likelihood, static_cast<double>(exact.log_likelihood), 1e-12);
    EXPECT_RELATIVE(plain.likelihood_ratio.statistic, static_cast<double>(exact.likelihood_ratio.statistic),
                    1e-9);
}

// Beside a tau² that is vast against the variances a study is significant with a probability next to 1, and
// what is left of it is not the difference of two tails of one half.
TEST(SmallStudyPrecision, ExcessSignificanceKeepsWhatIsLeftOfPowersNextToOne) {
    auto generator = std::mt19937(20);
    auto normal = std::normal_distribution<double>();
    for (double const tau_squared : {0.0, 1e-3, 1.0, 1e3, 1e8, 1e16, 1e24}) {
        for (double const mean : {0.0, 0.4, 3.0, -12.0}) {
            auto studies = std::vector<estimate>{};
            for (int i = 0; i < 7; ++i) {
                studies.push_back({mean + 0.3 * normal(generator), std::exp(normal(generator) - 2)});
            }
            auto const here = excess_significance<random_effects<fixed_tau_squared>>{
                .model = {fixed_tau_squared{tau_squared}}}(studies);
            auto const exact = excess_significance<random_effects<basic_fixed_tau_squared<precise>>>{
                .model = {
                    basic_fixed_tau_squared<precise>{precise(tau_squared)}}}(with_fifty_digits(studies));
            EXPECT_RELATIVE(here.p_value, static_cast<double>(exact.p_value), 1e-10);
            EXPECT_RELATIVE(here.exact_p_value, static_cast<double>(exact.exact_p_value), 1e-11);
            EXPECT_RELATIVE(here.binomial_p_value, static_cast<double>(exact.binomial_p_value), 1e-11);
        }
    }
}

} // namespace
} // namespace accrue::test_small_study_precision
