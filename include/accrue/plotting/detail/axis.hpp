#pragma once

#include <accrue/interval.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/plotting/drawing.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace accrue::detail {

/// A picture has a width and a margin, and its numbers must leave room for them.
inline void require_drawable(double const size) {
    require(size < 4e307, "largest number of a picture", "below 4e307 in size", size);
}

/// The smallest range that holds the numbers added to it.
class growing_range {
  public:
    void add(double const value) {
        if (is_finite(value)) {
            range_.lower = value < range_.lower ? value : range_.lower;
            range_.upper = value > range_.upper ? value : range_.upper;
        }
    }
    [[nodiscard]] bool empty() const { return range_.lower > range_.upper; }

    /// The range with a margin of a share of its width; a range of one number gets some width.
    [[nodiscard]] interval with_margin(double const share, bool const logarithmic) const {
        if (logarithmic) {
            double const factor = std::pow(range_.upper, share) / std::pow(range_.lower, share);
            double const least = range_.upper > range_.lower * 1.01 ? 1 : 1.5;
            // The ends stay where a double has all its digits.
            return {(std::max)(range_.lower / factor / least, 1e-307),
                    (std::min)(range_.upper * factor * least, 1e307)};
        }
        double const size = std::fabs(range_.upper) > std::fabs(range_.lower) ? std::fabs(range_.upper)
                                                                              : std::fabs(range_.lower);
        require_drawable(size);
        double const margin = range_.width() > 1e-9 * size ? share * range_.width() : size > 0 ? size / 2 : 1;
        return {range_.lower - margin, range_.upper + margin};
    }

  private:
    interval range_{infinity<double>(), -infinity<double>()};
};

/// The range of a logarithmic axis between two logarithms. Its ends stay where a double has all its digits.
[[nodiscard]] inline interval ratio_range(double const log_lower, double const log_upper) {
    return {std::exp(std::clamp(log_lower, -706.0, 705.0)), std::exp(std::clamp(log_upper, -705.0, 706.0))};
}

/// A mark of an axis: its value and the words beside it.
struct tick {
    double value;
    std::string words;
};

/// A straight axis of a picture: from values to pixels.
struct axis {
    interval range;           ///< of the values; positive when logarithmic
    interval pixels;          ///< where the ends of the range are; the lower end may be the larger number
    bool logarithmic = false; ///< as far from 1/2 to 1 as from 1 to 2
    bool counts = false;      ///< marked at whole numbers alone

    /// The place of a value in pixels; beyond the ends for values beyond the range, infinite for 0 on a
    /// logarithmic axis.
    [[nodiscard]] double pixel(double const value) const {
        double const share =
            (scaled(value) - scaled(range.lower)) / (scaled(range.upper) - scaled(range.lower));
        return pixels.lower + share * (pixels.upper - pixels.lower);
    }
    [[nodiscard]] bool contains(double const value) const {
        return value >= range.lower && value <= range.upper;
    }
    /// The value itself, or the end of the axis that it lies beyond.
    [[nodiscard]] double clipped(double const value) const {
        return value < range.lower ? range.lower : value > range.upper ? range.upper : value;
    }

  private:
    [[nodiscard]] double scaled(double const value) const {
        return !logarithmic ? value : value > 0 ? std::log(value) : -infinity<double>();
    }
};

/// The shortest decimal text of a round number.
inline std::string short_text(double const value) {
    double const magnitude = std::fabs(value);
    if (magnitude > 0 && is_finite(magnitude) && (magnitude < 1e-4 || magnitude >= 1e6)) {
        auto const exponent = static_cast<int>(std::floor(std::log10(magnitude) + 1e-9));
        // In two steps: the power may be below the smallest double.
        int const half = exponent / 2;
        auto mantissa = short_text(value / std::pow(10.0, half) / std::pow(10.0, exponent - half));
        return mantissa + "e" + std::to_string(exponent);
    }
    auto text = readable(value, 8);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text;
}

/// A number to as many significant digits as a size beside it would have.
inline std::string to_figures(double const value, double const size, int const figures) {
    double const last = (std::max)(std::pow(10.0, std::floor(std::log10(size)) + 1 - figures), 1e-307);
    return short_text(std::round(value / last) * last);
}

/// A number for readers among others up to a size: with `digits` decimals; where these would show all of them
/// as 0, to two digits of the size.
inline std::string readable_among(double const value, double const size, int const digits) {
    if (size > 0 && size < 0.5 * std::pow(10.0, -digits)) {
        return to_figures(value, size, 2);
    }
    return std::fabs(value) >= 1e7 && !std::isinf(value) ? short_text(value) : readable(value, digits);
}

/// About `count` round numbers in a range: 1, 2 or 5 times a power of ten apart, which is `least_step` or
/// more; fewer where numbers of the range's size are farther apart themselves.
inline std::vector<tick> linear_ticks(interval const& range, double const count,
                                      double const least_step = 0) {
    double const power = std::pow(10.0, std::floor(std::log10(range.width() / count)));
    double const mantissa = range.width() / count / power;
    double const fine = (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10) * power;
    double const resolution = 4 * std::numeric_limits<double>::epsilon() *
                              (std::max)(std::fabs(range.lower), std::fabs(range.upper));
    double const least = (std::max)({least_step, resolution, (std::numeric_limits<double>::min)()});
    double const step = fine < least ? least : fine;
    int const digits = (std::max)(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    bool const is_plain = digits < 6 && std::fabs(range.lower) < 1e7 && std::fabs(range.upper) < 1e7;
    auto ticks = std::vector<tick>{};
    for (double i = std::ceil(range.lower / step - 1e-9); i <= std::floor(range.upper / step + 1e-9); ++i) {
        ticks.push_back({i * step, is_plain ? readable(i * step, digits) : short_text(i * step)});
    }
    return ticks;
}

/// Round ratios in a range: the fewest of whole decades, 1-3, 1-2-5 and finer ones that make `count` ticks;
/// every so many decades where there are too many; and evenly spaced numbers where even the finest are too
/// far apart.
inline std::vector<tick> ratio_ticks(interval const& range, double const count) {
    static auto const choices =
        std::array<std::vector<double>, 5>{std::vector<double>{1},
                                           {1, 3},
                                           {1, 2, 5},
                                           {1, 1.5, 2, 3, 4, 5, 7},
                                           {1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9}};
    double const lower = std::log10(range.lower) - 1e-9;
    double const upper = std::log10(range.upper) + 1e-9;
    double const every = (std::max)(1.0, std::ceil((upper - lower) / (2 * count)));
    for (auto const& mantissas : choices) {
        auto ticks = std::vector<tick>{};
        for (double decade = every * std::floor(lower / every); decade <= upper; decade += every) {
            for (double const mantissa : mantissas) {
                double const place = decade + std::log10(mantissa);
                if (place >= lower && place <= upper) {
                    double const value = mantissa * std::pow(10.0, decade);
                    ticks.push_back({value, short_text(value)});
                }
            }
        }
        if (static_cast<double>(ticks.size()) >= (count < 4 ? count : 4)) {
            return ticks;
        }
    }
    return linear_ticks(range, count);
}

[[nodiscard]] inline std::vector<tick> ticks_of(axis const& scale, double const count) {
    return scale.logarithmic ? ratio_ticks(scale.range, count)
                             : linear_ticks(scale.range, count, scale.counts ? 1 : 0);
}

/// Marks a horizontal axis at a height, with words below where they do not touch, about one every `apart`
/// pixels; `font` is the size of the picture's font. Words that would leave the picture on the right stand
/// as much farther to the left.
inline void add_marks(drawing& to, axis const& scale, double const y, double const apart, double const font,
                      text_style const& style) {
    auto marks = ticks_of(scale, std::fabs(scale.pixels.upper - scale.pixels.lower) / apart);
    if (scale.pixels.upper < scale.pixels.lower) {
        std::reverse(marks.begin(), marks.end());
    }
    double taken = 0; // the right end of the last words
    for (auto const& [value, words] : marks) {
        double const x = scale.pixel(value);
        to.line({{x, y}, {x, y + 0.35 * font}}, {style.colour, 1.2});
        auto place = drawing_point{x, y + 0.55 * font + 0.85 * style.size};
        double const beyond = drawing::box_of(words, place, style).right - to.width();
        place.x -= beyond > 0 ? beyond : 0;
        auto const box = drawing::box_of(words, place, style);
        if (box.left > taken) {
            to.text(words, place, style);
            taken = box.right + 0.3 * font;
        }
    }
}

} // namespace accrue::detail
