// Models of rare events by their likelihood, and all that is reported of them.

#include "seams/trial_laws.hpp"
#include <accrue/rare_events.hpp>

#include <gtest/gtest.h>

namespace accrue::test::seams::test_rare_event_models {
namespace {

// Qualifies: SEAM-1
TEST(RareEventModels, MeetEveryInference) {
    auto laws = trial_laws{};
    laws.expect_of_events("binomial_normal, conditional_exact", binomial_normal{conditional_exact{}});
    laws.expect_of_events("binomial_normal, conditional_approximate",
                          binomial_normal{conditional_approximate{}});
    laws.expect_of_events("binomial_normal, fixed_intercepts", binomial_normal{fixed_intercepts{}});
    laws.expect_of_events("beta_binomial", beta_binomial{});
    laws.expect_of_events("exact_odds_ratio", exact_odds_ratio{});
    laws.expect_antisymmetry("exact_odds_ratio", exact_odds_ratio{});
    laws.report();
}

TEST(RareEventModels, OfRatesMeetEveryInference) {
    auto laws = trial_laws{};
    laws.expect_of_rates("poisson_normal", poisson_normal{});
    laws.report();
}

} // namespace
} // namespace accrue::test::seams::test_rare_event_models
