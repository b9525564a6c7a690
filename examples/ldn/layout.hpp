#pragma once

#include "provenance.hpp"
#include <accrue/interval.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ldn {

inline constexpr std::size_t line_width = 96;

/// The parts one after the other.
template <class... Parts>
[[nodiscard]] std::string text(Parts const&... parts) {
    auto result = std::string{};
    ((result += parts), ...);
    return result;
}

/// Columns that UTF-8 text takes on the screen, for the scripts used here: one for each character.
inline std::size_t width(std::string_view const words) {
    return static_cast<std::size_t>(std::count_if(words.begin(), words.end(), [](char const byte) {
        return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
    }));
}

inline std::string left(std::string cell, std::size_t const columns) {
    return cell.append(columns > width(cell) ? columns - width(cell) : 0, ' ');
}

inline std::string right(std::string const& cell, std::size_t const columns) {
    return std::string(columns > width(cell) ? columns - width(cell) : 0, ' ') + cell;
}

/// A number with a fixed count of decimals; never "-0.00".
inline std::string fixed(double const value, int const digits) {
    if (std::isinf(value)) {
        return value < 0 ? "-∞" : "∞";
    }
    char buffer[400];
    auto const end =
        std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::fixed, digits).ptr;
    auto const digits_text = std::string_view(buffer, static_cast<std::size_t>(end - buffer));
    bool const shows_zero = digits_text.find_first_not_of("0.") == std::string_view::npos;
    return text(value < 0 && !shows_zero ? "-" : "", digits_text);
}

inline std::string fixed(accrue::interval const& range, int const digits) {
    return text("(", fixed(range.lower, digits), ", ", fixed(range.upper, digits), ")");
}

/// A p-value with four decimals, or as an upper bound.
inline std::string p_text(double const p) {
    return p < 0.0001 ? "<0.0001" : fixed(p, 4);
}

/// A number or interval with the mark of its provenance.
template <class T>
[[nodiscard]] std::string show(sourced<T> const& number, int const digits) {
    return fixed(number.value, digits) + number.from.mark();
}

/// Breaks text into lines at its spaces.
inline void paragraph(std::ostream& out, std::string_view words, std::size_t const indent = 0) {
    auto line = std::string(indent, ' ');
    auto const start = [&] { return width(line) == indent; };
    while (!words.empty()) {
        auto const end = words.find(' ');
        auto const word = words.substr(0, end);
        if (!start() && width(line) + 1 + width(word) > line_width) {
            out << line << '\n';
            line.assign(indent, ' ');
        }
        if (!start()) {
            line += ' ';
        }
        line += word;
        words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
    }
    out << line << '\n';
}

inline void heading(std::ostream& out, std::string_view const words) {
    out << '\n' << words << '\n' << std::string(line_width, '-') << '\n';
}

/// One line of a table: the columns start where the previous ones end.
struct column {
    std::size_t columns;
    bool to_the_right = false;
};

inline void row(std::ostream& out, std::vector<column> const& columns,
                std::vector<std::string> const& cells) {
    auto line = std::string{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += columns[i].to_the_right ? right(cells[i], columns[i].columns)
                                        : left(cells[i], columns[i].columns);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
}

/// A confidence interval drawn with characters: '-' from end to end, 'o' at the effect, '|' at no effect.
inline std::string whisker(double const effect, accrue::interval const& range, accrue::interval const& axis,
                           std::size_t const columns) {
    auto const at = [&](double const x) {
        double const share = std::clamp((x - axis.lower) / axis.width(), 0.0, 1.0);
        return static_cast<std::size_t>(std::lround(share * static_cast<double>(columns - 1)));
    };
    auto line = std::string(columns, ' ');
    line[at(0)] = '|';
    for (auto i = at(range.lower); i <= at(range.upper); ++i) {
        line[i] = i == at(0) ? '+' : '-';
    }
    line[at(effect)] = 'o';
    return line;
}

} // namespace ldn
