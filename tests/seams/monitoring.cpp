// Models in trial sequential analyses, on every scale of information and every schedule.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/monitored.hpp"
#include "seams/parts.hpp"
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/monitoring.hpp>
#include <accrue/sequential/simulation.hpp>
#include <accrue/sequential/spending.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_monitoring {
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

/// The designs that analyses are made by: every rule, every kind of futility, every kind of error.
std::vector<named<sequential_design>> designs() {
    auto result = std::vector<named<sequential_design>>{};
    auto const add = [&](char const* const name, auto const& change) {
        result.push_back({name, design()});
        change(result.back().part);
    };
    auto const one_sided_size = required_information_size(
        mean_difference_target{.difference = -0.5, .sd = 1.6}, one_sided{0.025}, 0.9);
    add("exact_monitoring", [](auto& to) { to.boundaries = exact_monitoring{}; });
    add("copenhagen_monitoring", [](auto& to) {
        to.boundaries = copenhagen_monitoring{};
        to.futility = futility{0.1, lan_demets_obrien_fleming{}};
    });
    add("rtsa_monitoring", [](auto& to) { to.boundaries = rtsa_monitoring{}; });
    add("scaled_monitoring", [](auto& to) { to.boundaries = scaled_monitoring{1.2}; });
    add("simulated_monitoring", [](auto& to) {
        to.boundaries = simulated_monitoring{.null = normal_null{{0.0, 0.5}}, .replicates = 400};
    });
    add("futility, non-binding", [](auto& to) { to.futility = futility{0.1, lan_demets_obrien_fleming{}}; });
    add("futility, binding", [](auto& to) {
        to.futility = futility{0.1, lan_demets_obrien_fleming{}, binding{}};
    });
    add("futility, simulated", [](auto& to) {
        to.boundaries = simulated_monitoring{.null = normal_null{{0.0, 0.5}}, .replicates = 400};
        to.futility = futility{0.1, lan_demets_obrien_fleming{}};
    });
    add("one_sided", [&](auto& to) {
        to.error = one_sided{0.025};
        to.information = one_sided_size;
    });
    add("one_sided with futility", [&](auto& to) {
        to.error = one_sided{0.025};
        to.information = one_sided_size;
        to.futility = futility{0.1, lan_demets_pocock{}};
    });
    add("asymmetric", [](auto& to) { to.error = asymmetric{.lower = 0.01, .upper = 0.025}; });
    return result;
}

TEST(Monitoring, MeetsEveryRuleAndKindOfFutility) {
    auto tried = combinations{};
    auto const models = std::tuple(named{"common_effect", common_effect{}},
                                   named{"reml and hartung_knapp", random_effects{reml{}, hartung_knapp{}}},
                                   named{"dersimonian_laird", random_effects{dersimonian_laird{}, wald{}}});
    for (auto const& design : designs()) {
        for (auto const& data : data_sets()) {
            auto const participants = std::vector<int>(data.studies.size(), 60);
            for_each_part(models, [&](auto const& model) {
                tried.run(design.name + ", " + model.name, data.name, [&] {
                    auto const analysis =
                        trial_sequential_analysis(model.part, design.part, data.studies, participants);
                    expect_sound_analysis(analysis);
                    EXPECT_EQ(analysis.looks.size(), data.studies.size());
                    auto const& bounds = analysis.boundaries;
                    for (std::size_t i = 0; i < bounds.upper.size(); ++i) {
                        EXPECT_TRUE(bounds.lower[i] <= bounds.upper[i]);
                        EXPECT_TRUE(bounds.wedge.empty() || bounds.wedge[i] <= bounds.upper[i] + 1e-9)
                            << bounds.wedge[i] << " within " << bounds.upper[i];
                    }
                });
            });
        }
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_monitoring
