#pragma once

#include <accrue/detail/plotting/gnuplot.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/picture.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue {

/// One look of a monitoring plot: the cumulative evidence when one more study was in.
struct monitoring_plot_look {
    std::string name{};                                      ///< the study that was added
    double information = 0;                                  ///< accrued so far, in the units of the axis
    double z = 0;                                            ///< cumulative Z
    double lower = -std::numeric_limits<double>::infinity(); ///< boundary below zero; infinite for none
    double upper = std::numeric_limits<double>::infinity();  ///< boundary above zero; infinite for none
};

/// The boundaries at a look that is still to come.
struct monitoring_plot_boundary {
    double information = 0;
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
};

/// The plot of a trial sequential analysis (Wetterslev et al. 2008, J Clin Epidemiol 61:64-75,
/// doi:10.1016/j.jclinepi.2007.03.013): the cumulative Z-curve against the information accrued, the
/// monitoring boundaries that it must cross to count as evidence, the conventional lines that ignore repeated
/// looks, and the information required.
struct monitoring_plot {
    std::string title{};
    std::string information_name = "Participants"; ///< of the horizontal axis
    std::string information_unit = "participants"; ///< follows the number of the required information
    std::string favours_negative{};                ///< what a negative Z means: "favours treatment"
    std::string favours_positive{};                ///< what a positive Z means
    double required_information = 0;               ///< positive
    std::string required_information_name = "required information size";
    std::string boundary_name = "monitoring boundary";
    double conventional = 1.959963984540054; ///< |Z| of a single test; 0 draws no line
    std::string conventional_name = "single test";
    double largest_z =
        8; ///< the axis ends here at the latest; boundaries beyond are cut, their value is given
    std::vector<monitoring_plot_look> looks{};
    std::vector<monitoring_plot_boundary> planned{}; ///< drawn dashed, after the last look
    std::string note{};                              ///< a line at the foot, such as the settings
};

namespace detail {

inline void check(monitoring_plot const& plot) {
    require_not_empty("looks of a monitoring plot", plot.looks.size());
    require_positive("required_information", plot.required_information);
    require_not_negative("conventional", plot.conventional);
    require(plot.largest_z >= 3 && is_finite(plot.largest_z), "largest_z", "at least 3 and finite",
            plot.largest_z);
    double accrued = 0;
    auto const check_boundary = [&](auto const& look) {
        require_finite("information", look.information);
        require(look.information > accrued, "information", "positive and growing from look to look",
                look.information);
        require(look.lower < 0, "lower boundary", "negative or minus infinity", look.lower);
        require(look.upper > 0, "upper boundary", "positive or infinity", look.upper);
        accrued = look.information;
    };
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        try {
            require_finite("z", plot.looks[i].z);
            check_boundary(plot.looks[i]);
        } catch (invalid_input const& error) {
            throw error.at_study(i);
        }
    }
    for (auto const& look : plot.planned) {
        check_boundary(look);
    }
}

/// A point of the plot, in units of its axes.
struct monitoring_point {
    double information;
    double z;
};

/// The points of a boundary that exist, looks before `planned`.
inline std::vector<monitoring_point> boundary_points(monitoring_plot const& plot,
                                                     double monitoring_plot_look::*const seen,
                                                     double monitoring_plot_boundary::*const planned) {
    auto points = std::vector<monitoring_point>{};
    for (auto const& look : plot.looks) {
        points.push_back({look.information, look.*seen});
    }
    for (auto const& look : plot.planned) {
        points.push_back({look.information, look.*planned});
    }
    std::erase_if(points, [](monitoring_point const& point) { return !is_finite(point.z); });
    return points;
}

/// The value furthest from zero (`outermost`) or nearest to it that a boundary, drawn as straight lines,
/// takes in a range of information; 0 or infinity where it takes none.
inline double boundary_reach(std::vector<monitoring_point> const& points, interval const& range,
                             bool const outermost) {
    double reach = outermost ? 0 : infinity<double>();
    auto const use = [&](double const z) {
        reach = outermost ? std::max(reach, std::fabs(z)) : std::min(reach, std::fabs(z));
    };
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (range.contains(points[i].information)) {
            use(points[i].z);
        }
        for (double const end : {range.lower, range.upper}) {
            if (i > 0 && points[i - 1].information < end && end < points[i].information) {
                auto const& [from, from_z] = points[i - 1];
                use(from_z + (end - from) / (points[i].information - from) * (points[i].z - from_z));
            }
        }
    }
    return reach;
}

} // namespace detail

/// The gnuplot script that draws the monitoring plot; write it to a file NAME.gp.
///
/// The script holds the data and needs no other file. It draws NAME.png, or NAME.svg after
/// `gnuplot -e "format='svg'" NAME.gp`; its first lines say what else can be set. Names are shown as they
/// are, whatever characters they hold; a look's name that finds no room is left out. \throws invalid_input
/// when there is no look, information does not grow from look to look, Z is not finite or a boundary is on
/// the wrong side of zero
[[nodiscard]] inline std::string gnuplot_script(monitoring_plot const& plot, picture const& canvas = {}) {
    namespace colour = detail::plot_colour;
    using detail::readable;
    using detail::text_width;
    detail::check(canvas);
    detail::check(plot);

    double const font = canvas.font_size;
    double const small = 0.85 * font;
    auto const area = detail::plot_area{
        7 * font, canvas.width - 1.2 * font - text_width(plot.conventional_name, small),
        (plot.note.empty() ? 4.2 : 5.6) * font, canvas.height - (plot.title.empty() ? 2.4 : 5.0) * font};

    auto const upper =
        detail::boundary_points(plot, &monitoring_plot_look::upper, &monitoring_plot_boundary::upper);
    auto const lower =
        detail::boundary_points(plot, &monitoring_plot_look::lower, &monitoring_plot_boundary::lower);
    double last = std::max(plot.required_information, plot.looks.back().information);
    double highest = plot.conventional + 1.5;
    for (auto const& look : plot.looks) {
        highest = std::max(highest, std::fabs(look.z) + 1);
    }
    for (auto const& points : {upper, lower}) {
        for (auto const& [information, z] : points) {
            last = std::max(last, information);
            highest = std::max(highest, std::min(std::fabs(z) + 0.5, plot.largest_z));
        }
    }
    double const right = 1.04 * last;
    double const x_per_pixel = right / (area.right - area.left);
    double const z_per_pixel = 2 * highest / (area.top - area.bottom);
    auto const x_pixel = [&](double const x) { return area.left + x / x_per_pixel; };
    auto const x_value = [&](double const pixel) { return (pixel - area.left) * x_per_pixel; };
    auto const z_pixel = [&](double const z) { return area.bottom + (z + highest) / z_per_pixel; };

    auto script = detail::gnuplot_text("Trial sequential analysis", canvas, area);
    auto const in = [](char const* const name) { return std::string(" textcolor rgb ") + name; };
    auto const small_in = [&](char const* const name) {
        return " " + detail::font_of(small) + " textcolor rgb " + name;
    };
    script.line("set xrange [0:", right, "]");
    script.line("set yrange [", -highest, ":", highest, "]");
    script.line("set border 3 linecolor rgb ", colour::ink, " linewidth 1.5");
    script.line("set xtics nomirror out scale 0.6 format '' ()");
    script.line("set ytics nomirror out scale 0.6 format '' ()");
    detail::for_each_tick({0, right}, 8, [&](double const x, std::string const& text) {
        script.line("set xtics add ('' ", x, ")");
        script.label(text, x_pixel(x), area.bottom - 1.1 * font, "center" + in(colour::ink));
    });
    detail::for_each_tick({-highest, highest}, 8, [&](double const z, std::string const& text) {
        script.line("set ytics add ('' ", z, ")");
        script.label(text, area.left - 0.7 * font, z_pixel(z), "right" + in(colour::ink));
    });
    if (!plot.title.empty()) {
        script.label(detail::fitted(plot.title, canvas.width - 2.4 * font, 1.3 * font), 1.2 * font,
                     canvas.height - 1.9 * font, "left " + detail::font_of(1.3 * font) + in(colour::ink));
    }
    script.label(plot.information_name, (area.left + area.right) / 2, area.bottom - 2.7 * font,
                 "center" + in(colour::muted));
    if (!plot.note.empty()) {
        script.label(detail::fitted(plot.note, canvas.width - 2.4 * font, small), 1.2 * font, 0.9 * font,
                     "left" + small_in(colour::muted));
    }
    script.label("Cumulative Z", 3.1 * font, z_pixel(0), "center rotate by 90" + in(colour::muted));
    if (!plot.favours_negative.empty()) {
        script.label("← " + plot.favours_negative, 1.4 * font, z_pixel(-highest / 2),
                     "center rotate by 90" + in(colour::ink));
    }
    if (!plot.favours_positive.empty()) {
        script.label(plot.favours_positive + " →", 1.4 * font, z_pixel(highest / 2),
                     "center rotate by 90" + in(colour::ink));
    }

    auto const rule = [&](detail::monitoring_point const& from, detail::monitoring_point const& to,
                          std::string const& style) {
        script.line("set arrow from ", from.information, ",", from.z, " to ", to.information, ",", to.z,
                    " nohead back linecolor rgb ", style);
    };
    rule({0, 0}, {right, 0}, std::string(colour::muted) + " linewidth 1");
    if (plot.conventional > 0) {
        for (double const z : {plot.conventional, -plot.conventional}) {
            rule({0, z}, {right, z}, std::string(colour::muted) + " linewidth 1.5 dashtype 2");
            script.label(readable(z, 2), area.right + 0.4 * font, z_pixel(z) + 0.5 * small,
                         "left" + small_in(colour::muted));
            script.label(plot.conventional_name, area.right + 0.4 * font, z_pixel(z) - 0.6 * small,
                         "left" + small_in(colour::muted));
        }
    }

    // Names of the looks stand in rows across the axis from the curve, each tied to its point by a hairline.
    // From the last look to the first a name takes the row after those that it reaches, so that no hairline
    // runs through a name. A row may not touch the conventional line, nor a name the boundary.
    double sum_of_z = 0;
    for (auto const& look : plot.looks) {
        sum_of_z += look.z;
    }
    double const away = sum_of_z > 0 ? -1 : 1;
    auto const& opposite = sum_of_z > 0 ? lower : upper;
    static constexpr std::size_t row_count = 4;
    double rows[row_count];
    double height = 0.75 * font * z_per_pixel;
    for (double& row : rows) {
        if (std::fabs(height - plot.conventional) < 0.75 * small * z_per_pixel) {
            height = plot.conventional + 0.75 * small * z_per_pixel;
        }
        row = height;
        height += 1.35 * small * z_per_pixel;
    }
    struct placed_name {
        std::size_t row;
        double left;
    };
    auto placed = std::vector<placed_name>{};
    auto gaps = std::vector<interval>{}; // in the line of the required information, for names that cross it
    for (auto look = plot.looks.rbegin(); look != plot.looks.rend(); ++look) {
        if (look->name.empty()) {
            continue;
        }
        auto const text = look->name + ": " + readable(look->z, 2);
        double const hairline = x_pixel(look->information);
        double const width = text_width(text, small);
        bool const fits_right = hairline + 0.3 * font + width < canvas.width - 0.2 * font;
        double const left = fits_right ? hairline + 0.3 * font : hairline - 0.3 * font - width;
        double const end = left + width;
        std::size_t row = 0;
        for (auto const& other : placed) {
            if (other.left < end) {
                row = std::max(row, other.row + 1);
            }
        }
        double const room = detail::boundary_reach(opposite, {x_value(left), x_value(end)}, false) -
                            0.6 * small * z_per_pixel;
        if (left < area.left || row >= row_count || rows[row] > std::min(room, highest)) {
            continue;
        }
        placed.push_back({row, left - 0.5 * font});
        double const z = away * rows[row];
        script.label(text, fits_right ? left : end, z_pixel(z),
                     (fits_right ? "left front" : "right front") + small_in(colour::data));
        rule({look->information, look->z}, {look->information, z + away * 0.4 * small * z_per_pixel},
             std::string(colour::hairline) + " linewidth 1");
        double const line = x_pixel(plot.required_information);
        if (left - 0.3 * font < line && line < end) {
            gaps.push_back({z - 0.65 * small * z_per_pixel, z + 0.65 * small * z_per_pixel});
        }
    }

    std::sort(gaps.begin(), gaps.end(), [](auto const& a, auto const& b) { return a.lower < b.lower; });
    double from = -highest;
    for (auto const& gap : gaps) {
        if (gap.lower > from) {
            rule({plot.required_information, from}, {plot.required_information, gap.lower},
                 std::string(colour::ink) + " linewidth 2.5");
        }
        from = gap.upper;
    }
    rule({plot.required_information, from}, {plot.required_information, highest},
         std::string(colour::ink) + " linewidth 2.5");
    auto const required = plot.required_information_name + ": " +
                          readable(std::ceil(plot.required_information * (1 - 1e-14)), 0) +
                          (plot.information_unit.empty() ? "" : " " + plot.information_unit);
    double const half = text_width(required, font) / 2;
    double const required_at = std::clamp(x_pixel(plot.required_information), area.left + half,
                                          std::max(area.left + half, canvas.width - 0.6 * font - half));
    script.label(required, required_at, area.top + 0.9 * font, "center" + in(colour::ink));

    // The upper boundary bears its values and its name; where there is none, the lower one does.
    auto const& named = upper.empty() ? lower : upper;
    double const side = upper.empty() ? -1 : 1;
    double last_value = 0; // right end of the latest value, in pixels
    for (auto const& [information, z] : named) {
        double const x = x_pixel(information);
        bool const beyond = std::fabs(z) >= highest;
        auto const text = beyond ? (z > 0 ? "↑ " : "↓ ") + readable(z, 1) : readable(z, 2);
        double const width = text_width(text, small);
        if (x - (beyond ? width / 2 : 0) < last_value) {
            continue;
        }
        bool const to_the_left = !beyond && x + width > area.right;
        last_value = x + (beyond ? width / 2 : to_the_left ? 0 : width) + 0.3 * small;
        double const at = beyond ? (z > 0 ? area.top + 0.7 * small : area.bottom + 0.7 * small)
                                 : z_pixel(z) + side * 0.8 * small;
        script.label(text, beyond ? x : x + (to_the_left ? -0.25 : 0.25) * font, at,
                     (beyond        ? "center"
                      : to_the_left ? "right"
                                    : "left") +
                         small_in(colour::boundary));
    }
    if (!named.empty()) {
        double const width = text_width(plot.boundary_name, font);
        double const ends_with = named.back().z;
        if (last_value + width < area.right && std::fabs(ends_with) < highest) {
            script.label(plot.boundary_name, last_value + 0.3 * font, z_pixel(ends_with) + side * 0.8 * small,
                         "left" + in(colour::boundary));
        } else {
            double const line = x_pixel(plot.required_information);
            double const end = line > (area.left + 3 * area.right) / 4 ? line - 0.8 * font : area.right;
            auto const name = detail::fitted(plot.boundary_name, end - area.left - font, font);
            auto const under = interval{x_value(end - text_width(name, font)), x_value(end)};
            double const reach = std::max(detail::boundary_reach(named, under, true), plot.conventional);
            double const z = std::min(reach + 2.6 * small * z_per_pixel, highest - font * z_per_pixel);
            script.label(name, end, z_pixel(side * z), "right" + in(colour::boundary));
        }
    }

    auto command = std::string{};
    auto const add = [&](char const* const name, std::string const& data, std::string const& how) {
        if (!data.empty()) {
            script.line("$", name, " << EOD\n", data, "EOD");
            command += (command.empty() ? "plot $" : ", \\\n     $") + std::string(name) + " " + how;
        }
    };
    auto const coordinates = [](double const x, double const y) {
        return detail::to_text(x) + " " + detail::to_text(y) + "\n";
    };
    auto const add_boundary = [&](char const* const name, char const* const planned_name,
                                  std::vector<detail::monitoring_point> const& points) {
        auto seen = std::string{};
        auto planned = std::string{};
        for (std::size_t i = 0; i < points.size(); ++i) {
            auto const text = coordinates(points[i].information, points[i].z);
            bool const is_seen = points[i].information <= plot.looks.back().information;
            (is_seen ? seen : planned) += text;
            if (is_seen && i + 1 < points.size() &&
                points[i + 1].information > plot.looks.back().information) {
                planned = text;
            }
        }
        auto const style = std::string("using 1:2 with lines linewidth 3 linecolor rgb ") + colour::boundary;
        add(name, seen, style);
        add(planned_name, planned, style + " dashtype 2");
    };
    add_boundary("upper_boundary", "upper_boundary_planned", upper);
    add_boundary("lower_boundary", "lower_boundary_planned", lower);
    auto curve = coordinates(0, 0);
    auto points = std::string{};
    for (auto const& look : plot.looks) {
        curve += coordinates(look.information, look.z);
        points += detail::to_text(look.information) + " " + coordinates(look.z, 0.28 * font * x_per_pixel);
    }
    auto const blue = std::string(" linecolor rgb ") + colour::data;
    add("z_curve", curve, "using 1:2 with lines linewidth 4" + blue);
    add("looks", points,
        "using 1:2:3 with circles fillstyle solid 1.0 border" + blue + " linewidth 1.5 fillcolor rgb " +
            colour::data);
    script.line(command);
    return std::move(script).finish();
}

} // namespace accrue
