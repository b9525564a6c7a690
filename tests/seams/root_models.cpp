// Random effects by every root estimator of tau² and every uncertainty, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_root_models {
namespace {

TEST(RootModels, MeetEveryInference) {
    model_laws{}.expect_of_random_effects(root_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_root_models
