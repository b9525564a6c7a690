#pragma once

#include <accrue/interval.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace accrue::detail {

/// A picture has a width and a margin, and its numbers must leave room for them.
inline void require_drawable(double const size) {
    require(size < 4e307, "largest number of a picture", "below 4e307 in size", size);
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

/// About `count` round numbers in a range: 1, 2 or 5 times a power of ten apart.
inline std::vector<tick> linear_ticks(interval const& range, double const count) {
    double const power = std::pow(10.0, std::floor(std::log10(range.width() / count)));
    double const mantissa = range.width() / count / power;
    double const step = (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10) * power;
    int const digits = (std::max)(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    auto ticks = std::vector<tick>{};
    for (double i = std::ceil(range.lower / step - 1e-9); i <= std::floor(range.upper / step + 1e-9); ++i) {
        ticks.push_back({i * step, readable(i * step, digits)});
    }
    return ticks;
}

/// The shortest decimal text of a round number.
inline std::string short_text(double const value) {
    double const magnitude = std::fabs(value);
    if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e6)) {
        auto const exponent = static_cast<int>(std::floor(std::log10(magnitude) + 1e-9));
        auto mantissa = short_text(value / std::pow(10.0, exponent));
        return mantissa + "e" + std::to_string(exponent);
    }
    auto text = readable(value, 8);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text;
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
    return scale.logarithmic ? ratio_ticks(scale.range, count) : linear_ticks(scale.range, count);
}

} // namespace accrue::detail
