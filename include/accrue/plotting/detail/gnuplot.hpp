#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/picture.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Colours (after Okabe & Ito) that colour-blind readers can tell apart and that differ in grey: what the
/// data say is dark, what they are held against is of medium lightness, what only guides the eye is light.
namespace plot_colour {
inline constexpr auto ink = " rgb '#222222'";
inline constexpr auto data = " rgb '#0b4f8a'";
inline constexpr auto boundary = " rgb '#d55e00'";
inline constexpr auto futility = " rgb '#007f5f'";
inline constexpr auto muted = " rgb '#6e6e6e'";
inline constexpr auto hairline = " rgb '#c4c4c4'";
} // namespace plot_colour

inline void append_to(std::string& text, std::string_view const part) {
    text += part;
}
inline void append_to(std::string& text, double const part) {
    text += to_text(part);
}

/// Texts and numbers one after the other.
template <class... Parts>
[[nodiscard]] std::string joined(Parts const&... parts) {
    auto text = std::string{};
    (append_to(text, parts), ...);
    return text;
}

/// A gnuplot string that shows `text` as it is. Between single quotes gnuplot interprets nothing but the
/// doubled quote: no backquoted command, no macro, no escape. Control characters would end the line.
inline std::string gnuplot_string(std::string_view const text) {
    auto result = std::string("'");
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        result += byte < 0x20 || byte == 0x7f ? ' ' : c;
        if (c == '\'') {
            result += '\'';
        }
    }
    return result + '\'';
}

/// A number for readers: `digits` decimals and a real minus sign.
inline std::string readable(double const value, int const digits) {
    if (std::isinf(value)) {
        return value < 0 ? "−∞" : "∞";
    }
    char buffer[400];
    auto const end =
        std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::fixed, digits).ptr;
    auto const magnitude = std::string(buffer, end);
    bool const shows_zero = magnitude.find_first_not_of("0.") == std::string::npos;
    return joined(value < 0 && !shows_zero ? "−" : "", magnitude);
}

inline bool starts_character(char const byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

/// The width of UTF-8 text in pixels, rather too wide than too narrow: the characters of a wide sans-serif
/// font average 0.58 of its size.
inline double text_width(std::string_view const text, double const font_size) {
    return 0.58 * font_size * static_cast<double>(std::count_if(text.begin(), text.end(), starts_character));
}

/// The text, or as much of it as fits into `width` pixels, and an ellipsis.
inline std::string fitted(std::string_view const text, double const width, double const font_size) {
    if (text_width(text, font_size) <= width) {
        return std::string(text);
    }
    auto const kept = static_cast<std::size_t>((std::max)(1.0, width / (0.58 * font_size) - 1));
    std::size_t bytes = 0;
    for (std::size_t characters = 0; bytes < text.size(); ++bytes) {
        if (starts_character(text[bytes]) && characters++ == kept) {
            break;
        }
    }
    return joined(text.substr(0, bytes), "…");
}

/// A distance between tick marks that makes about `count` of them: 1, 2 or 5 times a power of ten.
inline double tick_step(double const range, double const count) {
    double const power = std::pow(10.0, std::floor(std::log10(range / count)));
    double const mantissa = range / count / power;
    return (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10) * power;
}

/// Calls `use(position, text)` for about `count` round numbers in the range.
template <class Use>
void for_each_tick(interval const& range, double const count, Use const& use) {
    double const step = tick_step(range.width(), count);
    int const digits = (std::max)(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    for (double i = std::ceil(range.lower / step); i <= std::floor(range.upper / step); ++i) {
        use(i * step, readable(i * step, digits));
    }
}

/// The same for ratios on a range of their decimal logarithms: the fewest of 1, 1-3, 1-2-5 and ten digits a
/// decade that make three ticks.
template <class Use>
void for_each_ratio_tick(interval const& range, Use const& use) {
    static std::vector<double> const choices[] = {{1},
                                                  {1, 3},
                                                  {1, 2, 5},
                                                  {1, 1.5, 2, 3, 4, 5, 7},
                                                  {1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9}};
    auto ticks = std::vector<double>{};
    for (auto const& mantissas : choices) {
        ticks.clear();
        for (double decade = std::floor(range.lower); decade <= range.upper; ++decade) {
            for (double const mantissa : mantissas) {
                double const ratio = mantissa * std::pow(10.0, decade);
                if (range.contains(std::log10(ratio))) {
                    ticks.push_back(ratio);
                }
            }
        }
        if (ticks.size() >= 4) {
            break;
        }
    }
    for (double const ratio : ticks) {
        char text[64];
        std::snprintf(text, sizeof text, "%.6g", ratio);
        use(std::log10(ratio), std::string(text));
    }
}

inline void check(picture const& canvas) {
    require(canvas.width >= 640, "picture width", "at least 640", double(canvas.width));
    require(canvas.height >= 360, "picture height", "at least 360", double(canvas.height));
    require(canvas.font_size >= 4 && canvas.font_size <= 60, "font size", "from 4 to 60", canvas.font_size);
}

/// The font of a label in another size, in pixels.
inline std::string font_of(double const size) {
    return joined("font text_of(", size, ")");
}

/// Where the axes are, in pixels from the left and from the bottom of the canvas.
struct plot_area {
    double left;
    double right;
    double bottom;
    double top;
};

/// Collects the lines of a script, and the data blocks that its one plot command draws at the end.
class gnuplot_script_text {
  public:
    gnuplot_script_text(std::string_view const kind, picture const& canvas, plot_area const& area)
        : width_(canvas.width), height_(canvas.height) {
        double const font = canvas.font_size;
        line("# ", kind, ": a script for gnuplot 5.2 or later that holds its data.");
        line("#     gnuplot NAME.gp                      writes NAME.png");
        line("#     gnuplot -e \"format='svg'\" NAME.gp    writes NAME.svg ('pdf' works too)");
        line("#     gnuplot -e \"format='svg'; output_file='slide.svg'; font='Helvetica'\" NAME.gp");
        line("if (!exists('format')) format = 'png'");
        line("if (!exists('font')) font = ", gnuplot_string(canvas.font));
        line("if (!exists('output_file')) output_file = (exists('ARG0') && strstrt(ARG0, '.gp') > 1 ? "
             "ARG0[1:strstrt(ARG0, '.gp') - 1] : 'plot') . '.' . format");
        line(
            "# A font size is in pixels of the SVG picture; the PNG is half as large again, for projectors.");
        line("pixel = format eq 'svg' ? 1 : 0.75");
        line("text_of(size) = sprintf('%s,%g', font, size * pixel)");
        line("if (format eq 'svg') {");
        line("    set terminal svg size ", width_, ",", height_, " noenhanced font text_of(", font,
             ") background '#ffffff'");
        line("} else { if (format eq 'pdf') {");
        line("    set terminal pdfcairo size ", width_ / 96, "in,", height_ / 96,
             "in noenhanced font text_of(", font, ")");
        line("} else {");
        line("    set terminal pngcairo size ", std::round(1.5 * width_), ",", std::round(1.5 * height_),
             " noenhanced font text_of(", font, ") fontscale 1.5 linewidth 1.5");
        line("} }");
        line("set output output_file");
        line("set encoding utf8");
        line("set margins at screen ", area.left / width_, ", screen ", area.right / width_, ", screen ",
             area.bottom / height_, ", screen ", area.top / height_);
        line("unset key");
    }

    /// One line, made of texts and numbers.
    template <class... Parts>
    void line(Parts const&... parts) {
        (append_to(text_, parts), ...);
        text_ += '\n';
    }

    /// A label whose place is given in pixels of the canvas; `style` is made of texts and numbers.
    template <class... Style>
    void label(std::string_view const words, double const x, double const y, Style const&... style) {
        line("set label ", gnuplot_string(words), " at screen ", x / width_, ", screen ", y / height_, " ",
             style...);
    }

    /// A data block and how to draw it; nothing when there are no data. Later blocks lie above earlier ones.
    template <class... How>
    void block(std::string_view const name, std::string_view const data, How const&... how) {
        if (!data.empty()) {
            line("$", name, " << EOD\n", data, "EOD");
            append_to(plots_, plots_.empty() ? "plot $" : ", \\\n     $");
            append_to(plots_, name);
            (append_to(plots_, how), ...);
        }
    }

    [[nodiscard]] std::string finish() && {
        line(plots_);
        line("unset output");
        return std::move(text_);
    }

  private:
    double width_;
    double height_;
    std::string text_;
    std::string plots_;
};

} // namespace accrue::detail
