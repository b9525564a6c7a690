// What does not meet, and why: the concepts say so.

#include "seams/parts.hpp"
#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace accrue::test::seams::test_refusals {
namespace {

using weights_of_studies = generalised_q<user_weights>;

static_assert(tau_squared_estimator_for<weights_of_studies, list>);
static_assert(tau_squared_estimator_for<weights_of_studies, groups>);
static_assert(tau_squared_estimator_for<weights_of_studies, moderated>);
static_assert(!tau_squared_estimator_for<weights_of_studies, evidence_accumulator>,
              "weights for each study ask for the studies, which an accumulator does not keep");
static_assert(!tau_squared_estimator_for<two_step<weights_of_studies>, evidence_accumulator>);
static_assert(!model_for<random_effects<weights_of_studies>, evidence_accumulator>);
static_assert(!model_for<weighted_average<user_weights>, evidence_accumulator>);
static_assert(!tau_squared_interval_for<generalised_q_profile<user_weights>, evidence_accumulator>);
static_assert(!tau_squared_interval_for<profile_likelihood<weights_of_studies>, list>,
              "an estimator by moments maximises no likelihood");

template <class Model>
inline constexpr bool pools_evidence_with_a_mean_alone =
    model_for<Model, list> && model_for<Model, evidence_accumulator> && !model_for<Model, groups> &&
    !model_for<Model, moderated>;

static_assert(pools_evidence_with_a_mean_alone<common_effect>);
static_assert(pools_evidence_with_a_mean_alone<henmi_copas>);
static_assert(pools_evidence_with_a_mean_alone<weighted_average<>>);
static_assert(pools_evidence_with_a_mean_alone<ivhet<>>);

/// Models of trials see the trials; estimates have left them behind.
template <class Model>
inline constexpr bool pools_trials_alone = trial_model_for<Model, two_arms<events>> &&
                                           !model_for<Model, list> && !model_for<Model, evidence_accumulator>;

static_assert(pools_trials_alone<mantel_haenszel<>>);
static_assert(pools_trials_alone<mantel_haenszel_random_effects<>>);
static_assert(pools_trials_alone<peto>);
static_assert(!trial_model_for<random_effects<>, two_arms<events>>,
              "trials have no effect before a measure is chosen");

// Qualifies: MISUSE-1
TEST(Refusals, AreDecidedByTheCompiler) {
    SUCCEED();
}

} // namespace
} // namespace accrue::test::seams::test_refusals
