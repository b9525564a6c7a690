// Models in trial sequential analyses, on every scale of information and every schedule.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/monitored.hpp"
#include "seams/parts.hpp"
#include <accrue/sequential/monitoring.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams {
namespace {

void expect_sound_analysis(sequential_analysis const& analysis) {
    for (auto const& look : analysis.looks) {
        expect_sound(look.cumulative);
        bool const defined = look.cumulative.status != status::undefined;
        EXPECT_TRUE(!std::isnan(look.z) || !defined) << "z " << look.z << " after " << look.trials;
        EXPECT_TRUE(look.lower_boundary <= look.upper_boundary);
        EXPECT_TRUE(look.information_fraction > 0) << look.information_fraction;
        EXPECT_TRUE((look.diversity >= 0 && look.diversity <= 1) || !defined)
            << "diversity " << look.diversity << " after " << look.trials;
    }
}

// Qualifies: SEAM-1
TEST(Monitoring, MeetsEveryModel) {
    auto tried = combinations{};
    auto const schedules =
        std::tuple(named{"every_trial", every_trial{}}, named{"minimum_increment", minimum_increment{}},
                   named{"after_trials", after_trials{{2}}});
    for (auto const& model : all_models()) {
        for (auto const& data : data_sets()) {
            auto const participants = std::vector<int>(data.studies.size(), 60);
            auto const scales = std::tuple(named{"participants", participants},
                                           named{"common_effect_information", common_effect_information{}},
                                           named{"model_information", model_information{}});
            for_each_part(scales, [&](auto const& scale) {
                tried.run("trial_sequential_analysis by " + scale.name + ", " + model.name, data.name, [&] {
                    expect_sound_analysis(
                        trial_sequential_analysis(model.part, design(), data.studies, scale.part));
                });
            });
            for_each_part(schedules, [&](auto const& schedule) {
                tried.run("trial_sequential_analysis at " + schedule.name + ", " + model.name, data.name,
                          [&] {
                              expect_sound_analysis(trial_sequential_analysis(
                                  model.part, design(), data.studies, participants, schedule.part));
                          });
            });
        }
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams
