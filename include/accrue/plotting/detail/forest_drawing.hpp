#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/detail/gnuplot.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/picture.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue::detail {

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

/// The place of a value on the axis: its decimal logarithm for ratios.
inline double axis_position(forest_plot const& plot, double const value) {
    return !plot.logarithmic ? value : value > 0 ? std::log10(value) : -infinity<double>();
}

/// The range of the axis: all intervals, except that one very wide interval may not squeeze the others; it is
/// cut, and ends in arrows.
inline interval axis_range(forest_plot const& plot) {
    auto const position = [&](double const value) { return axis_position(plot, value); };
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
        range.lower = (std::min)(range.lower, (std::max)(position(row.interval.lower), effect - reach));
        range.upper = (std::max)(range.upper, (std::min)(position(row.interval.upper), effect + reach));
    });
    if (plot.prediction) {
        range.lower =
            (std::min)(range.lower, (std::max)(position(plot.prediction->lower), range.lower - reach));
        range.upper =
            (std::max)(range.upper, (std::min)(position(plot.prediction->upper), range.upper + reach));
    }
    double const margin = range.width() > 0 ? 0.04 * range.width() : 1;
    return {range.lower - margin, range.upper + margin};
}

/// The drawing of one forest plot: where things stand, and the lines of the script.
class forest_drawing {
  public:
    forest_drawing(forest_plot const& plot, picture canvas)
        : plot_(plot), font_(canvas.font_size), rows_(2 + row_count(plot)), axis_(axis_range(plot)) {
        double const above = plot.title.empty() ? font_ : 3.4 * font_;
        double const below = (plot.note.empty() ? 5.6 : 7.4) * font_;
        canvas.height =
            (std::max)(canvas.height, static_cast<int>(std::ceil(above + below + 1.6 * font_ * rows_)));
        canvas_ = canvas;

        double const edge = 1.2 * font_;
        double const weights = text_width("Weight", font_);
        double const numbers = (std::min)(widest_numbers(), 0.3 * canvas.width);
        names_width_ = (std::min)(widest_name(), 0.7 * canvas.width - 3 * edge - numbers - weights);
        names_left_ = edge;
        weights_right_ = canvas.width - edge;
        numbers_right_ = weights_right_ - weights - edge;
        area_ = {names_left_ + names_width_ + edge, numbers_right_ - numbers - edge, below,
                 canvas.height - above};
        x_per_pixel_ = axis_.width() / (area_.right - area_.left);
        y_per_pixel_ = rows_ / (area_.top - area_.bottom);
    }

    [[nodiscard]] std::string script() const {
        auto text = gnuplot_script_text("Forest plot", canvas_, area_);
        add_frame(text);
        add_words(text);
        add_rows(text);
        return std::move(text).finish();
    }

  private:
    static double row_count(forest_plot const& plot) {
        return static_cast<double>(plot.studies.size() + plot.summaries.size() + (plot.prediction ? 1 : 0));
    }

    [[nodiscard]] std::string numbers(interval const& range) const {
        return joined("(", readable(range.lower, plot_.digits), ", ", readable(range.upper, plot_.digits),
                      ")");
    }
    template <class Row>
    [[nodiscard]] std::string numbers_of(Row const& row) const {
        return joined(readable(row.effect, plot_.digits), " ", numbers(row.interval));
    }

    /// The widest of the texts that `of` makes of studies and summaries, in pixels.
    template <class Of>
    [[nodiscard]] double widest(Of const& of) const {
        double width = 0;
        auto const use = [&](auto const& row) { width = (std::max)(width, text_width(of(row), font_)); };
        std::for_each(plot_.studies.begin(), plot_.studies.end(), use);
        std::for_each(plot_.summaries.begin(), plot_.summaries.end(), use);
        return width;
    }
    [[nodiscard]] double widest_name() const {
        double const rows = widest([](auto const& row) { return row.name; });
        return plot_.prediction ? (std::max)(rows, text_width(prediction_name, font_)) : rows;
    }
    [[nodiscard]] double widest_numbers() const {
        double const rows = widest([&](auto const& row) { return numbers_of(row); });
        double const head = (std::max)(rows, text_width(plot_.effect_name, font_));
        return plot_.prediction ? (std::max)(head, text_width(numbers(*plot_.prediction), font_)) : head;
    }

    /// A value's place on the axis, at its end when it lies beyond.
    [[nodiscard]] double clipped(double const value) const {
        return std::clamp(axis_position(plot_, value), axis_.lower, axis_.upper);
    }
    [[nodiscard]] double x_pixel(double const place) const {
        return area_.left + (place - axis_.lower) / x_per_pixel_;
    }

    void add_frame(gnuplot_script_text& text) const {
        text.line("set xrange [", axis_.lower, ":", axis_.upper, "]");
        text.line("set yrange [0:", rows_, "]");
        text.line("set border 1 linecolor", plot_colour::ink, " linewidth 1.5");
        text.line("unset ytics");
        text.line("set xtics nomirror out scale 0.6 format '' ()");
        auto const tick = [&](double const place, std::string const& words) {
            text.line("set xtics add ('' ", place, ")");
            text.label(words, x_pixel(place), area_.bottom - 1.1 * font_, "center textcolor",
                       plot_colour::ink);
        };
        if (plot_.logarithmic) {
            for_each_ratio_tick(axis_, tick);
        } else {
            for_each_tick(axis_, 6, tick);
        }
        double const none = axis_position(plot_, plot_.no_effect);
        text.line("set arrow from ", none, ", 0 to ", none, ", ", rows_ - 1,
                  " nohead back linewidth 1.5 linecolor", plot_colour::muted);
        for (double const height : {rows_ - 1, rows_ - 1.25 - static_cast<double>(plot_.studies.size())}) {
            text.line("set arrow from screen ", names_left_ / canvas_.width, ", first ", height,
                      " to screen ", weights_right_ / canvas_.width, ", first ", height,
                      " nohead back linewidth 1 linecolor", plot_colour::hairline);
        }
    }

    /// Everything that is written above and below the rows.
    void add_words(gnuplot_script_text& text) const {
        double const all = weights_right_ - names_left_;
        double const none = x_pixel(axis_position(plot_, plot_.no_effect));
        double const favours = area_.bottom - 2.8 * font_;
        if (!plot_.title.empty()) {
            text.label(fitted(plot_.title, all, 1.3 * font_), names_left_, canvas_.height - 1.9 * font_,
                       "left ", font_of(1.3 * font_), " textcolor", plot_colour::ink);
        }
        if (!plot_.favours_lower.empty()) {
            text.label(joined("← ", plot_.favours_lower), none - 0.7 * font_, favours, "right textcolor",
                       plot_colour::ink);
        }
        if (!plot_.favours_higher.empty()) {
            text.label(joined(plot_.favours_higher, " →"), none + 0.7 * font_, favours, "left textcolor",
                       plot_colour::ink);
        }
        text.label(plot_.axis_name, (area_.left + area_.right) / 2, area_.bottom - 4.5 * font_,
                   "center textcolor", plot_colour::muted);
        if (!plot_.note.empty()) {
            text.label(fitted(plot_.note, all, 0.85 * font_), names_left_, 0.9 * font_, "left ",
                       font_of(0.85 * font_), " textcolor", plot_colour::muted);
        }
    }

    /// One row of text: name, numbers, weight.
    void add_texts(gnuplot_script_text& text, double const y, std::string_view const name,
                   std::string_view const middle, std::string_view const weight,
                   char const* const colour) const {
        auto const at = [&](std::string_view const words, double const x, char const* const side) {
            if (!words.empty()) {
                text.line("set label ", gnuplot_string(words), " at screen ", x / canvas_.width, ", first ",
                          y, " ", side, " textcolor", colour);
            }
        };
        at(fitted(name, names_width_, font_), names_left_, "left");
        at(middle, numbers_right_, "right");
        at(weight, weights_right_, "right");
    }

    /// The rows from the top, one unit of the vertical axis each. Shapes are in units of the axes, so that
    /// every terminal draws the same sizes.
    void add_rows(gnuplot_script_text& text) const {
        auto whiskers = std::string{};
        auto arrows = std::string{};
        auto squares = std::string{};
        auto diamonds = std::string{};
        double y = rows_ - 0.5;
        add_texts(text, y, "Study", plot_.effect_name, "Weight", plot_colour::muted);
        for (auto const& study : plot_.studies) {
            y -= 1;
            add_texts(text, y, study.name, numbers_of(study), joined(readable(study.weight, 1), " %"),
                      plot_colour::ink);
            whiskers += whisker(study.interval, y);
            arrows += arrows_at_cut_ends(study.interval, y);
            squares += square(study, y);
        }
        y -= 0.5;
        for (auto const& summary : plot_.summaries) {
            y -= 1;
            add_texts(text, y, summary.name, numbers_of(summary), "", plot_colour::data);
            diamonds += diamond(summary, y);
        }
        auto prediction = std::string{};
        if (plot_.prediction) {
            y -= 1;
            add_texts(text, y, prediction_name, numbers(*plot_.prediction), "", plot_colour::muted);
            prediction = whisker(*plot_.prediction, y);
        }
        text.block("whiskers", whiskers, " using 1:2:3:4 with vectors nohead linewidth 2 linecolor",
                   plot_colour::ink);
        text.block("arrows", arrows,
                   " using 1:2:3:4 with vectors head filled size screen 0.008,25 linewidth 2 linecolor",
                   plot_colour::ink);
        text.block("squares", squares,
                   " using 1:2:3:4 with boxxyerror fillstyle solid 1.0 noborder linecolor", plot_colour::ink);
        text.block("diamonds", diamonds, " using 1:2 with filledcurves closed fillcolor", plot_colour::data,
                   " fillstyle solid 1.0 border linecolor", plot_colour::data);
        text.block("prediction", prediction,
                   " using 1:2:3:4 with vectors heads nofilled size screen 0.006,90 linewidth 3 linecolor",
                   plot_colour::muted);
    }

    [[nodiscard]] std::string whisker(interval const& range, double const y) const {
        double const lower = clipped(range.lower);
        return joined(lower, " ", y, " ", clipped(range.upper) - lower, " 0\n");
    }

    [[nodiscard]] std::string arrows_at_cut_ends(interval const& range, double const y) const {
        double const stub = 0.8 * font_ * x_per_pixel_;
        auto text = std::string{};
        if (axis_position(plot_, range.lower) < axis_.lower) {
            text += joined(axis_.lower + stub, " ", y, " ", -stub, " 0\n");
        }
        if (axis_position(plot_, range.upper) > axis_.upper) {
            text += joined(axis_.upper - stub, " ", y, " ", stub, " 0\n");
        }
        return text;
    }

    [[nodiscard]] std::string square(forest_plot_row const& study, double const y) const {
        double heaviest = (std::numeric_limits<double>::min)();
        for (auto const& other : plot_.studies) {
            heaviest = (std::max)(heaviest, other.weight);
        }
        double const half = (std::min)(0.3 / y_per_pixel_, 0.75 * font_) * std::sqrt(study.weight / heaviest);
        double const effect = axis_position(plot_, study.effect);
        return axis_.contains(effect)
                   ? joined(effect, " ", y, " ", half * x_per_pixel_, " ", half * y_per_pixel_, "\n")
                   : "";
    }

    [[nodiscard]] std::string diamond(forest_plot_summary const& summary, double const y) const {
        double const half = (std::min)(0.35, 0.6 * font_ * y_per_pixel_);
        double const lower = clipped(summary.interval.lower);
        double const middle = clipped(summary.effect);
        return joined(lower, " ", y, "\n", middle, " ", y + half, "\n", clipped(summary.interval.upper), " ",
                      y, "\n", middle, " ", y - half, "\n", lower, " ", y, "\n\n");
    }

    static constexpr auto prediction_name = "Prediction interval";

    forest_plot const& plot_;
    picture canvas_{};
    double font_;
    double rows_; ///< heads of the columns, studies, half a row of air above and half below the summaries
    interval axis_;
    double names_left_ = 0; ///< this and the following in pixels
    double names_width_ = 0;
    double numbers_right_ = 0;
    double weights_right_ = 0;
    plot_area area_{};
    double x_per_pixel_ = 0;
    double y_per_pixel_ = 0;
};

} // namespace accrue::detail
