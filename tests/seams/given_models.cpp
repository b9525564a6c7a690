// Random effects by every given estimator of tau² and every uncertainty, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_given_models {
namespace {

// Qualifies: SEAM-1
TEST(GivenModels, MeetEveryInference) {
    model_laws{}.expect_of_random_effects(given_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_given_models
