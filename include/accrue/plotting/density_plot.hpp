#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// A density and its name, such as the posterior of a mean.
struct named_density {
    std::string name{};                      ///< written at its highest point
    std::function<double(double)> density{}; ///< x -> the density there
};

/// Densities over a range, such as the posterior of a mean beside that of a new study's effect, with a
/// credible interval shaded below the first.
///
///     auto const mean = posterior.mean();
///     auto plot = density_plot{.densities = {{"mean", [&](double x) { return mean.density(x); }}},
///                              .range = {-1, 1},
///                              .shaded = equal_tailed_interval(mean, 0.95)};
///
/// Densities are drawn through 241 points each: a peak that is narrower than 1/240 of the range is cut short.
struct density_plot {
    std::string title{};
    std::string quantity_name = "Effect";   ///< below the axis
    std::vector<named_density> densities{}; ///< one at least; three have colours of their own
    interval range{0, 1};                   ///< that is shown
    std::optional<interval> shaded{};       ///< below the first density
    std::string note{};                     ///< a line below the plot
};

/// The chart that a density plot is.
///
/// \throws invalid_input when there is no density, or the range is empty
[[nodiscard]] inline chart as_chart(density_plot const& plot) {
    detail::require_not_empty("densities", plot.densities.size());
    detail::require(plot.range.lower < plot.range.upper, "lower end of the range", "below its upper end",
                    plot.range.lower);
    static constexpr std::size_t steps = 240;
    static constexpr auto roles =
        std::array<colour_role, 3>{&theme::data, &theme::boundary, &theme::futility};
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.quantity_name, .range = plot.range},
                        .y = {.name = "Density"},
                        .note = plot.note};
    for (std::size_t i = 0; i < plot.densities.size(); ++i) {
        auto const& [name, density] = plot.densities[i];
        auto line = chart_line{.colour = roles[i % roles.size()],
                               .width = 2.2,
                               .dash = i == 0   ? ""
                                       : i == 1 ? "7 4"
                                                : "3 3"};
        auto highest = chart_place{plot.range.lower, 0};
        for (std::size_t step = 0; step <= steps; ++step) {
            double const x = plot.range.lower + plot.range.width() * static_cast<double>(step) / steps;
            line.places.push_back({x, density(x)});
            highest = line.places.back().y > highest.y ? line.places.back() : highest;
        }
        if (i == 0 && plot.shaded) {
            auto region = chart_region{.colour = &theme::data, .opacity = 0.18};
            auto const within = [&](double const x) {
                double const up = x < plot.shaded->upper ? x : plot.shaded->upper;
                return up > plot.shaded->lower ? up : plot.shaded->lower;
            };
            region.corners.push_back({within(plot.range.lower), 0});
            for (std::size_t step = 0; step <= steps; ++step) {
                double const x = within(line.places[step].x);
                region.corners.push_back({x, density(x)});
            }
            region.corners.push_back({within(plot.range.upper), 0});
            result.regions.push_back(region);
        }
        result.labels.push_back({.place = highest, .words = name, .colour = line.colour, .needed = true});
        result.lines.push_back(std::move(line));
    }
    result.lines.push_back(
        {.places = {{plot.range.lower, 0}, {plot.range.upper, 0}}, .colour = &theme::ink, .width = 1});
    return result;
}

} // namespace accrue
