// The models beside random effects, and all that is reported of them.

#include "seams/model_laws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>

namespace accrue::test::seams::test_other_models {
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

/// Its result is one of its own, with a distribution that is neither normal nor t.
TEST(HenmiCopas, MeetsEveryInferenceOfAResultOfItsOwn) {
    auto tried = combinations{};
    auto const model = henmi_copas{};
    for (auto const& data : data_sets()) {
        auto const& studies = data.studies;
        auto const run = [&](std::string const& function, auto const& check) {
            tried.run(function + ", henmi_copas", data.name, check);
        };
        auto const expect_sound = [](henmi_copas_pooled const& result) {
            EXPECT_TRUE(result.status == status::undefined ||
                        (std::isfinite(result.effect) && std::isfinite(result.variance) &&
                         result.variance > 0 && std::isfinite(result.tau_squared)))
                << to_string(result.status) << " with variance " << result.variance;
        };
        auto const all = pool(model, studies);
        bool const defined = all.status != status::undefined;
        run("pool", [&] {
            expect_sound(all);
            EXPECT_TRUE(!data.regular || all.status == status::ok);
            double const p = p_value(all);
            EXPECT_TRUE(!defined || (p >= 0 && p <= 1)) << p;
            auto const interval = confidence_interval(all, 0.95);
            EXPECT_TRUE(!defined || (interval.lower <= all.effect && all.effect <= interval.upper));
        });
        run("sequences", [&] {
            auto const looks = cumulative(model, studies);
            auto const curve = z_curve(model, studies);
            for (std::size_t i = 0; i < looks.size(); ++i) {
                expect_sound(looks[i]);
                EXPECT_TRUE(!std::isnan(curve[i]) || looks[i].status == status::undefined);
            }
            for (auto const& result : leave_one_out(model, studies)) {
                expect_sound(result);
            }
        });
        run("each study", [&] {
            EXPECT_EQ(forest_rows(model, studies, 0.95).size(), studies.size());
            EXPECT_EQ(study_effects(model, studies).size(), studies.size());
            EXPECT_EQ(influence(model, studies).size(), studies.size());
        });
        run("subgroups", [&] {
            auto const apart = subgroups(model, by_turns(studies));
            for (auto const& result : apart.groups) {
                expect_sound(result);
            }
            seams::expect_sound(apart.combined);
        });
        run("shares", [&] {
            double const share = diversity(studies, model);
            EXPECT_TRUE(!defined || (share >= 0 && share <= 1)) << share;
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_other_models
