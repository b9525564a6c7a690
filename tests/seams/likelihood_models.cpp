// Random effects by every likelihood estimator of tau² and every uncertainty, and all that is reported of
// them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_likelihood_models {
namespace {

// Qualifies: SEAM-1
TEST(LikelihoodModels, MeetEveryInference) {
    model_laws{}.expect_of_random_effects(likelihood_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_likelihood_models
