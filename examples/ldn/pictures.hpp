#pragma once

// The plots, as SVG documents.

#include "layout.hpp"
#include "review.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ldn {

inline void write_picture(std::filesystem::path const& file, std::string const& picture) {
    auto stream = std::ofstream(file);
    stream << picture;
    if (!stream.flush()) {
        throw std::runtime_error(text("cannot write ", file.string()));
    }
}

inline std::vector<std::string> names_of(review const& data) {
    auto names = std::vector<std::string>{};
    for (auto const& one : data.trials) {
        names.push_back(one.name);
    }
    return names;
}

inline std::string forest_picture(review const& data) {
    auto const by_dl = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const by_reml = pool(random_effects{reml{}, hartung_knapp{}}, data.estimates);
    auto const spread = heterogeneity(data.estimates);
    auto plot =
        plot_of(names_of(data), forest_rows(random_effects{dersimonian_laird{}}, data.estimates, level));
    plot.title = "Low-dose naltrexone (LDN) for pain in fibromyalgia";
    plot.effect_name = "SMD (95 % CI)";
    plot.axis_name = "Standardised mean difference in pain";
    plot.favours_lower = "favours LDN";
    plot.favours_higher = "favours placebo";
    plot.summaries = {
        {"Random effects, DerSimonian–Laird", by_dl.effect, confidence_interval(by_dl, level)},
        {"Random effects, REML, Hartung–Knapp", by_reml.effect, confidence_interval(by_reml, level)}};
    plot.prediction = prediction_interval(by_dl, level);
    plot.note = text("Effects rebuilt from what each trial's publication reports. Q = ", fixed(spread.q, 2),
                     ", I² = ", fixed(100 * spread.i_squared, 0), " %, τ² = ", fixed(by_dl.tau_squared, 2),
                     " (DerSimonian–Laird).");
    return svg(plot);
}

inline std::string monitoring_picture(review const& data, sequential_analysis const& analysis,
                                      std::string const& title, std::string const& target) {
    auto plot = plot_of(names_of(data), analysis);
    plot.title = title;
    plot.information_name = "Participants so far";
    plot.favours_negative = "favours LDN";
    plot.favours_positive = "favours placebo";
    plot.boundary_name = "O'Brien–Fleming-type boundary";
    plot.futility_name = text("futility for ", target);
    plot.note = text("Target: ", target, "; two-sided error 5 %, power 90 %; diversity D² = ",
                     fixed(100 * diversity(data.estimates, random_effects{dersimonian_laird{}}), 0),
                     " %; effects rebuilt from reports");
    return svg(plot);
}

} // namespace ldn
