// Models of trials by sums over them, and all that is reported of them.

#include "seams/trial_laws.hpp"
#include <accrue/effect.hpp>
#include <accrue/model.hpp>

#include <gtest/gtest.h>

namespace accrue::test::seams::test_trial_models {
namespace {

TEST(TrialModels, OfEventsMeetEveryInference) {
    auto laws = trial_laws{};
    laws.expect_of_events("peto", peto{});
    laws.expect_antisymmetry("peto", peto{});
    laws.expect_of_events("mantel_haenszel of odds ratios", mantel_haenszel{});
    laws.expect_antisymmetry("mantel_haenszel of odds ratios", mantel_haenszel{});
    laws.expect_of_events("mantel_haenszel of risk ratios", mantel_haenszel{log_risk_ratio{}});
    laws.expect_antisymmetry("mantel_haenszel of risk ratios", mantel_haenszel{log_risk_ratio{}});
    laws.expect_of_events("mantel_haenszel of risk differences", mantel_haenszel{risk_difference{}});
    laws.expect_of_events("mantel_haenszel of risk differences, by greenland_robins_variance",
                          mantel_haenszel{risk_difference{}, greenland_robins_variance{}});
    laws.expect_of_events("mantel_haenszel_random_effects", mantel_haenszel_random_effects{});
    laws.expect_of_events("mantel_haenszel_random_effects and kenward_roger",
                          mantel_haenszel_random_effects{log_odds_ratio{}, kenward_roger{}});
    laws.report();
}

TEST(TrialModels, OfRatesMeetEveryInference) {
    auto laws = trial_laws{};
    laws.expect_of_rates("mantel_haenszel of rate ratios", mantel_haenszel{log_incidence_rate_ratio{}});
    laws.expect_of_rates("mantel_haenszel of rate differences", mantel_haenszel{incidence_rate_difference{}});
    laws.report();
}

} // namespace
} // namespace accrue::test::seams::test_trial_models
