#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/detail/gnuplot.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/plotting/picture.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accrue::detail {

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
        if (look.futility) {
            require(look.futility->lower <= look.futility->upper, "lower end of the futility region",
                    "at most the upper end", look.futility->lower);
        }
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

/// The points of a line that exist, looks before `planned`; `z_of` takes either.
template <class ZOf>
std::vector<monitoring_point> line_points(monitoring_plot const& plot, ZOf const& z_of) {
    auto points = std::vector<monitoring_point>{};
    auto const add = [&](auto const& look) {
        double const z = z_of(look);
        if (is_finite(z)) {
            points.push_back({look.information, z});
        }
    };
    std::for_each(plot.looks.begin(), plot.looks.end(), add);
    std::for_each(plot.planned.begin(), plot.planned.end(), add);
    return points;
}

/// The least and the greatest value that straight lines through the points take in a range of information;
/// from infinity to minus infinity where they take none.
inline interval values_over(std::vector<monitoring_point> const& points, interval const& range) {
    auto values = interval{infinity<double>(), -infinity<double>()};
    auto const use = [&](double const z) {
        values.lower = (std::min)(values.lower, z);
        values.upper = (std::max)(values.upper, z);
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
    return values;
}

/// The place of a text, in units of the axes.
struct text_box {
    interval information;
    interval z;
};

inline bool overlap(interval const& a, interval const& b) {
    return a.lower < b.upper && b.lower < a.upper;
}

inline bool touches(std::vector<monitoring_point> const& line, text_box const& box) {
    return overlap(values_over(line, box.information), box.z);
}

/// The drawing of one monitoring plot: where things stand, and the lines of the script.
class monitoring_drawing {
  public:
    monitoring_drawing(monitoring_plot const& plot, picture const& canvas)
        : plot_(plot), canvas_(canvas), font_(canvas.font_size), small_(0.85 * font_),
          upper_(line_points(plot, [](auto const& look) { return look.upper; })),
          lower_(line_points(plot, [](auto const& look) { return look.lower; })),
          futile_up_to_(line_points(
              plot,
              [](auto const& look) { return look.futility ? look.futility->upper : infinity<double>(); })),
          futile_from_(line_points(plot, [](auto const& look) {
              return look.futility ? look.futility->lower : infinity<double>();
          })) {
        curve_.push_back({0, 0});
        for (auto const& look : plot.looks) {
            curve_.push_back({look.information, look.z});
        }
        area_ = {7 * font_, canvas.width - 1.2 * font_ - text_width(plot.conventional_name, small_),
                 (plot.note.empty() ? 4.2 : 5.6) * font_,
                 canvas.height - (plot.title.empty() ? 2.4 : 5.0) * font_};
        double last = (std::max)(plot.required_information, plot.looks.back().information);
        highest_ = plot.conventional + 1.5;
        for (auto const& look : plot.looks) {
            highest_ = (std::max)(highest_, std::fabs(look.z) + 1);
        }
        for (auto const* const points : {&upper_, &lower_}) {
            for (auto const& [information, z] : *points) {
                last = (std::max)(last, information);
                highest_ = (std::max)(highest_, (std::min)(std::fabs(z) + 0.7, plot.largest_z));
            }
        }
        right_ = 1.04 * last;
        x_per_pixel_ = right_ / (area_.right - area_.left);
        z_per_pixel_ = 2 * highest_ / (area_.top - area_.bottom);
    }

    [[nodiscard]] std::string script() const {
        auto text = gnuplot_script_text("Trial sequential analysis", canvas_, area_);
        add_frame(text);
        add_words(text);
        add_conventional_lines(text);
        auto const names = add_names(text);
        add_required_information(text, names);
        add_boundary_values(text);
        add_futility(text, names);
        add_curves(text);
        return std::move(text).finish();
    }

  private:
    [[nodiscard]] double x_pixel(double const x) const { return area_.left + x / x_per_pixel_; }
    [[nodiscard]] double x_value(double const pixel) const { return (pixel - area_.left) * x_per_pixel_; }
    [[nodiscard]] double z_pixel(double const z) const {
        return area_.bottom + (z + highest_) / z_per_pixel_;
    }

    void add_frame(gnuplot_script_text& text) const {
        text.line("set xrange [0:", right_, "]");
        text.line("set yrange [", -highest_, ":", highest_, "]");
        text.line("set border 3 linecolor", plot_colour::ink, " linewidth 1.5");
        text.line("set xtics nomirror out scale 0.6 format '' ()");
        text.line("set ytics nomirror out scale 0.6 format '' ()");
        for_each_tick({0, right_}, 8, [&](double const x, std::string const& words) {
            text.line("set xtics add ('' ", x, ")");
            text.label(words, x_pixel(x), area_.bottom - 1.1 * font_, "center textcolor", plot_colour::ink);
        });
        for_each_tick({-highest_, highest_}, 8, [&](double const z, std::string const& words) {
            text.line("set ytics add ('' ", z, ")");
            text.label(words, area_.left - 0.7 * font_, z_pixel(z), "right textcolor", plot_colour::ink);
        });
        add_line(text, {0, 0}, {right_, 0}, plot_colour::muted, " linewidth 1");
    }

    /// A straight line behind the curves.
    static void add_line(gnuplot_script_text& text, monitoring_point const& from, monitoring_point const& to,
                         char const* const colour, char const* const style) {
        text.line("set arrow from ", from.information, ",", from.z, " to ", to.information, ",", to.z,
                  " nohead back linecolor", colour, style);
    }

    /// Everything that is written around the axes.
    void add_words(gnuplot_script_text& text) const {
        double const all = canvas_.width - 2.4 * font_;
        if (!plot_.title.empty()) {
            text.label(fitted(plot_.title, all, 1.3 * font_), 1.2 * font_, canvas_.height - 1.9 * font_,
                       "left ", font_of(1.3 * font_), " textcolor", plot_colour::ink);
        }
        text.label(plot_.information_name, (area_.left + area_.right) / 2, area_.bottom - 2.7 * font_,
                   "center textcolor", plot_colour::muted);
        if (!plot_.note.empty()) {
            text.label(fitted(plot_.note, all, small_), 1.2 * font_, 0.9 * font_, "left ", font_of(small_),
                       " textcolor", plot_colour::muted);
        }
        text.label("Cumulative Z", 3.1 * font_, z_pixel(0), "center rotate by 90 textcolor",
                   plot_colour::muted);
        if (!plot_.favours_negative.empty()) {
            text.label(joined("← ", plot_.favours_negative), 1.4 * font_, z_pixel(-highest_ / 2),
                       "center rotate by 90 textcolor", plot_colour::ink);
        }
        if (!plot_.favours_positive.empty()) {
            text.label(joined(plot_.favours_positive, " →"), 1.4 * font_, z_pixel(highest_ / 2),
                       "center rotate by 90 textcolor", plot_colour::ink);
        }
    }

    void add_conventional_lines(gnuplot_script_text& text) const {
        if (!(plot_.conventional > 0)) {
            return;
        }
        double const beside = area_.right + 0.4 * font_;
        for (double const z : {plot_.conventional, -plot_.conventional}) {
            add_line(text, {0, z}, {right_, z}, plot_colour::muted, " linewidth 1.5 dashtype 2");
            text.label(readable(z, 2), beside, z_pixel(z) + 0.5 * small_, "left ", font_of(small_),
                       " textcolor", plot_colour::muted);
            text.label(plot_.conventional_name, beside, z_pixel(z) - 0.6 * small_, "left ", font_of(small_),
                       " textcolor", plot_colour::muted);
        }
    }

    static constexpr std::size_t name_rows = 4;

    /// How far from zero the rows of names are; none touches the conventional line.
    [[nodiscard]] std::array<double, name_rows> heights_of_names() const {
        auto heights = std::array<double, name_rows>{};
        double const clearance = 0.75 * small_ * z_per_pixel_;
        double height = 0.75 * font_ * z_per_pixel_;
        for (double& row : heights) {
            if (std::fabs(height - plot_.conventional) < clearance) {
                height = plot_.conventional + clearance;
            }
            row = height;
            height += 1.35 * small_ * z_per_pixel_;
        }
        return heights;
    }

    /// Names of the looks stand in rows across the horizontal axis from the curve, each tied to its point by
    /// a hairline. From the last look to the first, a name takes the row after those that it reaches, so that
    /// no hairline runs through a name. A name that would touch a futility line takes a later row; one that
    /// would touch the boundary, or finds no row, is left out. Returns where the names are.
    std::vector<text_box> add_names(gnuplot_script_text& text) const {
        double sum_of_z = 0;
        for (auto const& look : plot_.looks) {
            sum_of_z += look.z;
        }
        double const away = sum_of_z > 0 ? -1 : 1;
        auto const& boundary = sum_of_z > 0 ? lower_ : upper_;
        auto const heights = heights_of_names();
        double const half_height = 0.65 * small_ * z_per_pixel_;
        struct placed_name {
            std::size_t row;
            double left;
        };
        auto placed = std::vector<placed_name>{};
        auto boxes = std::vector<text_box>{};
        for (auto look = plot_.looks.rbegin(); look != plot_.looks.rend(); ++look) {
            auto const words = joined(look->name, ": ", readable(look->z, 2));
            double const width = text_width(words, small_);
            double const hairline = x_pixel(look->information);
            bool const to_the_right = hairline + 0.5 * font_ + width < canvas_.width;
            double const left = to_the_right ? hairline + 0.3 * font_ : hairline - 0.3 * font_ - width;
            double const end = left + width;
            std::size_t row = 0;
            for (auto const& other : placed) {
                if (other.left < end) {
                    row = (std::max)(row, other.row + 1);
                }
            }
            auto const range = interval{x_value(left), x_value(end)};
            auto const box_in = [&](std::size_t const at) {
                double const z = away * heights[at];
                return text_box{range, {z - half_height, z + half_height}};
            };
            while (row < name_rows &&
                   (touches(futile_from_, box_in(row)) || touches(futile_up_to_, box_in(row)))) {
                ++row;
            }
            auto const walls = values_over(boundary, range);
            double const wall = sum_of_z > 0 ? -walls.upper : walls.lower;
            double const room = (std::min)(highest_, wall - half_height);
            if (look->name.empty() || left < area_.left || row >= name_rows || heights[row] > room) {
                continue;
            }
            placed.push_back({row, left - 0.5 * font_});
            double const z = away * heights[row];
            text.label(words, to_the_right ? left : end, z_pixel(z),
                       to_the_right ? "left front " : "right front ", font_of(small_), " textcolor",
                       plot_colour::data);
            add_line(text, {look->information, look->z}, {look->information, z + away * 0.6 * half_height},
                     plot_colour::hairline, " linewidth 1");
            boxes.push_back(box_in(row));
            boxes.back().information.lower = x_value(left - 0.3 * font_);
        }
        return boxes;
    }

    void add_required_information(gnuplot_script_text& text, std::vector<text_box> const& names) const {
        auto gaps = std::vector<interval>{};
        for (auto const& name : names) {
            if (name.information.contains(plot_.required_information)) {
                gaps.push_back(name.z);
            }
        }
        std::sort(gaps.begin(), gaps.end(), [](auto const& a, auto const& b) { return a.lower < b.lower; });
        gaps.push_back({highest_, highest_});
        double from = -highest_;
        for (auto const& gap : gaps) {
            if (gap.lower > from) {
                add_line(text, {plot_.required_information, from}, {plot_.required_information, gap.lower},
                         plot_colour::ink, " linewidth 2.5");
            }
            from = gap.upper;
        }
        // A size that exceeds a whole number by no more than its rounding error is that whole number.
        auto const size = readable(std::ceil(plot_.required_information * (1 - 1e-14)), 0);
        auto const words = joined(plot_.required_information_name, ": ", size,
                                  plot_.information_unit.empty() ? "" : " ", plot_.information_unit);
        double const half = text_width(words, font_) / 2;
        double const leftmost = area_.left + half;
        double const rightmost = (std::max)(leftmost, canvas_.width - 0.6 * font_ - half);
        text.label(words, std::clamp(x_pixel(plot_.required_information), leftmost, rightmost),
                   area_.top + 0.9 * font_, "center textcolor", plot_colour::ink);
    }

    /// The upper boundary bears its values and its name; where there is none, the lower one does.
    void add_boundary_values(gnuplot_script_text& text) const {
        auto const& boundary = upper_.empty() ? lower_ : upper_;
        double const outwards = upper_.empty() ? -1 : 1;
        double taken = 0; // right end of the latest value, in pixels
        for (auto const& [information, z] : boundary) {
            bool const beyond = std::fabs(z) >= highest_;
            auto const words = beyond ? joined(z > 0 ? "↑ " : "↓ ", readable(z, 1)) : readable(z, 2);
            double const width = text_width(words, small_);
            bool const to_the_left = !beyond && x_pixel(information) + width > area_.right;
            double const left = x_pixel(information) + (beyond        ? -width / 2
                                                        : to_the_left ? -width - 0.25 * font_
                                                                      : 0.25 * font_);
            if (left < taken) {
                continue;
            }
            taken = left + width + 0.3 * small_;
            double const height = !beyond ? z_pixel(z) + outwards * 0.8 * small_
                                  : z > 0 ? area_.top + 0.7 * small_
                                          : area_.bottom + 0.7 * small_;
            text.label(words,
                       left + (to_the_left ? width
                               : beyond    ? width / 2
                                           : 0),
                       height,
                       to_the_left ? "right "
                       : beyond    ? "center "
                                   : "left ",
                       font_of(small_), " textcolor", plot_colour::boundary);
        }
        if (!boundary.empty()) {
            add_boundary_name(text, boundary, outwards, taken);
        }
    }

    /// After the boundary's last value where there is room, else above its end.
    void add_boundary_name(gnuplot_script_text& text, std::vector<monitoring_point> const& boundary,
                           double const outwards, double const taken) const {
        double const ends_with = boundary.back().z;
        if (taken + text_width(plot_.boundary_name, font_) < area_.right && std::fabs(ends_with) < highest_) {
            text.label(plot_.boundary_name, taken + 0.3 * font_, z_pixel(ends_with) + outwards * 0.8 * small_,
                       "left textcolor", plot_colour::boundary);
            return;
        }
        double const line = x_pixel(plot_.required_information);
        double const end = line > (area_.left + 3 * area_.right) / 4 ? line - 0.8 * font_ : area_.right;
        auto const words = fitted(plot_.boundary_name, end - area_.left - font_, font_);
        auto const under = interval{x_value(end - text_width(words, font_)), x_value(end)};
        auto const values = values_over(boundary, under);
        double const reach = (std::max)({values.upper, -values.lower, plot_.conventional});
        double const z = (std::min)(reach + 2.6 * small_ * z_per_pixel_, highest_ - font_ * z_per_pixel_);
        text.label(words, end, z_pixel(outwards * z), "right textcolor", plot_colour::boundary);
    }

    /// Whether a text can stand here in the futility region and touch nothing else.
    [[nodiscard]] bool is_free(text_box const& box, std::vector<text_box> const& names) const {
        auto const above = values_over(futile_up_to_, box.information);
        auto const below = values_over(futile_from_, box.information);
        bool const inside = (futile_up_to_.empty() ? box.z.upper <= highest_ : box.z.upper < above.lower) &&
                            (futile_from_.empty() ? box.z.lower >= -highest_ : box.z.lower > below.upper) &&
                            (above.lower <= above.upper || below.lower <= below.upper);
        auto const meets = [&](text_box const& name) {
            return overlap(name.information, box.information) && overlap(name.z, box.z);
        };
        auto const crosses = [&](auto const& look) { return box.information.contains(look.information); };
        return inside && !box.z.contains(0) && !box.z.contains(plot_.conventional) &&
               !box.z.contains(-plot_.conventional) &&
               !box.information.contains(plot_.required_information) && !touches(curve_, box) &&
               !touches(upper_, box) && !touches(lower_, box) &&
               std::none_of(names.begin(), names.end(), meets) &&
               std::none_of(plot_.looks.begin(), plot_.looks.end(), crosses);
    }

    /// A place for the name of the futility region within it, as far to the right and as near to zero as
    /// possible.
    [[nodiscard]] std::optional<text_box> place_in_futility(std::vector<text_box> const& names) const {
        double const half_height = 0.65 * font_ * z_per_pixel_;
        double const width = text_width(plot_.futility_name, font_);
        for (double end = area_.right - 0.5 * font_; end - width > area_.left; end -= 0.5 * font_) {
            for (double distance = 1.2 * half_height; distance < highest_; distance += half_height) {
                for (double const z : {distance, -distance}) {
                    // The box leaves a margin around the words.
                    auto const box =
                        text_box{{x_value(end - width - 0.5 * font_), x_value(end + 0.5 * font_)},
                                 {z - half_height, z + half_height}};
                    if (is_free(box, names)) {
                        return box;
                    }
                }
            }
        }
        return std::nullopt;
    }

    /// The futility region, shaded, with its name in it, or in the lower right corner where there is no room.
    void add_futility(gnuplot_script_text& text, std::vector<text_box> const& names) const {
        if (futile_from_.empty() && futile_up_to_.empty()) {
            return;
        }
        auto region = std::string{};
        auto const add = [&](auto const& look) {
            if (look.futility) {
                double const from = (std::max)(look.futility->lower, -highest_);
                double const to = (std::min)(look.futility->upper, highest_);
                region += joined(look.information, " ", from, " ", to, "\n");
            }
        };
        std::for_each(plot_.looks.begin(), plot_.looks.end(), add);
        std::for_each(plot_.planned.begin(), plot_.planned.end(), add);
        text.block("futility", region,
                   " using 1:2:3 with filledcurves fillstyle transparent solid 0.13 noborder ", "fillcolor",
                   plot_colour::futility);
        double end = area_.right - 0.5 * font_;
        double height = area_.bottom + font_;
        if (auto const place = place_in_futility(names)) {
            end = x_pixel(place->information.upper) - 0.5 * font_;
            height = z_pixel((place->z.lower + place->z.upper) / 2);
        } else if (double const line = x_pixel(plot_.required_information);
                   line > end - text_width(plot_.futility_name, font_) - font_) {
            end = (std::min)(end, line - 0.8 * font_);
        }
        text.label(plot_.futility_name, end, height, "right front textcolor", plot_colour::futility);
    }

    /// How a line is drawn up to the last look, and beyond it.
    struct line_style {
        char const* colour;
        char const* seen;
        char const* planned;
    };

    void add_boundary(gnuplot_script_text& text, std::vector<monitoring_point> const& points,
                      std::string const& name, line_style const& style) const {
        double const last_look = plot_.looks.back().information;
        auto seen = std::string{};
        auto planned = std::string{};
        auto latest = std::string{};
        for (auto const& [information, z] : points) {
            auto const here = joined(information, " ", z, "\n");
            if (information <= last_look) {
                seen += here;
                latest = here;
            } else {
                planned += planned.empty() ? joined(latest, here) : here;
            }
        }
        static constexpr auto how = " using 1:2 with lines linewidth 2.5 linecolor";
        text.block(name, seen, how, style.colour, style.seen);
        text.block(name + "_planned", planned, how, style.colour, style.planned);
    }

    void add_curves(gnuplot_script_text& text) const {
        auto curve = std::string{};
        for (auto const& [information, z] : curve_) {
            curve += joined(information, " ", z, "\n");
        }
        auto looks = std::string{};
        for (auto const& look : plot_.looks) {
            looks += joined(look.information, " ", look.z, " ", 0.28 * font_ * x_per_pixel_, "\n");
        }
        text.block("z_curve", curve, " using 1:2 with lines linewidth 5 linecolor", plot_colour::data);
        // The boundary lies above the curve and is thinner, so that both are seen where they coincide.
        // Lines of different kinds have different dashes, for readers who see them in grey.
        static constexpr auto firm = line_style{plot_colour::boundary, "", " dashtype 2"};
        static constexpr auto futile = line_style{plot_colour::futility, " dashtype 4", " dashtype 3"};
        add_boundary(text, upper_, "upper_boundary", firm);
        add_boundary(text, lower_, "lower_boundary", firm);
        add_boundary(text, futile_up_to_, "futile_up_to", futile);
        add_boundary(text, futile_from_, "futile_from", futile);
        text.block("looks", looks, " using 1:2:3 with circles fillstyle solid 1.0 border linecolor",
                   plot_colour::data, " linewidth 1.5 fillcolor", plot_colour::data);
    }

    monitoring_plot const& plot_;
    picture const& canvas_;
    double font_;
    double small_;
    std::vector<monitoring_point> upper_;
    std::vector<monitoring_point> lower_;
    std::vector<monitoring_point> futile_up_to_; ///< upper ends of the futility region
    std::vector<monitoring_point> futile_from_;  ///< its lower ends
    std::vector<monitoring_point> curve_;        ///< the Z-curve from its origin
    plot_area area_{};
    double highest_ = 0; ///< the vertical axis goes from -highest_ to highest_
    double right_ = 0;   ///< the horizontal axis goes from 0 to right_
    double x_per_pixel_ = 0;
    double z_per_pixel_ = 0;
};

} // namespace accrue::detail
