#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>

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
    interval prediction{}; ///< for the true effect of a new study; none if empty
};

/// A bubble plot (Thompson & Higgins 2002, Stat Med 21:1559-1573, doi:10.1002/sim.1187): effects against a
/// moderator, discs of an area in proportion to the studies' weights, and the line that a meta-regression
/// predicts with its confidence band and, fainter, its prediction band. `plot_of` builds it from a
/// regression.
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
    for (auto const& place : plot.predictions) {
        line.places.push_back({place.moderator, place.effect});
    }
    auto const add_band = [&](interval bubble_plot_prediction::*const band, double const opacity) {
        auto region = chart_region{.colour = &theme::data, .opacity = opacity};
        bool empty = true;
        for (auto const& place : plot.predictions) {
            region.corners.push_back({place.moderator, (place.*band).upper});
            empty = empty && !((place.*band).upper > (place.*band).lower);
        }
        for (auto at = plot.predictions.rbegin(); at != plot.predictions.rend(); ++at) {
            region.corners.push_back({at->moderator, ((*at).*band).lower});
        }
        if (!empty) {
            result.regions.push_back(region);
        }
    };
    add_band(&bubble_plot_prediction::prediction, 0.07);
    add_band(&bubble_plot_prediction::confidence, 0.15);
    result.lines.push_back(line);
    return result;
}

} // namespace accrue
