#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/segment.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/plotting/drawing.hpp>
#include <accrue/plotting/forest_plot.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Calls `use` for each study's row, in the order in which they are drawn.
template <class Use>
void for_each_study_row(forest_plot const& plot, Use const& use) {
    std::for_each(plot.studies.begin(), plot.studies.end(), use);
    for (auto const& group : plot.groups) {
        std::for_each(group.studies.begin(), group.studies.end(), use);
    }
}

/// The same for each diamond.
template <class Use>
void for_each_summary(forest_plot const& plot, Use const& use) {
    for (auto const& group : plot.groups) {
        std::for_each(group.summaries.begin(), group.summaries.end(), use);
    }
    std::for_each(plot.summaries.begin(), plot.summaries.end(), use);
}

inline void check(forest_plot const& plot) {
    require(plot.digits >= 0 && plot.digits <= 12, "digits", "from 0 to 12", double(plot.digits));
    auto const check_value = [&](char const* const name, double const value) {
        require_finite(name, value);
        require(!plot.logarithmic || value > 0, name, "positive on a logarithmic axis", value);
    };
    auto const check_lower = [&](char const* const name, double const value) {
        require(!plot.logarithmic || value >= 0, name, "zero or positive on a logarithmic axis", value);
    };
    auto const check_row = [&](auto const& row) {
        check_value("effect", row.effect);
        check_lower("lower end of the interval", row.interval.lower);
        require(row.interval.lower <= row.effect, "lower end of the interval", "at most the effect",
                row.interval.lower);
        require(row.interval.upper >= row.effect, "upper end of the interval", "at least the effect",
                row.interval.upper);
    };
    std::size_t rows = 0;
    for_each_study_row(plot, [&](forest_plot_row const& row) {
        for_study(rows, [&] {
            check_row(row);
            require(std::isnan(row.weight) || (row.weight >= 0 && row.weight <= 100), "weight",
                    "from 0 to 100", row.weight);
            require_that(row.cells.size() <= plot.columns.size(),
                         "cells must be at most one for each of the plot's columns");
        });
        ++rows;
    });
    for_each_summary(plot, [&](forest_plot_summary const& summary) {
        check_row(summary);
        ++rows;
    });
    require_not_empty("rows of a forest plot", rows);
    if (plot.prediction) {
        require(plot.prediction->lower <= plot.prediction->upper, "lower end of the prediction interval",
                "at most the upper one", plot.prediction->lower);
        check_lower("lower end of the prediction interval", plot.prediction->lower);
    }
    if (plot.no_effect) {
        check_value("no_effect", *plot.no_effect);
    }
    if (plot.axis) {
        check_value("lower end of the axis", plot.axis->lower);
        require(plot.axis->upper > plot.axis->lower, "upper end of the axis", "above its lower end",
                plot.axis->upper);
    }
}

/// The range of the axis: all intervals, except that one very wide interval may not squeeze the others; it is
/// cut, and ends in arrows. Distances are differences, or ratios on a logarithmic axis.
inline interval forest_axis_range(forest_plot const& plot) {
    auto const place = [&](double const value) {
        return !plot.logarithmic ? value : value > 0 ? std::log(value) : -infinity<double>();
    };
    auto half_widths = std::vector<double>{};
    auto const for_each_row = [&](auto const& use) {
        for_each_study_row(plot, use);
        for_each_summary(plot, use);
    };
    for_each_row([&](auto const& row) {
        for (double const end : {row.interval.lower, row.interval.upper}) {
            double const half_width = std::fabs(place(end) - place(row.effect));
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
    auto range = growing_range{};
    if (plot.no_effect) {
        range.add(place(*plot.no_effect));
    }
    auto const include_within_reach = [&](interval const& ends, double const from, double const to) {
        range.add((std::max)(place(ends.lower), from - reach));
        range.add((std::min)(place(ends.upper), to + reach));
    };
    for_each_row(
        [&](auto const& row) { include_within_reach(row.interval, place(row.effect), place(row.effect)); });
    if (plot.prediction) {
        auto const [lower, upper] = range.with_margin(0, false);
        include_within_reach(*plot.prediction, lower, upper);
    }
    auto const [lower, upper] = range.with_margin(0.04, false);
    return plot.logarithmic ? ratio_range(lower, upper) : interval{lower, upper};
}

/// The drawing of one forest plot.
class forest_drawing {
  public:
    forest_drawing(forest_plot const& plot, canvas paper)
        : plot_(plot), colours_(paper.colours), font_(paper.font_size), step_(1.65 * font_),
          drawing_(paper, "", "") {
        for_each_study_row(plot, [&](auto const& row) {
            weighted_ = weighted_ || !std::isnan(row.weight);
            heaviest_ = row.weight > heaviest_ ? row.weight : heaviest_;
        });
        auto const include = [&](double const value) {
            largest_ = is_finite(value) && std::fabs(value) > largest_ ? std::fabs(value) : largest_;
        };
        auto const include_row = [&](auto const& row) {
            include(row.effect);
            include(row.interval.lower);
            include(row.interval.upper);
        };
        for_each_study_row(plot, include_row);
        for_each_summary(plot, include_row);
        set_columns(paper.width);
        top_ = (plot.title.empty() ? 1.0 : 3.0) * font_;
        bottom_ = top_ + step_ * rows();
        bool const directions = !plot.favours_lower.empty() || !plot.favours_higher.empty();
        paper.height = bottom_ + (directions ? 4.6 : 3.2) * font_ +
                       (plot.axis_name.empty() ? 0 : 0.2 * font_) + (plot.note.empty() ? 0 : 1.5 * font_);
        drawing_ = drawing(paper, plot.title.empty() ? "Forest plot" : plot.title, description());
    }

    [[nodiscard]] drawing finish() {
        add_words_and_axis();
        double y = top_;
        auto const next = [&](double const share = 1) { return (y += share * step_) - 0.5 * step_; };
        add_heads(next());
        for (auto const& study : plot_.studies) {
            add_study(study, next());
        }
        for (auto const& group : plot_.groups) {
            drawing_.text(fitted(group.name, axis_.pixels.lower - left_, font_, true),
                          {left_, baseline(next())}, {.colour = colours_.ink, .size = font_, .bold = true});
            for (auto const& study : group.studies) {
                add_study(study, next());
            }
            for (auto const& summary : group.summaries) {
                add_summary(summary, next());
            }
            if (!group.note.empty()) {
                drawing_.text(fitted(group.note, drawing_.width() - 2 * left_, small_font()),
                              {left_, baseline(next())}, {.colour = colours_.muted, .size = small_font()});
            }
        }
        if (!plot_.summaries.empty() || plot_.prediction) {
            drawing_.line({{left_, y + 0.15 * step_}, {drawing_.width() - left_, y + 0.15 * step_}},
                          {colours_.hairline});
            y += 0.3 * step_;
        }
        for (auto const& summary : plot_.summaries) {
            add_summary(summary, next());
        }
        if (plot_.prediction) {
            add_prediction(next());
        }
        return drawing_;
    }

  private:
    static constexpr auto prediction_name = "Prediction interval";

    [[nodiscard]] double small_font() const { return 0.87 * font_; }
    [[nodiscard]] double bold_size() const { return font_ / 1.07; }
    [[nodiscard]] double baseline(double const middle) const { return middle + 0.35 * font_; }

    [[nodiscard]] double rows() const {
        double count = 1;
        for_each_study_row(plot_, [&](auto const&) { count += 1; });
        for_each_summary(plot_, [&](auto const&) { count += 1; });
        for (auto const& group : plot_.groups) {
            count += group.note.empty() ? 1 : 2;
        }
        count += plot_.prediction ? 1 : 0;
        return count + (plot_.summaries.empty() && !plot_.prediction ? 0 : 0.3);
    }

    /// A ratio that the decimals would show as 0 has two digits of its own; other numbers have two digits of
    /// the largest where all would be shown as 0.
    [[nodiscard]] std::string number(double const value) const {
        return readable_among(value, plot_.logarithmic ? value : largest_, plot_.digits);
    }
    [[nodiscard]] std::string numbers(interval const& range) const {
        return "(" + number(range.lower) + ", " + number(range.upper) + ")";
    }
    template <class Row>
    [[nodiscard]] std::string numbers_of(Row const& row) const {
        return number(row.effect) + " " + numbers(row.interval);
    }

    /// What screen readers say: the pooled effects, or how many rows there are.
    [[nodiscard]] std::string description() const {
        std::size_t studies = 0;
        for_each_study_row(plot_, [&](auto const&) { ++studies; });
        auto words = "Forest plot of " + number_of_studies(studies) + ".";
        for_each_summary(plot_, [&](auto const& summary) {
            words += " " + summary.name + ": " + numbers_of(summary) + ".";
        });
        return words;
    }

    /// Columns from the left: names, one's own, the axis, numbers, weights. The axis gets at least a quarter
    /// of the width; names give way first, then numbers. The widest of one's own give way where these two
    /// would not have half of what is left, or all that they need.
    void set_columns(double const width) {
        double const gap = 1.1 * font_;
        left_ = gap;
        double names = text_width(head(), font_);
        double middle = text_width(plot_.effect_name, font_);
        auto const widen = [](double& column, double const text) { column = text > column ? text : column; };
        for_each_study_row(plot_, [&](auto const& row) {
            widen(names, text_width(row.name, font_));
            widen(middle, text_width(numbers_of(row), font_));
        });
        for_each_summary(plot_, [&](auto const& row) {
            widen(names, text_width(row.name, bold_size(), true));
            widen(middle, text_width(numbers_of(row), bold_size(), true));
        });
        for (auto const& group : plot_.groups) {
            widen(names, text_width(group.name, font_, true));
        }
        if (plot_.prediction) {
            widen(names, text_width(prediction_name, font_));
            widen(middle, text_width(numbers(*plot_.prediction), font_));
        }
        auto widths = std::vector<double>{};
        for (std::size_t i = 0; i < plot_.columns.size(); ++i) {
            double column = text_width(plot_.columns[i], font_);
            for_each_study_row(plot_, [&](auto const& row) {
                widen(column, i < row.cells.size() ? text_width(row.cells[i], font_) : 0);
            });
            widths.push_back(column);
        }
        double const weights = weighted_ ? text_width("Weight", font_) + gap : 0;
        double free = 0.75 * width - weights - 4 * gap - gap * static_cast<double>(widths.size());
        double const needed = names + middle + 1; // a pixel, for rounding
        double own = free - (needed < 0.5 * free ? needed : 0.5 * free);
        auto narrowest_first = widths;
        std::sort(narrowest_first.begin(), narrowest_first.end());
        double widest = infinity<double>();
        for (std::size_t i = 0; i < widths.size() && !is_finite(widest); ++i) {
            double const share = own / static_cast<double>(widths.size() - i);
            if (narrowest_first[i] > share) {
                widest = share > 0 ? share : 0;
            }
            own -= narrowest_first[i];
        }
        for (double& column : widths) {
            column = column < widest ? column : widest;
            free -= column;
        }
        middle = middle > 0.6 * free && middle > free - names ? 0.6 * free : middle;
        names = names > free - middle ? free - middle : names;
        names_width_ = names;
        numbers_width_ = middle;
        double x = left_ + names;
        for (double const column : widths) {
            x += gap + column;
            column_ends_.push_back(x);
        }
        column_widths_ = std::move(widths);
        weights_right_ = width - gap;
        numbers_right_ = weights_right_ - weights;
        auto const range = plot_.axis ? *plot_.axis : forest_axis_range(plot_);
        axis_ = {range, {x + gap, numbers_right_ - middle - gap}, plot_.logarithmic};
    }

    [[nodiscard]] static char const* head() { return "Study"; }

    void add_heads(double const y) {
        auto const muted = text_style{colours_.muted, font_, "end"};
        drawing_.text(fitted(head(), names_width_, font_), {left_, baseline(y)}, {colours_.muted, font_});
        for (std::size_t i = 0; i < plot_.columns.size(); ++i) {
            drawing_.text(fitted(plot_.columns[i], column_widths_[i], font_), {column_ends_[i], baseline(y)},
                          muted);
        }
        drawing_.text(fitted(plot_.effect_name, numbers_width_, font_), {numbers_right_, baseline(y)}, muted);
        if (weighted_) {
            drawing_.text("Weight", {weights_right_, baseline(y)}, muted);
        }
        drawing_.line({{left_, y + 0.5 * step_}, {drawing_.width() - left_, y + 0.5 * step_}},
                      {colours_.hairline});
    }

    /// The title, the axis with its marks and words, and the line of no effect.
    void add_words_and_axis() {
        double const all = drawing_.width() - 2 * left_;
        drawing_.text(fitted(plot_.title, all, 1.25 * font_, true), {left_, 1.8 * font_},
                      {.colour = colours_.ink, .size = 1.25 * font_, .bold = true});
        auto const [from, to] = axis_.pixels;
        if (plot_.no_effect && axis_.contains(*plot_.no_effect)) {
            add_line_of_no_effect(axis_.pixel(*plot_.no_effect));
        }
        drawing_.line({{from, bottom_}, {to, bottom_}}, {colours_.ink, 1.2});
        add_marks(drawing_, axis_, bottom_, 4.5 * font_, font_, {colours_.ink, small_font(), "middle"});
        double y = bottom_ + 2.7 * font_;
        bool const directions = !plot_.favours_lower.empty() || !plot_.favours_higher.empty();
        if (directions) {
            double const none =
                plot_.no_effect ? axis_.pixel(axis_.clipped(*plot_.no_effect)) : (from + to) / 2;
            double const before = none - 0.7 * font_ - left_;
            double const after = drawing_.width() - left_ - none - 0.7 * font_;
            if (!plot_.favours_lower.empty()) {
                drawing_.text(fitted("← " + plot_.favours_lower, before, font_), {none - 0.7 * font_, y},
                              {colours_.ink, font_, "end"});
            }
            if (!plot_.favours_higher.empty()) {
                drawing_.text(fitted(plot_.favours_higher + " →", after, font_), {none + 0.7 * font_, y},
                              {colours_.ink, font_});
            }
            y += 1.4 * font_;
        }
        double const name = text_width(plot_.axis_name, font_) / 2;
        double const least = left_ + name;
        double const most = drawing_.width() - left_ - name;
        double const middle = (from + to) / 2;
        drawing_.text(fitted(plot_.axis_name, all, font_),
                      {least > most     ? drawing_.width() / 2
                       : middle < least ? least
                       : middle > most  ? most
                                        : middle,
                       y},
                      {colours_.muted, font_, "middle"});
        drawing_.text(fitted(plot_.note, all, small_font()), {left_, drawing_.height() - 0.6 * font_},
                      {colours_.muted, small_font()});
    }

    /// From the heads to the axis, but for rows of notes that reach as farthest.
    void add_line_of_no_effect(double const x) {
        double from = top_ + step_;
        double row = from + step_ * static_cast<double>(plot_.studies.size());
        for (auto const& group : plot_.groups) {
            row += step_ * static_cast<double>(1 + group.studies.size() + group.summaries.size());
            if (!group.note.empty()) {
                if (left_ + text_width(group.note, small_font()) >= x) {
                    drawing_.line({{x, from}, {x, row}}, {colours_.muted, 1.2});
                    from = row + step_;
                }
                row += step_;
            }
        }
        drawing_.line({{x, from}, {x, bottom_}}, {colours_.muted, 1.2});
    }

    void add_texts(std::string_view const name, std::string_view const middle, double const y,
                   std::string_view const colour, bool const bold) {
        double const size = bold ? bold_size() : font_;
        drawing_.text(fitted(name, names_width_, size, bold), {left_, baseline(y)},
                      {.colour = colour, .size = size, .bold = bold});
        drawing_.text(fitted(middle, numbers_width_, size, bold), {numbers_right_, baseline(y)},
                      {.colour = colour, .size = size, .anchor = "end", .bold = bold});
    }

    void add_study(forest_plot_row const& row, double const y) {
        add_texts(row.name, numbers_of(row), y, colours_.ink, false);
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            drawing_.text(fitted(row.cells[i], column_widths_[i], font_), {column_ends_[i], baseline(y)},
                          {colours_.ink, font_, "end"});
        }
        if (!std::isnan(row.weight)) {
            drawing_.text(readable(row.weight, 1) + " %", {weights_right_, baseline(y)},
                          {colours_.ink, font_, "end"});
        }
        add_whisker(row.interval, y, {colours_.ink, 1.5});
        if (axis_.contains(row.effect)) {
            double const share = std::isnan(row.weight) ? 0.35
                                 : heaviest_ > 0        ? std::sqrt(row.weight / heaviest_)
                                                        : 0;
            double const half = 0.5 * font_ * (share > 0.3 ? share : 0.3);
            double const x = axis_.pixel(row.effect);
            drawing_.polygon(
                {{x - half, y - half}, {x + half, y - half}, {x + half, y + half}, {x - half, y + half}},
                colours_.ink, 1, row.name + ": " + numbers_of(row));
        }
    }

    /// A line from end to end of the interval; an end beyond the axis is an arrow.
    void add_whisker(interval const& range, double const y, stroke const& style) {
        if (range.upper < axis_.range.lower || range.lower > axis_.range.upper) {
            add_arrow(range.upper < axis_.range.lower, y, style.colour);
            return;
        }
        drawing_.line(
            {{axis_.pixel(axis_.clipped(range.lower)), y}, {axis_.pixel(axis_.clipped(range.upper)), y}},
            style);
        add_arrows(range, y, style.colour);
    }

    void add_arrows(interval const& range, double const y, std::string_view const colour) {
        if (range.lower < axis_.range.lower) {
            add_arrow(true, y, colour);
        }
        if (range.upper > axis_.range.upper) {
            add_arrow(false, y, colour);
        }
    }

    /// The head of an arrow that leaves the axis at its lower or upper end.
    void add_arrow(bool const lower, double const y, std::string_view const colour) {
        double const tip = lower ? axis_.pixels.lower - 0.35 * font_ : axis_.pixels.upper + 0.35 * font_;
        double const back = lower ? tip + 0.6 * font_ : tip - 0.6 * font_;
        drawing_.polygon({{tip, y}, {back, y - 0.32 * font_}, {back, y + 0.32 * font_}}, colour);
    }

    /// A diamond. Where its tips lie beyond the axis it is cut there, and an arrow says that it goes on.
    void add_summary(forest_plot_summary const& row, double const y) {
        add_texts(row.name, numbers_of(row), y, colours_.data, true);
        double const half = 0.5 * font_;
        double const farthest = 1e6; // a tip at infinity
        double const middle = axis_.pixel(axis_.clipped(row.effect));
        auto const corners =
            part_inside({{std::clamp(axis_.pixel(row.interval.lower), -farthest, farthest), y},
                         {middle, y - half},
                         {std::clamp(axis_.pixel(row.interval.upper), -farthest, farthest), y},
                         {middle, y + half}},
                        {axis_.pixels.lower, y - half, axis_.pixels.upper, y + half});
        if (axis_.contains(row.effect)) {
            drawing_.polygon(corners, colours_.data, 1, row.name + ": " + numbers_of(row));
        }
        add_arrows(row.interval, y, colours_.data);
    }

    void add_prediction(double const y) {
        add_texts(prediction_name, numbers(*plot_.prediction), y, colours_.muted, false);
        add_whisker(*plot_.prediction, y, {colours_.muted, 2.5});
        for (double const end : {plot_.prediction->lower, plot_.prediction->upper}) {
            if (axis_.contains(end)) {
                double const x = axis_.pixel(end);
                drawing_.line({{x, y - 0.35 * font_}, {x, y + 0.35 * font_}}, {colours_.muted, 2.5});
            }
        }
    }

    forest_plot const& plot_;
    theme colours_;
    double font_;
    double step_; ///< from row to row
    drawing drawing_;
    bool weighted_ = false;
    double heaviest_ = 0;
    double largest_ = 0; ///< of the numbers, in size
    double left_ = 0;
    double names_width_ = 0;
    std::vector<double> column_ends_;
    std::vector<double> column_widths_;
    double numbers_width_ = 0;
    double numbers_right_ = 0;
    double weights_right_ = 0;
    double top_ = 0;
    double bottom_ = 0;
    axis axis_{};
};

} // namespace accrue::detail
