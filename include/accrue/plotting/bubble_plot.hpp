#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// One study of a bubble plot.
struct bubble_plot_study {
    std::string name{};
    double moderator = 0;
    double effect = 0;
    double weight = 1; ///< positive; the area of the disc
};

/// What a meta-regression predicts at one value of the moderator.
struct bubble_plot_prediction {
    double moderator = 0;
    double effect = 0;
    interval confidence{};
};

/// A bubble plot (Thompson & Higgins 2002, Stat Med 21:1559-1573, doi:10.1002/sim.1187): effects against a
/// moderator, discs of an area in proportion to the studies' weights, and the line that a meta-regression
/// predicts with its confidence band.
///
/// How to read it: a slope that a few large discs carry is one of those studies. Studies were not randomised
/// to their values of the moderator.
struct bubble_plot {
    std::string title{};
    std::string moderator_name = "Moderator";
    std::string effect_name = "Effect";
    std::vector<bubble_plot_study> studies{};
    std::vector<bubble_plot_prediction> predictions{}; ///< in the order of the moderator
    std::string note{};
};

/// The chart that a bubble plot is.
///
/// \throws invalid_input when there is no study, or a weight is not positive and finite
[[nodiscard]] inline chart as_chart(bubble_plot const& plot) {
    detail::require_not_empty("studies of a bubble plot", plot.studies.size());
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.moderator_name},
                        .y = {.name = plot.effect_name},
                        .note = plot.note};
    double heaviest = 0;
    for (auto const& study : plot.studies) {
        detail::require_positive("weight", study.weight);
        heaviest = study.weight > heaviest ? study.weight : heaviest;
    }
    for (auto const& study : plot.studies) {
        result.points.push_back({.place = {study.moderator, study.effect},
                                 .name = study.name,
                                 .area = 3 * study.weight / heaviest});
    }
    auto line = chart_line{.colour = &theme::data, .width = 2};
    auto band = chart_region{.colour = &theme::data, .opacity = 0.15};
    for (auto const& predicted : plot.predictions) {
        line.places.push_back({predicted.moderator, predicted.effect});
        band.corners.push_back({predicted.moderator, predicted.confidence.upper});
    }
    for (auto predicted = plot.predictions.rbegin(); predicted != plot.predictions.rend(); ++predicted) {
        band.corners.push_back({predicted->moderator, predicted->confidence.lower});
    }
    result.lines.push_back(line);
    if (!band.corners.empty()) {
        result.regions.push_back(band);
    }
    return result;
}

} // namespace accrue
