// The models beside random effects, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams {
namespace {

TEST(OtherModels, MeetEveryInference) {
    model_laws{}.expect_of_all(
        std::tuple(named{"common_effect", common_effect{}}, named{"ivhet", ivhet{}},
                   named{"weighted_average", weighted_average{}},
                   named{"weighted_average of 1/v and paule_mandel",
                         weighted_average{inverse_variance_weights{}, paule_mandel{}}},
                   named{"weighted_average of 1/se and dersimonian_laird",
                         weighted_average{inverse_standard_error_weights{}, dersimonian_laird{}}}));
}

} // namespace
} // namespace accrue::test::seams
