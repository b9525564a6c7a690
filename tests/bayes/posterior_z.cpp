// The posterior probability as a Z, and how often a rule on it is met where there is no effect.

#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::test_bayes_posterior_z {
namespace {

auto const weak = posterior_z{{.mean = normal_prior{0, 1}, .heterogeneity = half_normal{0.5}}};

RC_GTEST_PROP(PosteriorZ, IsTheNormalQuantileOfTheProbability, ()) {
    auto studies = std::vector<estimate>{};
    auto const count = *rc::gen::inRange(1, 9);
    for (int i = 0; i < count; ++i) {
        studies.push_back({*rc::gen::inRange(-2000, 2000) / 1000.0, *rc::gen::inRange(1, 500) / 1000.0});
    }
    double const threshold = *rc::gen::inRange(-500, 500) / 1000.0;
    auto const result = pool(posterior_z{weak.model, threshold}, studies);
    auto const after = weak.model(studies);
    double const above = after.mean().survival(threshold);
    RC_ASSERT(result.status == status::ok);
    RC_ASSERT(std::abs(normal::cumulative(z_value(result)) - above) < 1e-12);
    double const median = after.tau().quantile(0.5);
    RC_ASSERT(result.tau_squared == median * median);
    // The mirror image of the studies has the mirror image of Z.
    for (auto& study : studies) {
        study.effect = -study.effect;
    }
    RC_ASSERT(std::abs(pool(posterior_z{weak.model, -threshold}, studies).effect + result.effect) < 1e-8);
}

TEST(PosteriorZ, HasDigitsFarOut) {
    auto const far = std::vector<estimate>{{2, 0.01}, {2.1, 0.01}};
    auto const near_certain = posterior_z{{.mean = flat_prior{}, .heterogeneity = point_prior{0}}};
    EXPECT_RELATIVE(pool(near_certain, far).effect, 2.05 / std::sqrt(0.005), 1e-9);
}

TEST(PosteriorZ, WithoutPriorsIsTheZOfTheCommonEffect) {
    auto const flat = posterior_z{{.mean = flat_prior{}, .heterogeneity = point_prior{0}}};
    auto const series = trial_series{log_normal_variances{.trials = 6}, constant_heterogeneity{0.5}};
    auto const looks = symmetric_looks({2, 4, 6}, {1.96, 1.96, 1.96});
    auto const options = simulation_options{.replicates = 2'000};
    auto const bayes = simulate_monitoring(series, flat, looks, options);
    auto const common = simulate_monitoring(series, common_effect{}, looks, options);
    EXPECT_EQ(bayes.stopped_above, common.stopped_above);
    EXPECT_EQ(bayes.stopped_below, common.stopped_below);
}

// The rule 'stop at 97.5 %' is met far too often by looking; a boundary found by simulation is not.
TEST(PosteriorZ, HoldsAnErrorOnlyByABoundaryForIt) {
    auto const narrow = posterior_z{{.mean = flat_prior{}, .heterogeneity = half_normal{0.1}}};
    auto const variances = std::vector<double>(6, 0.1);
    auto const series = trial_series{stated_variances{variances}, constant_heterogeneity{0.05}};
    auto const options = simulation_options{.replicates = 1'000};
    auto const naive = simulate_monitoring(
        series, narrow, symmetric_looks({2, 3, 4, 5, 6}, std::vector<double>(5, 1.96)), options);
    EXPECT_GT(naive.either().value, 0.1);
    auto trials = std::vector<estimate>{};
    for (double const variance : variances) {
        trials.push_back({0, variance});
    }
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_pocock{},
                          .information = information_size{.effect = 0.5, .participants = 6},
                          .boundaries = simulated_monitoring{.null = normal_null{.tau_squared = {0, 0.05}},
                                                             .replicates = 2'000}};
    auto const plan = trial_sequential_analysis(narrow, design, trials, std::vector<double>(6, 1.0),
                                                every_trial{.first = 2});
    auto looks = monitored_looks{};
    for (auto const& look : plan.looks) {
        looks.trials.push_back(look.trials);
        looks.boundaries.lower.push_back(look.lower_boundary);
        looks.boundaries.upper.push_back(look.upper_boundary);
    }
    auto const held = simulate_monitoring(series, narrow, looks, {.replicates = 1'500, .seed = 77}).either();
    EXPECT_LT(held.value, 0.05 + 3 * 0.0056);
}

TEST(PosteriorZ, RefusesAThresholdThatIsNoNumber) {
    auto const lost = posterior_z{weak.model, std::numeric_limits<double>::quiet_NaN()};
    EXPECT_THROW((void)pool(lost, std::vector<estimate>{{0, 1}}), invalid_input);
}

} // namespace
} // namespace accrue::test_bayes_posterior_z
