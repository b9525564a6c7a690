// Random effects by every moment estimator of tau² and every uncertainty, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_moment_models {
namespace {

// Qualifies: SEAM-1
TEST(MomentModels, MeetEveryInference) {
    model_laws{}.expect_of_random_effects(moment_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_moment_models
