#pragma once

#include <accrue/error.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// \file
/// Texts of pictures: numbers for readers, the width of words, and words that XML can hold.

namespace accrue::detail {

/// The fixed-point text of a number, whatever the locale's decimal point is.
inline std::string fixed_text(double const value, int const digits) {
    auto text = std::string(400, '\0');
    auto const size = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    text.resize(static_cast<std::size_t>(size));
    return with_point(std::move(text));
}

/// A number for readers: `digits` decimals, a real minus sign, never "−0.00".
inline std::string readable(double const value, int const digits) {
    if (std::isnan(value)) {
        return "–";
    }
    auto const magnitude = std::isinf(value) ? std::string("∞") : fixed_text(std::fabs(value), digits);
    bool const shows_zero = magnitude.find_first_not_of("0.") == std::string::npos;
    return (value < 0 && !shows_zero ? "−" : "") + magnitude;
}

/// The next character of UTF-8 text from `at`, which moves behind it; U+FFFD for bytes that are no UTF-8 and
/// for characters that XML forbids.
inline char32_t next_character(std::string_view const text, std::size_t& at) {
    static constexpr char32_t replacement = 0xfffd;
    auto const byte = [&](std::size_t const i) { return static_cast<unsigned char>(text[i]); };
    unsigned const first = byte(at++);
    std::size_t const more = first < 0x80   ? 0
                             : first < 0xc2 ? 4
                             : first < 0xe0 ? 1
                             : first < 0xf0 ? 2
                             : first < 0xf5 ? 3
                                            : 4;
    if (more == 4) {
        return replacement;
    }
    char32_t character = more == 0 ? first : first & (0x3fU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        if (at >= text.size() || (byte(at) & 0xc0U) != 0x80U) {
            return replacement;
        }
        character = (character << 6U) | (byte(at++) & 0x3fU);
    }
    static constexpr auto least = std::array<char32_t, 4>{0, 0x80, 0x800, 0x10000};
    bool const surrogate = character >= 0xd800 && character <= 0xdfff;
    bool const control = character < 0x20 && character != '\t' && character != '\n' && character != '\r';
    bool const valid = character >= least[more] && character <= 0x10ffff && !surrogate && !control &&
                       character != 0xfffe && character != 0xffff;
    return valid ? character : replacement;
}

inline void append_utf8(std::string& text, char32_t const character) {
    auto const put = [&](char32_t const byte) {
        text += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xc0U | (character >> 6U));
        put(0x80U | (character & 0x3fU));
    } else if (character < 0x10000) {
        put(0xe0U | (character >> 12U));
        put(0x80U | ((character >> 6U) & 0x3fU));
        put(0x80U | (character & 0x3fU));
    } else {
        put(0xf0U | (character >> 18U));
        put(0x80U | ((character >> 12U) & 0x3fU));
        put(0x80U | ((character >> 6U) & 0x3fU));
        put(0x80U | (character & 0x3fU));
    }
}

/// The text as XML content or as the value of an attribute.
inline std::string xml(std::string_view const text) {
    auto result = std::string{};
    for (std::size_t at = 0; at < text.size();) {
        switch (char32_t const character = next_character(text, at)) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\n':
        case '\r':
        case '\t':
            result += ' ';
            break;
        default:
            append_utf8(result, character);
        }
    }
    return result;
}

/// Widths of characters in thousandths of the font's size, as Helvetica, Arial and Liberation Sans have them:
/// ASCII from the blank, the same in bold; Latin letters from U+00A0 to U+017F; Greek from U+0391 to U+03C9;
/// Cyrillic from U+0410 to U+044F.
inline constexpr auto ascii_widths = std::array<short, 95>{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
inline constexpr auto bold_ascii_widths = std::array<short, 95>{
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584};
inline constexpr auto latin_widths = std::array<short, 224>{
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370,  556, 584, 333, 737, 552, 400, 549,  333, 333, 333,
    576, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,  667, 667, 667, 667, 667, 667, 1000, 722, 667, 667,
    667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778,  778, 778, 584, 778, 722, 722, 722,  722, 667, 667,
    611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556,  556, 556, 278, 278, 278, 278, 556,  556, 556, 556,
    556, 556, 556, 549, 611, 556, 556, 556, 556, 500, 556,  500, 667, 556, 667, 556, 667, 556,  722, 500, 722,
    500, 722, 500, 722, 500, 722, 615, 722, 556, 667, 556,  667, 556, 667, 556, 667, 556, 667,  556, 778, 556,
    778, 556, 778, 556, 778, 556, 722, 556, 722, 556, 278,  278, 278, 278, 278, 278, 278, 222,  278, 278, 735,
    444, 500, 222, 667, 500, 500, 556, 222, 556, 222, 556,  292, 556, 334, 556, 222, 722, 556,  722, 556, 722,
    556, 604, 723, 556, 778, 556, 778, 556, 778, 556, 1000, 944, 722, 333, 722, 333, 722, 333,  667, 500, 667,
    500, 667, 500, 667, 500, 611, 278, 611, 375, 611, 278,  722, 556, 722, 556, 722, 556, 722,  556, 722, 556,
    722, 556, 944, 722, 667, 500, 667, 611, 500, 611, 500,  611, 500, 222};
inline constexpr auto greek_widths = std::array<short, 57>{
    667, 667, 551, 668, 667, 611, 722, 778, 278, 667, 668, 833, 722, 650, 778, 722, 667, 700, 618,
    611, 667, 798, 667, 835, 748, 278, 667, 578, 446, 556, 222, 547, 578, 575, 500, 557, 446, 441,
    556, 556, 222, 500, 500, 576, 500, 448, 556, 690, 569, 482, 617, 395, 547, 648, 525, 713, 781};
inline constexpr auto cyrillic_widths =
    std::array<short, 64>{667, 656, 667, 542, 677, 667, 923, 604, 719, 719, 583, 656, 833, 722, 778,  719,
                          667, 722, 611, 635, 760, 667, 740, 667, 917, 938, 792, 885, 656, 719, 1010, 722,
                          556, 573, 531, 365, 583, 556, 669, 458, 559, 559, 438, 583, 688, 552, 556,  542,
                          556, 500, 458, 500, 823, 500, 573, 521, 802, 823, 625, 719, 521, 510, 750,  542};

/// How wide a character is, in thousandths of the font's size, where fonts of this kind agree on it; nothing
/// for scripts in which they do not.
inline std::optional<int> character_width(char32_t const c, bool const bold) {
    auto const from_to = [&](char32_t const first, char32_t const last) { return c >= first && c <= last; };
    auto const thicker = [&](int const width) { return bold ? width * 107 / 100 : width; };
    if (from_to(0x20, 0x7e)) {
        return bold ? bold_ascii_widths[c - 0x20] : ascii_widths[c - 0x20];
    }
    if (from_to(0xa0, 0x17f)) {
        return thicker(latin_widths[c - 0xa0]);
    }
    if (from_to(0x391, 0x3c9)) {
        return thicker(greek_widths[c - 0x391]);
    }
    if (from_to(0x410, 0x44f)) {
        return thicker(cyrillic_widths[c - 0x410]);
    }
    if (from_to(0x300, 0x36f) || from_to(0x200b, 0x200f) || from_to(0xfe00, 0xfe0f)) {
        return 0; // marks that combine with the letter before
    }
    if (from_to(0x1100, 0x115f) || from_to(0x2e80, 0xa4cf) || from_to(0xac00, 0xd7a3) ||
        from_to(0xf900, 0xfaff) || from_to(0xfe30, 0xfe4f) || from_to(0xff00, 0xff60)) {
        return 1000; // East Asian characters fill a square
    }
    switch (c) {
    case 0x2013: // en dash
        return 556;
    case 0x2018: // single quotation marks
    case 0x2019:
        return thicker(222);
    case 0x201c: // double ones
    case 0x201d:
        return thicker(333);
    case 0x2014: // em dash, ellipsis, arrows to the left and right
    case 0x2026:
    case 0x2190:
    case 0x2192:
        return 1000;
    case 0x2191: // arrows up and down
    case 0x2193:
        return 500;
    case 0x2212: // minus
    case 0x2264: // at most, at least
    case 0x2265:
        return 584;
    case 0x221e: // infinity
        return 713;
    default:
        return std::nullopt;
    }
}

/// The width of a text: what it is in Helvetica, and how much it may take.
struct measured_text {
    double natural; ///< in pixels
    double most;    ///< more by a sixth, or in bold by a quarter: in DejaVu Sans and other wide fonts
    bool known;     ///< whether `natural` is that of all characters
};
inline measured_text measured(std::string_view const text, double const font_size, bool const bold) {
    int thousandths = 0;
    bool known = true;
    for (std::size_t at = 0; at < text.size();) {
        char32_t const character = next_character(text, at);
        auto const width = character_width(character, bold);
        thousandths += width.value_or(character >= 0x1f000 ? 1000 : 700); // symbols, and a wide letter
        known = known && width;
    }
    double const natural = 1e-3 * thousandths * font_size;
    return {natural, (bold ? 1.24 : 1.17) * natural, known};
}
inline double text_width(std::string_view const text, double const font_size, bool const bold = false) {
    return measured(text, font_size, bold).most;
}

/// The text, or as much of its beginning and of its end as fits into `width` pixels with an ellipsis between:
/// the end of a study's name, its year, tells studies of one author apart.
inline std::string fitted(std::string_view const text, double const width, double const font_size,
                          bool const bold = false) {
    if (text_width(text, font_size, bold) <= width) {
        return std::string(text);
    }
    auto starts = std::string{}; // 1 where a character starts
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const start = at;
        next_character(text, at);
        starts.append(at - start, '\0');
        starts[start] = 1;
    }
    auto const boundary = [&](std::size_t at, int const step) {
        while (at > 0 && at < text.size() && starts[at] == 0) {
            at += static_cast<std::size_t>(step);
        }
        return at;
    };
    std::size_t const tail =
        boundary(text.size() - std::size_t{6 < text.size() / 2 ? 6 : text.size() / 2}, 1);
    for (std::size_t head = text.size(); head > 0; head = boundary(head - 1, -1)) {
        auto const shortened =
            std::string(text.substr(0, head)) + "…" + (head < tail ? std::string(text.substr(tail)) : "");
        if (text_width(shortened, font_size, bold) <= width) {
            return shortened;
        }
    }
    return "…";
}

} // namespace accrue::detail
