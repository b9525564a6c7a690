#pragma once

#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/chart_drawing.hpp>
#include <accrue/plotting/detail/forest_drawing.hpp>
#include <accrue/plotting/drawing.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/refused.hpp>

#include <concepts>
#include <string>

/// \file
/// From a plot to a picture: an SVG document, by this library alone, on servers and in browsers too. Programs
/// that show SVG are everywhere; `rsvg-convert forest.svg -o forest.png` makes pixels of one where a program
/// wants them.

namespace accrue {

/// Draws a chart.
///
/// \throws invalid_input when there is nothing with a finite place, the range of an axis is empty, a value is
/// not positive on a logarithmic axis, or a width or an area is not finite
[[nodiscard]] inline drawing draw(chart const& plot, canvas const& paper = {}) {
    detail::check(paper);
    return detail::chart_drawing(plot, paper).finish();
}

/// Draws a forest plot; it is as high as its rows need, whatever the canvas's height.
///
/// \throws invalid_input when there is no row, an effect is not finite or outside its interval, a weight is
/// outside [0, 100], a row has more cells than there are columns, or, on a logarithmic axis, an effect is not
/// positive or an end of an interval negative
[[nodiscard]] inline drawing draw(forest_plot const& plot, canvas const& paper = {}) {
    detail::check(paper);
    detail::check(plot);
    return detail::forest_drawing(plot, paper).finish();
}

/// Draws a plot that is a kind of chart: `as_chart(plot)` says which.
template <class Plot>
    requires requires(Plot const& plot) {
        { as_chart(plot) } -> std::same_as<chart>;
    }
[[nodiscard]] drawing draw(Plot const& plot, canvas const& paper = {}) {
    return draw(as_chart(plot), paper);
}

/// A plot of this library, or of a user, that `draw(plot, canvas)` makes a drawing of.
template <class Plot>
concept drawable = requires(Plot const& plot, canvas const& paper) {
    { draw(plot, paper) } -> std::same_as<drawing>;
};

/// A plot as an SVG document.
///
///     std::ofstream("forest.svg") << svg(plot_of(names, forest_rows(model, estimates, 0.95)));
///
/// \throws invalid_input when the plot holds what cannot be drawn truly, or the canvas has no sensible size
template <drawable Plot>
[[nodiscard]] std::string svg(Plot const& plot, canvas const& paper = {}) {
    return draw(plot, paper).svg();
}

template <class Drawn>
    requires(!drawable<Drawn>)
ACCRUE_REFUSED("svg draws plots: svg(plot_of(measure, names, model, estimates))",
               svg(Drawn const&, auto const&...));

} // namespace accrue
