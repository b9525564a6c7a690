// What e-processes bet by must be densities, and options that mean nothing are nobody's trial's fault.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/bayes.hpp>
#include <accrue/bayes/detail/prior_mass.hpp>
#include <accrue/sequential/anytime.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_sequential_priors_of_processes {
namespace {

using accrue::test::refusal_of;

TEST(PriorMass, OfThePriorsOfTauIsOneInAnyUnit) {
    for (double const unit : {1e-6, 0.02, 0.5, 30.0, 1e6}) {
        for (double const scale : {unit, 1e4 * unit, 1e-4 * unit}) { // where the prior does not say
            for (auto const& prior :
                 {any_heterogeneity_prior(half_normal{unit}), any_heterogeneity_prior(half_cauchy{unit}),
                  any_heterogeneity_prior(half_student_t{4, unit}),
                  any_heterogeneity_prior(exponential{unit}), any_heterogeneity_prior(uniform{unit}),
                  any_heterogeneity_prior(log_normal{std::log(unit), 0.7}),
                  any_heterogeneity_prior(inverse_gamma{3, unit})}) {
                EXPECT_RELATIVE(detail::prior_mass(prior, scale), 1, 1e-9);
            }
        }
    }
    EXPECT_EQ(detail::prior_mass(point_prior{0.2}, 1), 1);
}

TEST(UniversalInference, RefusesAPriorThatIsNoDensity) {
    auto const refusal = [](auto const& prior) {
        auto process = universal_inference{.mean = {0, 1}, .heterogeneity = prior};
        return refusal_of([&] { process.add({0, 1}); });
    };
    // e^6 times an exponential density: an E of 235 by one trial that shows nothing
    EXPECT_TRUE(refusal([](double const tau) {
                    return 6 - tau;
                }).starts_with("integral of the prior of tau must be 1 or less, but is 403.4"));
    EXPECT_TRUE(refusal([](double) { return 0.0; }).starts_with("integral of the prior of tau"));
    EXPECT_TRUE(
        refusal([](double const tau) { return -std::log(tau); }).starts_with("integral of the prior of tau"));
    EXPECT_EQ(refusal([](double const tau) { return -tau; }), "");
    EXPECT_EQ(refusal([](double const tau) { return -1 - tau; }), ""); // bets less than it could
    EXPECT_EQ(refusal(half_cauchy{0.3}), "");
    EXPECT_EQ(refusal(point_prior{0.3}), "");
}

template <class Process>
void expect_no_trial_to_blame(Process const& process, std::string const& message) {
    auto const trials = std::vector<estimate>{{0.3, 0.1}, {0.5, 0.2}};
    try {
        (void)anytime_analysis(process, trials);
        ADD_FAILURE() << "not refused: " << message;
    } catch (invalid_input const& refused) {
        EXPECT_EQ(std::string(refused.what()), message);
        EXPECT_FALSE(refused.study().has_value()) << message;
    }
}

TEST(UniversalInference, RefusesEffectsWhoseSquaresAddUpToNoNumber) {
    auto process = universal_inference{
        .mean = normal_prior{0, 1}, .heterogeneity = half_normal{1}, .direction = above_null{}};
    process.add({1.2e154, 1});
    double const before = process.log_e_value();
    EXPECT_THROW(process.add({-1.2e154, 1}), invalid_input);
    EXPECT_EQ(process.size(), 1U);
    EXPECT_EQ(process.log_e_value(), before);
}

TEST(AnytimeAnalysis, BlamesNoTrialForOptionsThatMeanNothing) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    expect_no_trial_to_blame(symmetric_e_process{0.3, -0.1},
                             "initial tau² must be zero or positive, and finite, but is -0.1");
    expect_no_trial_to_blame(
        symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.1, .guess_worth = nan},
        "worth of the guess must be positive, but is nan");
    expect_no_trial_to_blame(universal_inference{{0, -1}, half_normal{0.3}},
                             "sd of the prior must be positive and finite, but is -1");
    expect_no_trial_to_blame(universal_inference{{0, 1}, half_normal{-1}},
                             "scale must be positive and finite, but is -1");
    expect_no_trial_to_blame(universal_inference{{0, 1}, uniform{0}},
                             "upper must be positive and finite, but is 0");
    expect_no_trial_to_blame(universal_inference{{0, 1}, half_normal{0.3}, nan},
                             "null must be finite, but is nan");
    expect_no_trial_to_blame(robbins_mixture{-1}, "effect sd must be positive and finite, but is -1");
}

} // namespace
} // namespace accrue::test_sequential_priors_of_processes
