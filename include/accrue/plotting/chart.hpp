#pragma once

#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accrue {

/// A place in a chart, in the units of its axes.
struct chart_place {
    double x;
    double y;
};

/// The role that gives a thing its colour: a member of `theme`, such as `&theme::data`.
using colour_role = std::string_view theme::*;

/// One axis of a chart.
struct chart_axis {
    std::string name{};              ///< stands beside the axis
    bool logarithmic = false;        ///< as far from 1/2 to 1 as from 1 to 2; its numbers are positive
    bool reversed = false;           ///< the larger numbers to the left, or below
    std::optional<interval> range{}; ///< where the axis begins and ends; from the data unless given
    std::string towards_lower{};     ///< what smaller numbers mean: "favours treatment"
    std::string towards_higher{};    ///< what larger numbers mean
    bool counts = false;             ///< marked at whole numbers alone, unless logarithmic
};

/// A line of a chart; where a place is not finite, it is interrupted.
struct chart_line {
    std::vector<chart_place> places{};
    colour_role colour = &theme::ink;
    double width = 1.5;      ///< pixels
    std::string_view dash{}; ///< as SVG writes dashes and gaps; none for a solid line
    bool widens = true;      ///< whether the axes reach as far as the line; else it may leave the chart
};

/// A shaded region of a chart, by its corners.
struct chart_region {
    std::vector<chart_place> corners{};
    colour_role colour = &theme::hairline;
    double opacity = 0.3;
};

/// A point of a chart, drawn as a disc.
struct chart_point {
    chart_place place{};
    std::string name{};  ///< shown to whoever points at it, and beside it where `labelled` and there is room
    double area = 0.2;   ///< in squares of the font's size
    bool hollow = false; ///< a ring: what was not observed
    bool labelled = true;
    colour_role colour = &theme::data;
};

/// Words at a place of a chart, beside it where they touch no other words, no disc and no line. Where there
/// is no room they are left out, or, if they are needed, stand farther away with a thin line that leads to
/// their place. Needed ones choose first, and then earlier ones.
struct chart_label {
    chart_place place{};
    std::string words{};
    colour_role colour = &theme::ink;
    bool bold = false;
    bool needed = false;
};

/// A picture with two axes, which the kinds of plots are made of: regions at the back, then lines, points,
/// and words where they touch no other words and no line. A plot of one's own is a chart as well:
///
///     auto doses = chart{.x = {.name = "Dose"}, .y = {.name = "Odds ratio", .logarithmic = true}};
///     doses.lines.push_back({.places = {{0, 1}, {40, 1}}, .colour = &theme::hairline});
///     doses.points.push_back({.place = {10, 0.8}, .name = "Smith 1998"});
///     std::ofstream("doses.svg") << svg(doses);
///
/// Points beyond a given range of an axis are not drawn at its edge, which would be untrue: they are left
/// out, and a line below the chart says how many.
struct chart {
    std::string title{};
    std::string description{}; ///< what screen readers say after the title
    chart_axis x{};
    chart_axis y{};
    std::vector<chart_region> regions{};
    std::vector<chart_line> lines{};
    std::vector<chart_point> points{};
    std::vector<chart_label> labels{};
    std::string note{}; ///< a line at the foot
};

} // namespace accrue
