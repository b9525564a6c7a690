#pragma once

#include <accrue/plotting/detail/forest_drawing.hpp>
#include <accrue/plotting/detail/monitoring_drawing.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/plotting/picture.hpp>

#include <string>

/// \file
/// From a plot to a picture. A script is text for gnuplot 5.2 or later that holds its data and needs no other
/// file. Written to NAME.gp it draws NAME.png, and NAME.svg after `gnuplot -e "format='svg'" NAME.gp`; its
/// first lines say what else can be set. Names and titles are shown as they are, whatever characters they
/// hold, and nothing in them is ever executed.

namespace accrue {

/// The gnuplot script that draws the forest plot.
///
/// \throws invalid_input when there is no study, an effect is not finite or outside its interval, a weight is
///   outside [0, 100], or a value is not positive on a logarithmic axis
[[nodiscard]] inline std::string gnuplot_script(forest_plot const& plot, picture const& canvas = {}) {
    detail::check(canvas);
    detail::check(plot);
    return detail::forest_drawing(plot, canvas).script();
}

/// The gnuplot script that draws the monitoring plot. A look's name that finds no room is left out.
///
/// \throws invalid_input when there is no look, information does not grow from look to look, Z is not finite,
///   a boundary is on the wrong side of zero, or the ends of a futility region are in the wrong order
[[nodiscard]] inline std::string gnuplot_script(monitoring_plot const& plot, picture const& canvas = {}) {
    detail::check(canvas);
    detail::check(plot);
    return detail::monitoring_drawing(plot, canvas).script();
}

} // namespace accrue
