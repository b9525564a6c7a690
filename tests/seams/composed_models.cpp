// Random effects by every composed estimator of tau² and every uncertainty, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_composed_models {
namespace {

TEST(ComposedModels, MeetEveryInference) {
    model_laws{}.expect_of_random_effects(composed_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_composed_models
