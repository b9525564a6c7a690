#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/label_places.hpp>
#include <accrue/plotting/detail/segment.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/plotting/drawing.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace accrue::detail {

/// The drawing of one chart.
class chart_drawing {
  public:
    chart_drawing(chart const& plot, canvas const& paper)
        : plot_(plot), colours_(paper.colours), font_(paper.font_size), small_(0.87 * font_),
          drawing_(paper, plot.title.empty() ? "Chart" : plot.title, plot.description) {
        for (auto const* const one : {&plot.x, &plot.y}) {
            if (one->range) {
                require_drawable(std::fabs(one->range->lower));
                require_drawable(std::fabs(one->range->upper));
                require(one->range->lower < one->range->upper, "lower end of an axis", "below its upper end",
                        one->range->lower);
            }
        }
        auto const x_range = range_of(plot.x, [](chart_place const& place) { return place.x; });
        auto const y_range = range_of(plot.y, [](chart_place const& place) { return place.y; });
        frame_ = {0, plot.title.empty() ? font_ : 3.1 * font_, paper.width - 1.2 * font_,
                  paper.height -
                      (plot.x.towards_lower.empty() && plot.x.towards_higher.empty() ? 3.6 : 5.0) * font_};
        left_out_ = count_left_out(x_range, y_range);
        note_ = note_lines(paper.width - 2.4 * font_);
        frame_.bottom -= note_.empty() ? 0 : (0.3 + 1.2 * static_cast<double>(note_.size())) * font_;
        y_ = {y_range, ends(plot.y, frame_.bottom, frame_.top), plot.y.logarithmic, plot.y.counts};
        y_ticks_ = ticks_of(y_, (frame_.bottom - frame_.top) / (4 * font_));
        double const widest =
            largest_over<double>(y_ticks_, [&](auto const& mark) { return text_width(mark.words, font_); });
        bool const has_directions = !plot.y.towards_lower.empty() || !plot.y.towards_higher.empty();
        frame_.left = widest + (has_directions ? 4.6 : 3.0) * font_;
        x_ = {x_range, ends(plot.x, frame_.left, frame_.right), plot.x.logarithmic, plot.x.counts};
    }

    [[nodiscard]] drawing finish() {
        add_regions();
        add_axes();
        for (auto const& line : plot_.lines) {
            add_line(line);
        }
        add_points();
        add_labels();
        add_words();
        return drawing_;
    }

  private:
    static interval ends(chart_axis const& axis, double const lower, double const upper) {
        return axis.reversed ? interval{upper, lower} : interval{lower, upper};
    }

    template <class Of>
    [[nodiscard]] interval range_of(chart_axis const& axis, Of const& of) const {
        if (axis.range) {
            require(!axis.logarithmic || axis.range->lower > 0, "lower end of a logarithmic axis", "positive",
                    axis.range->lower);
            return *axis.range;
        }
        auto range = growing_range{};
        auto const add = [&](chart_place const& place) {
            require(!axis.logarithmic || !is_finite(of(place)) || of(place) > 0,
                    "value on a logarithmic axis", "positive", of(place));
            range.add(of(place));
        };
        for (auto const& point : plot_.points) {
            add(point.place);
        }
        for (auto const& line : plot_.lines) {
            for (auto const& place : line.places) {
                if (line.widens) {
                    add(place);
                }
            }
        }
        require_that(!range.empty(), "a chart must have something to show at finite places");
        return range.with_margin(0.05, axis.logarithmic);
    }

    [[nodiscard]] std::size_t count_left_out(interval const& x, interval const& y) const {
        std::size_t count = 0;
        for (auto const& point : plot_.points) {
            count += x.contains(point.place.x) && y.contains(point.place.y) ? 0U : 1U;
        }
        return count;
    }

    [[nodiscard]] drawing_point at(chart_place const& place) const {
        return {x_.pixel(place.x), y_.pixel(place.y)};
    }
    void add_regions() {
        for (auto const& region : plot_.regions) {
            auto corners = std::vector<drawing_point>{};
            for (auto const& place : region.corners) {
                // An infinite corner is far beyond the frame: the shape is cut there.
                auto const [x, y] = at(place);
                double const farthest = 1e6;
                corners.push_back({std::clamp(x, -farthest, farthest), std::clamp(y, -farthest, farthest)});
            }
            drawing_.polygon(part_inside(corners, frame_), colours_.*region.colour, region.opacity);
        }
    }

    void add_axes() {
        auto const ink = stroke{colours_.ink, 1.2};
        drawing_.line(
            {{frame_.left, frame_.top}, {frame_.left, frame_.bottom}, {frame_.right, frame_.bottom}}, ink);
        for (auto const& [value, words] : y_ticks_) {
            double const y = y_.pixel(value);
            drawing_.line({{frame_.left - 0.35 * font_, y}, {frame_.left, y}}, ink);
            drawing_.text(words, {frame_.left - 0.6 * font_, y + 0.35 * font_}, {colours_.ink, font_, "end"});
        }
        add_marks(drawing_, x_, frame_.bottom, 6 * font_, font_, {colours_.ink, font_, "middle"});
    }

    /// The parts of a line inside the frame, cut where they leave it.
    void add_line(chart_line const& line) {
        auto part = std::vector<drawing_point>{};
        auto const finish_part = [&] {
            drawing_.line(part, {colours_.*line.colour, line.width, line.dash});
            part.clear();
        };
        for (std::size_t i = 0; i + 1 < line.places.size(); ++i) {
            auto const from = at(line.places[i]);
            auto const to = at(line.places[i + 1]);
            bool const finite = is_finite(from.x) && is_finite(from.y) && is_finite(to.x) && is_finite(to.y);
            auto const inside = finite ? part_inside(segment{from, to}, frame_) : std::nullopt;
            if (inside) {
                if (part.empty()) {
                    part.push_back(inside->from);
                }
                part.push_back(inside->to);
            }
            if (!inside || !frame_.contains(to)) {
                finish_part();
            }
        }
        finish_part();
    }

    void add_points() {
        for (auto const& point : plot_.points) {
            if (x_.contains(point.place.x) && y_.contains(point.place.y)) {
                drawing_.circle(at(point.place), radius(point), colours_.*point.colour, point.hollow, 0.75,
                                point.name);
            }
        }
    }
    [[nodiscard]] double radius(chart_point const& point) const {
        static constexpr double pi = 3.14159265358979;
        double const radius = font_ * std::sqrt(point.area / pi);
        return radius < 1.5 ? 1.5 : radius;
    }

    /// Labels that are needed, then other labels, then names of points.
    void add_labels() {
        auto places = label_places(frame_);
        for (auto const& line : drawing_.lines()) {
            places.avoid(line.points, line.width);
        }
        for (auto const& point : plot_.points) {
            auto const [x, y] = at(point.place);
            double const r = radius(point);
            places.occupy({x - r, y - r, x + r, y + r});
        }
        auto const add = [&](std::string const& words, chart_place const& place, double const distance,
                             text_style style, bool const needed) {
            if (words.empty() || !x_.contains(place.x) || !y_.contains(place.y)) {
                return;
            }
            auto found = places.beside(words, at(place), style, distance);
            if (!found && needed) {
                found = places.away_from(words, at(place), style);
            }
            if (found) {
                style.anchor = found->anchor;
                drawing_.text(words, found->place, style);
            }
            if (found && found->leader) {
                drawing_.line({found->leader->from, found->leader->to}, {style.colour, 0.8});
            }
        };
        for (bool const needed : {true, false}) {
            for (auto const& label : plot_.labels) {
                if (label.needed == needed) {
                    add(label.words, label.place, 0.45 * font_,
                        {.colour = colours_.*label.colour, .size = small_, .bold = label.bold}, needed);
                }
            }
        }
        for (auto const& point : plot_.points) {
            if (point.labelled) {
                add(point.name, point.place, radius(point) + 0.2 * font_,
                    {.colour = colours_.ink, .size = small_}, false);
            }
        }
    }

    void add_words() {
        double const all = frame_.right - 1.2 * font_;
        double const middle = (frame_.left + frame_.right) / 2;
        drawing_.text(fitted(plot_.title, all, 1.25 * font_, true), {1.2 * font_, 1.9 * font_},
                      {.colour = colours_.ink, .size = 1.25 * font_, .bold = true});
        drawing_.text(fitted(plot_.x.name, frame_.right - frame_.left, font_),
                      {middle, frame_.bottom + 2.9 * font_}, {colours_.muted, font_, "middle"});
        double const directions = frame_.bottom + 4.3 * font_;
        auto const& [lower, higher] = directions_of(plot_.x, "← ", " →");
        double const half = (frame_.right - frame_.left) / 2 - font_;
        drawing_.text(fitted(lower, half, font_), {middle - 0.8 * font_, directions},
                      {colours_.ink, font_, "end"});
        drawing_.text(fitted(higher, half, font_), {middle + 0.8 * font_, directions},
                      {colours_.ink, font_, "start"});

        double const centre = (frame_.top + frame_.bottom) / 2;
        double const height = frame_.bottom - frame_.top;
        bool const has_directions = !plot_.y.towards_lower.empty() || !plot_.y.towards_higher.empty();
        auto upwards =
            text_style{.colour = colours_.muted, .size = font_, .anchor = "middle", .upwards = true};
        drawing_.text(fitted(plot_.y.name, height, font_), {(has_directions ? 3.0 : 1.4) * font_, centre},
                      upwards);
        auto const& [below, above] = directions_of(plot_.y, "← ", " →");
        upwards.colour = colours_.ink;
        upwards.anchor = "end";
        drawing_.text(fitted(below, height / 2 - font_, font_), {1.4 * font_, centre + 0.8 * font_}, upwards);
        upwards.anchor = "start";
        drawing_.text(fitted(above, height / 2 - font_, font_), {1.4 * font_, centre - 0.8 * font_}, upwards);

        for (std::size_t i = 0; i < note_.size(); ++i) {
            double const lines_below = static_cast<double>(note_.size() - 1 - i);
            drawing_.text(fitted(note_[i], all, small_),
                          {1.2 * font_, drawing_.height() - (0.7 + 1.2 * lines_below) * font_},
                          {colours_.muted, small_});
        }
    }

    /// The note, and how many points are beyond the axes, in lines of whole words.
    [[nodiscard]] std::vector<std::string> note_lines(double const width) const {
        auto rest = plot_.note;
        if (left_out_ > 0) {
            rest += (rest.empty() ? "" : " ") + std::to_string(left_out_) +
                    (left_out_ == 1 ? " point lies" : " points lie") + " beyond the axes.";
        }
        auto lines = std::vector<std::string>{};
        while (!rest.empty()) {
            auto end = rest.size();
            while (text_width(rest.substr(0, end), small_) > width && end != std::string::npos &&
                   lines.size() < 2) {
                auto const blank = rest.rfind(' ', end - 1);
                end = blank == 0 ? std::string::npos : blank;
            }
            lines.push_back(rest.substr(0, end)); // a single word that is too long is shortened when drawn
            rest = end < rest.size() ? rest.substr(end + 1) : "";
        }
        return lines;
    }

    struct direction_words {
        std::string lower;
        std::string higher;
    };
    [[nodiscard]] static direction_words directions_of(chart_axis const& axis, char const* const before,
                                                       char const* const after) {
        return {axis.towards_lower.empty() ? "" : before + axis.towards_lower,
                axis.towards_higher.empty() ? "" : axis.towards_higher + after};
    }

    chart const& plot_;
    std::vector<std::string> note_{};
    theme const& colours_;
    double font_;
    double small_;
    drawing drawing_;
    drawing_box frame_{};
    std::size_t left_out_ = 0;
    axis x_{};
    axis y_{};
    std::vector<tick> y_ticks_;
};

} // namespace accrue::detail
