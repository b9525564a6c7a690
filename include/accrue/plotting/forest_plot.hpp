#pragma once

#include <accrue/detail/plotting/gnuplot.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/picture.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// One study's row of a forest plot, on the scale of the axis: a name and the members of a `forest_row`.
struct forest_plot_row {
    std::string name{};
    double effect = 0;
    accrue::interval interval{}; ///< confidence interval of the effect
    double weight = 0;           ///< share in the pooled effect, in per cent; the area of the square
};

/// A pooled effect, drawn as a diamond: its width is the confidence interval, its middle the effect.
struct forest_plot_summary {
    std::string name{};
    double effect = 0;
    accrue::interval interval{};
};

/// A forest plot (Lewis & Clarke 2001, BMJ 322:1479-1480, doi:10.1136/bmj.322.7300.1479): each study's effect
/// with its confidence interval and a square of an area in proportion to its weight, and the pooled effects
/// below.
///
/// Values are shown as given; back-transform log ratios first and set `logarithmic`, so that 1/2 and 2 are as
/// far from 1.
struct forest_plot {
    std::string title{};
    std::string effect_name = "Effect"; ///< heads the column of numbers
    std::string axis_name = "Effect";   ///< stands below the axis
    std::string favours_lower{};        ///< what an effect below `no_effect` means: "favours treatment"
    std::string favours_higher{};       ///< what an effect above `no_effect` means
    double no_effect = 0;               ///< where the vertical line stands: 0 for differences, 1 for ratios
    bool logarithmic = false;           ///< a logarithmic axis, for ratios
    int digits = 2;                     ///< decimals of the numbers
    std::vector<forest_plot_row> studies{};
    std::vector<forest_plot_summary> summaries{};
    std::optional<accrue::interval> prediction{}; ///< the interval for a new study's true effect, if wanted
    std::string note{};                           ///< a line at the foot, such as the heterogeneity
};

namespace detail {

inline void check(forest_plot const& plot) {
    require_not_empty("studies of a forest plot", plot.studies.size());
    require(plot.digits >= 0 && plot.digits <= 12, "digits", "from 0 to 12", double(plot.digits));
    auto const check_value = [&](char const* const name, double const value) {
        require_finite(name, value);
        require(!plot.logarithmic || value > 0, name, "positive on a logarithmic axis", value);
    };
    auto const check_row = [&](auto const& row) {
        check_value("effect", row.effect);
        require(row.interval.lower <= row.effect, "lower end of the interval", "at most the effect",
                row.interval.lower);
        require(row.interval.upper >= row.effect, "upper end of the interval", "at least the effect",
                row.interval.upper);
    };
    check_value("no_effect", plot.no_effect);
    for (std::size_t i = 0; i < plot.studies.size(); ++i) {
        try {
            check_row(plot.studies[i]);
            require(plot.studies[i].weight >= 0 && plot.studies[i].weight <= 100, "weight", "from 0 to 100",
                    plot.studies[i].weight);
        } catch (invalid_input const& error) {
            throw error.at_study(i);
        }
    }
    for (auto const& summary : plot.summaries) {
        check_row(summary);
    }
}

/// The range of the axis, in axis units (logarithms for a logarithmic one): all intervals, except that one
/// very wide interval may not squeeze the others; it is cut, and ends in arrows.
inline interval axis_range(forest_plot const& plot) {
    auto const position = [&](double const x) {
        return !plot.logarithmic ? x : x > 0 ? std::log10(x) : -infinity<double>();
    };
    auto const for_each_row = [&](auto const& use) {
        std::for_each(plot.studies.begin(), plot.studies.end(), use);
        std::for_each(plot.summaries.begin(), plot.summaries.end(), use);
    };
    auto half_widths = std::vector<double>{};
    for_each_row([&](auto const& row) {
        for (double const end : {row.interval.lower, row.interval.upper}) {
            double const half_width = std::fabs(position(end) - position(row.effect));
            if (is_finite(half_width)) {
                half_widths.push_back(half_width);
            }
        }
    });
    double reach = 1;
    if (!half_widths.empty()) {
        auto const middle = half_widths.begin() + static_cast<std::ptrdiff_t>(half_widths.size() / 2);
        std::nth_element(half_widths.begin(), middle, half_widths.end());
        reach = 3 * *middle;
    }
    auto range = interval{position(plot.no_effect), position(plot.no_effect)};
    for_each_row([&](auto const& row) {
        double const effect = position(row.effect);
        range.lower = std::min(range.lower, std::max(position(row.interval.lower), effect - reach));
        range.upper = std::max(range.upper, std::min(position(row.interval.upper), effect + reach));
    });
    if (plot.prediction) {
        range.lower = std::min(range.lower, std::max(position(plot.prediction->lower), range.lower - reach));
        range.upper = std::max(range.upper, std::min(position(plot.prediction->upper), range.upper + reach));
    }
    double const margin = range.width() > 0 ? 0.04 * range.width() : 1;
    return {range.lower - margin, range.upper + margin};
}

} // namespace detail

/// The gnuplot script that draws the forest plot; write it to a file NAME.gp.
///
/// The script holds the data and needs no other file. It draws NAME.png, or NAME.svg after
/// `gnuplot -e "format='svg'" NAME.gp`; its first lines say what else can be set. Names are shown as they
/// are, whatever characters they hold. \throws invalid_input when there is no study, an effect is not finite
/// or outside its interval, a weight is outside [0, 100], or a value is not positive on a logarithmic axis
[[nodiscard]] inline std::string gnuplot_script(forest_plot const& plot, picture canvas = {}) {
    namespace colour = detail::plot_colour;
    detail::check(canvas);
    detail::check(plot);

    // Rows from the top: the columns' heads, the studies, half a row of air, the summaries.
    auto const studies = static_cast<double>(plot.studies.size());
    auto const summaries = static_cast<double>(plot.summaries.size() + (plot.prediction ? 1 : 0));
    double const rows = studies + summaries + 2;
    double const font = canvas.font_size;
    double const above = plot.title.empty() ? font : 3.4 * font;
    double const below = (plot.note.empty() ? 5.6 : 7.4) * font;
    canvas.height = std::max(canvas.height, static_cast<int>(std::ceil(above + below + 1.6 * font * rows)));

    auto const numbers = [&](interval const& range) {
        return "(" + detail::readable(range.lower, plot.digits) + ", " +
               detail::readable(range.upper, plot.digits) + ")";
    };
    auto const numbers_of = [&](auto const& row) {
        return detail::readable(row.effect, plot.digits) + " " + numbers(row.interval);
    };
    double names_width = 0;
    double numbers_width = detail::text_width(plot.effect_name, font);
    for (auto const& row : plot.studies) {
        names_width = std::max(names_width, detail::text_width(row.name, font));
        numbers_width = std::max(numbers_width, detail::text_width(numbers_of(row), font));
    }
    for (auto const& row : plot.summaries) {
        names_width = std::max(names_width, detail::text_width(row.name, font));
        numbers_width = std::max(numbers_width, detail::text_width(numbers_of(row), font));
    }
    static constexpr auto prediction_name = "Prediction interval";
    if (plot.prediction) {
        names_width = std::max(names_width, detail::text_width(prediction_name, font));
        numbers_width = std::max(numbers_width, detail::text_width(numbers(*plot.prediction), font));
    }
    double const edge = 1.2 * font;
    double const weight_width = detail::text_width("Weight", font);
    numbers_width = std::min(numbers_width, 0.3 * canvas.width);
    names_width = std::min(names_width, 0.7 * canvas.width - 3 * edge - numbers_width - weight_width);
    auto const area =
        detail::plot_area{edge + names_width + edge, canvas.width - 3 * edge - weight_width - numbers_width,
                          below, canvas.height - above};

    auto const range = detail::axis_range(plot);
    auto const position = [&](double const x) { return plot.logarithmic ? std::log10(x) : x; };
    auto const clipped = [&](double const x) {
        return plot.logarithmic && x <= 0 ? range.lower : std::clamp(position(x), range.lower, range.upper);
    };
    double const x_per_pixel = range.width() / (area.right - area.left);
    double const y_per_pixel = rows / (area.top - area.bottom);

    auto script = detail::gnuplot_text("Forest plot", canvas, area);
    auto const text_at = [&](std::string_view const text, double const x, double const row,
                             std::string_view const style) {
        script.line("set label ", detail::gnuplot_string(text), " at screen ", x / canvas.width, ", first ",
                    row, " ", style);
    };
    script.line("set xrange [", range.lower, ":", range.upper, "]");
    script.line("set yrange [0:", rows, "]");
    script.line("set border 1 linecolor rgb ", colour::ink, " linewidth 1.5");
    script.line("unset ytics");
    script.line("set xtics nomirror out scale 0.6 format ''");
    auto const tick = [&](double const at, std::string const& text) {
        script.line("set xtics add ('' ", at, ")");
        script.label(text, area.left + (at - range.lower) / x_per_pixel, below - 1.1 * font,
                     std::string("center textcolor rgb ") + colour::ink);
    };
    script.line("set xtics ()");
    if (plot.logarithmic) {
        detail::for_each_ratio_tick(range, tick);
    } else {
        detail::for_each_tick(range, 6, tick);
    }

    if (!plot.title.empty()) {
        script.label(detail::fitted(plot.title, canvas.width - 2 * edge, 1.3 * font), edge,
                     canvas.height - 1.9 * font,
                     "left " + detail::font_of(1.3 * font) + " textcolor rgb " + colour::ink);
    }
    double const none = position(plot.no_effect);
    double const middle = area.left + (none - range.lower) / x_per_pixel;
    script.label(plot.favours_lower.empty() ? "" : "← " + plot.favours_lower, middle - 0.7 * font,
                 below - 2.8 * font, std::string("right textcolor rgb ") + colour::ink);
    script.label(plot.favours_higher.empty() ? "" : plot.favours_higher + " →", middle + 0.7 * font,
                 below - 2.8 * font, std::string("left textcolor rgb ") + colour::ink);
    script.label(plot.axis_name, (area.left + area.right) / 2, below - 4.5 * font,
                 std::string("center textcolor rgb ") + colour::muted);
    if (!plot.note.empty()) {
        script.label(detail::fitted(plot.note, canvas.width - 2 * edge, 0.85 * font), edge, 0.9 * font,
                     "left " + detail::font_of(0.85 * font) + " textcolor rgb " + colour::muted);
    }

    double const head = rows - 0.5;
    double const numbers_right = canvas.width - 2 * edge - weight_width;
    double const weight_right = canvas.width - edge;
    auto const bold = std::string("textcolor rgb ") + colour::muted;
    text_at("Study", edge, head, "left " + bold);
    text_at(plot.effect_name, numbers_right, head, "right " + bold);
    text_at("Weight", weight_right, head, "right " + bold);

    // Whiskers, arrows where a whisker is cut, squares, diamonds: all in axis units, so that every terminal
    // draws the same sizes.
    auto whiskers = std::string{};
    auto arrows = std::string{};
    auto squares = std::string{};
    auto diamonds = std::string{};
    auto const point = [](double const x, double const y) {
        return detail::to_text(x) + " " + detail::to_text(y);
    };
    auto const add_interval = [&](interval const& ends, double const y) {
        double const lower = clipped(ends.lower);
        double const upper = clipped(ends.upper);
        whiskers += point(lower, y) + " " + point(upper - lower, 0) + "\n";
        double const stub = 0.8 * font * x_per_pixel;
        if (!plot.logarithmic ? ends.lower < range.lower
                              : !(ends.lower > 0) || position(ends.lower) < range.lower) {
            arrows += point(lower + stub, y) + " " + point(-stub, 0) + "\n";
        }
        if (position(ends.upper) > range.upper) {
            arrows += point(upper - stub, y) + " " + point(stub, 0) + "\n";
        }
    };
    double heaviest = std::numeric_limits<double>::min();
    for (auto const& row : plot.studies) {
        heaviest = std::max(heaviest, row.weight);
    }
    double y = head;
    for (auto const& row : plot.studies) {
        y -= 1;
        auto const ink = std::string(" textcolor rgb ") + colour::ink;
        text_at(detail::fitted(row.name, names_width, font), edge, y, "left" + ink);
        text_at(numbers_of(row), numbers_right, y, "right" + ink);
        text_at(detail::readable(row.weight, 1) + " %", weight_right, y, "right" + ink);
        add_interval(row.interval, y);
        double const effect = position(row.effect);
        if (range.contains(effect)) {
            double const side = std::min(0.6 / y_per_pixel, 1.5 * font) * std::sqrt(row.weight / heaviest);
            squares += point(effect, y) + " " + point(side / 2 * x_per_pixel, side / 2 * y_per_pixel) + "\n";
        }
    }
    double const rule = y - 0.75;
    y -= 0.5;
    for (auto const& row : plot.summaries) {
        y -= 1;
        auto const blue = std::string(" textcolor rgb ") + colour::data;
        text_at(detail::fitted(row.name, names_width, font), edge, y, "left" + blue);
        text_at(numbers_of(row), numbers_right, y, "right" + blue);
        double const half_height = std::min(0.35, 0.6 * font * y_per_pixel);
        diamonds += point(clipped(row.interval.lower), y) + "\n" +
                    point(clipped(row.effect), y + half_height) + "\n" +
                    point(clipped(row.interval.upper), y) + "\n" +
                    point(clipped(row.effect), y - half_height) + "\n" +
                    point(clipped(row.interval.lower), y) + "\n\n";
    }
    auto prediction = std::string{};
    if (plot.prediction) {
        y -= 1;
        auto const ink = std::string(" textcolor rgb ") + colour::muted;
        text_at(prediction_name, edge, y, "left" + ink);
        text_at(numbers(*plot.prediction), numbers_right, y, "right" + ink);
        double const lower = clipped(plot.prediction->lower);
        double const upper = clipped(plot.prediction->upper);
        prediction = point(lower, y) + " " + point(upper - lower, 0) + "\n";
    }

    script.line("set arrow from ", none, ", 0 to ", none, ", ", head - 0.5,
                " nohead back linewidth 1.5 linecolor rgb ", colour::muted);
    for (double const line : {head - 0.5, rule}) {
        script.line("set arrow from screen ", edge / canvas.width, ", first ", line, " to screen ",
                    weight_right / canvas.width, ", first ", line, " nohead back linewidth 1 linecolor rgb ",
                    colour::hairline);
    }
    auto parts = std::vector<std::string>{};
    auto const add = [&](char const* const name, std::string const& data, std::string const& how) {
        if (!data.empty()) {
            script.line("$", name, " << EOD\n", data, "EOD");
            parts.push_back(std::string("$") + name + " " + how);
        }
    };
    auto const in = [](char const* const name) { return std::string(" linecolor rgb ") + name; };
    add("whiskers", whiskers, "using 1:2:3:4 with vectors nohead linewidth 2" + in(colour::ink));
    add("arrows", arrows,
        "using 1:2:3:4 with vectors head filled size screen 0.008,25 linewidth 2" + in(colour::ink));
    add("squares", squares, "using 1:2:3:4 with boxxyerror fillstyle solid 1.0 noborder" + in(colour::ink));
    add("diamonds", diamonds,
        "using 1:2 with filledcurves closed fillcolor rgb " + std::string(colour::data) +
            " fillstyle solid 1.0 border" + in(colour::data));
    add("prediction", prediction,
        "using 1:2:3:4 with vectors heads nofilled size screen 0.006,90 linewidth 3" + in(colour::muted));
    auto command = std::string("plot ");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        command += (i > 0 ? ", \\\n     " : "") + parts[i];
    }
    script.line(command);
    return std::move(script).finish();
}

} // namespace accrue
