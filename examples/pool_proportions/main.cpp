// One group a study: pooling proportions, and why the logit.
//
// Data: patients who improved under hyperdynamic therapy of cerebral vasospasm in 14 studies, from Zhou,
// Brizendine & Pritz 1999 (Stat Med 18:557-566). Facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>
#include <accrue/rare_events.hpp>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const names = std::vector<std::string>{"Giannotta",  "Haraguchi", "Swift",    "Kassell", "Tanabe",
                                                "Awad",       "Finn",      "Hadeishi", "Otsubo",  "Muizelaar",
                                                "Rosenstein", "Levy",      "Shimoda",  "Solomon"};
    auto const groups =
        std::vector<events>{{16, 17}, {10, 12}, {4, 8}, {43, 58}, {10, 10}, {25, 42}, {13, 14},
                            {12, 12}, {22, 41}, {4, 5}, {5, 6},   {18, 23}, {58, 68}, {6, 10}};
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto const show = [&](char const* const name, auto const& measure) {
        auto const result = pool(model, effects(measure, groups));
        auto const ci = measure.back_transform(confidence_interval(result, 0.95));
        auto const next = measure.back_transform(prediction_interval(result, 0.95));
        std::printf("%-8s %.3f (%.3f to %.3f), another study's %.3f to %.3f\n", name,
                    measure.back_transform(result.effect), ci.lower, ci.upper, next.lower, next.upper);
    };
    show("raw", proportion{});         // its intervals may leave 0 to 1
    show("log", log_proportion{});     // and so may this at 1
    show("logit", logit_proportion{}); // this one stays inside
    show("arcsine", arcsine_proportion{});

    // A model of the counts needs no correction for the two studies in which all improved.
    auto const exact = clopper_pearson{}(events{12, 12}, 0.95);
    std::printf("12 of 12 alone, exactly: %.3f to %.3f\n", exact.lower, exact.upper);

    auto const measure = logit_proportion{};
    auto plot = plot_of(measure, names, model, effects(measure, groups));
    plot.title = "Improved under hyperdynamic therapy";
    plot.effect_name = "Proportion (95 % CI)";
    plot.axis_name = "Proportion";
    plot.columns = {"Improved"};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        plot.studies[i].cells = {std::to_string(static_cast<int>(groups[i].count)) + "/" +
                                 std::to_string(static_cast<int>(groups[i].total))};
    }
    std::ofstream("proportions.svg") << svg(plot);
}
