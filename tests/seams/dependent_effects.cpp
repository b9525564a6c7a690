// Effects in clusters, at three levels, with every estimator by a likelihood and every uncertainty.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/dependence/three_level.hpp>
#include <accrue/inference/confidence_interval.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_dependent_effects {
namespace {

using any_clustered_model =
    std::function<three_level_fit(std::vector<estimate> const&, std::vector<int> const&)>;

TEST(DependentEffects, MeetEveryUncertainty) {
    auto tried = combinations{};
    auto models = std::vector<named<any_clustered_model>>{};
    for_each_part(likelihood_estimators, [&](auto const& estimator) {
        for_each_part(uncertainties, [&](auto const& uncertainty) {
            models.push_back(
                {estimator.name + " and " + uncertainty.name, three_level{estimator.part, uncertainty.part}});
        });
    });
    for (auto const& data : data_sets()) {
        auto const& studies = data.studies;
        auto const clusters = in_pairs(studies.size());
        for (auto const& [name, model, has_scale] : models) {
            // The search for the maximum, which takes a second at the limits of the type, is the same for
            // all.
            if (!data.regular && name.find("wald") == std::string::npos) {
                continue;
            }
            tried.run("three_level, " + name, data.name, [&, &apply = model] {
                auto const fit = apply(studies, clusters);
                expect_sound(fit);
                if (data.regular && fit.clusters > 1) {
                    EXPECT_EQ(to_string(fit.status), "ok");
                }
                if (fit.status != status::undefined) {
                    auto const interval = confidence_interval(fit, 0.95);
                    EXPECT_TRUE(interval.lower <= fit.effect && fit.effect <= interval.upper);
                }
                auto const turned = apply(changed(studies, -1, 0), clusters);
                expect_close("effect", turned.effect, -fit.effect, 1e-7, 1e-12);
                if (data.regular) {
                    auto const scaled = apply(changed(studies, std::ldexp(1.0, 40), 0), clusters);
                    expect_close("effect on another scale", scaled.effect, std::ldexp(fit.effect, 40), 1e-7,
                                 0);
                }
            });
        }
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_dependent_effects
