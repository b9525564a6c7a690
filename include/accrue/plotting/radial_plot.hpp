#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/names.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// A radial plot (Galbraith 1988, Stat Med 7:889-894, doi:10.1002/sim.4780070807): each study's z, its effect
/// over sqrt(v + tau²), against its precision, 1 over sqrt(v + tau²).
///
/// How to read it: the slope from the origin to a point is the study's effect; the line has the slope of the
/// pooled effect, and the band of ±2 about it holds 95 % of the points where the model is right.
struct radial_plot {
    std::string title{};
    std::vector<std::string> names{}; ///< of the studies, or none
    std::vector<estimate> studies{};
    double effect = 0;      ///< the pooled effect
    double tau_squared = 0; ///< of the model; 0 for a common effect
    std::string note{};
};

/// The chart that a radial plot is.
///
/// \throws invalid_input when there is no study, names are given for some studies alone, an effect is not
/// finite, a variance not positive and finite, or tau² is negative
[[nodiscard]] inline chart as_chart(radial_plot const& plot) {
    detail::require_not_empty("studies of a radial plot", plot.studies.size());
    detail::require_finite("effect", plot.effect);
    detail::require_not_negative("tau_squared", plot.tau_squared);
    auto const names = detail::one_name_each(plot.names, "studies", plot.studies.size());
    auto result = chart{.title = plot.title,
                        .x = {.name = "Precision, 1 / standard error"},
                        .y = {.name = "Effect / standard error"},
                        .note = plot.note};
    double furthest = 0;
    double reach = 2;
    for (std::size_t i = 0; i < plot.studies.size(); ++i) {
        detail::check(plot.studies[i]);
        double const error = std::sqrt(plot.studies[i].variance + plot.tau_squared);
        double const z = plot.studies[i].effect / error;
        result.points.push_back({.place = {1 / error, z}, .name = names[i]});
        furthest = 1 / error > furthest ? 1 / error : furthest;
        reach = std::fabs(z) > reach ? std::fabs(z) : reach;
    }
    furthest *= 1.06;
    result.x.range = interval{0, furthest};
    auto const through = [&](double const offset) {
        return std::vector<chart_place>{{0, offset}, {furthest, plot.effect * furthest + offset}};
    };
    auto const above = through(2);
    auto const below = through(-2);
    result.regions.push_back(
        {.corners = {above[0], above[1], below[1], below[0]}, .colour = &theme::data, .opacity = 0.12});
    result.lines.push_back({.places = through(0), .colour = &theme::data, .width = 2});
    result.lines.push_back({.places = {{0, 0}, {furthest, 0}}, .colour = &theme::hairline});
    return result;
}

} // namespace accrue
