#pragma once

#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

#include <string>
#include <vector>

namespace accrue::test::seams {

using event_trials = std::vector<two_arms<events>>;

/// Trials that every model of them is run on.
struct trial_set {
    std::string name;
    event_trials trials;
    bool regular; ///< all trials have events and non-events in both groups
};

/// Ordinary trials, few, without events in one group or in both, with nothing but events, tiny and huge.
[[nodiscard]] inline std::vector<trial_set> const& trial_sets() {
    static auto const sets = std::vector<trial_set>{
        {"ordinary",
         {{{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{3, 231}, {11, 220}}, {{62, 1367}, {98, 1345}}},
         true},
        {"two trials", {{{4, 60}, {9, 58}}, {{6, 80}, {5, 83}}}, true},
        {"one trial", {{{4, 60}, {9, 58}}}, true},
        {"equal trials", {{{4, 60}, {9, 58}}, {{4, 60}, {9, 58}}, {{4, 60}, {9, 58}}}, true},
        {"equal groups", {{{4, 60}, {4, 60}}, {{6, 80}, {6, 80}}, {{3, 30}, {3, 30}}}, true},
        {"a group without events", {{{0, 60}, {3, 58}}, {{2, 80}, {5, 83}}, {{1, 50}, {4, 50}}}, false},
        {"events under control alone", {{{0, 60}, {3, 58}}, {{0, 80}, {5, 83}}, {{0, 50}, {1, 50}}}, false},
        {"a trial without events", {{{0, 60}, {0, 58}}, {{2, 80}, {5, 83}}, {{1, 50}, {4, 50}}}, false},
        {"no events at all", {{{0, 60}, {0, 58}}, {{0, 80}, {0, 83}}}, false},
        {"nothing but events", {{{60, 60}, {58, 58}}, {{80, 80}, {83, 83}}}, false},
        {"groups that are opposites", {{{60, 60}, {0, 58}}, {{80, 80}, {0, 83}}}, false},
        {"single participants", {{{1, 1}, {0, 1}}, {{0, 1}, {1, 1}}, {{1, 1}, {0, 1}}}, false},
        {"unequal groups", {{{3, 10000}, {1, 12}}, {{40, 90000}, {2, 25}}, {{7, 20000}, {3, 30}}}, true},
    };
    return sets;
}

[[nodiscard]] inline event_trials exchanged(event_trials trials) {
    for (auto& trial : trials) {
        trial = {trial.control, trial.treatment};
    }
    return trials;
}

/// The trials' events over the time that their participants give.
[[nodiscard]] inline std::vector<two_arms<rate>> as_rates(event_trials const& trials) {
    auto result = std::vector<two_arms<rate>>{};
    for (auto const& [treatment, control] : trials) {
        result.push_back({{treatment.count, treatment.total}, {control.count, control.total}});
    }
    return result;
}

} // namespace accrue::test::seams
