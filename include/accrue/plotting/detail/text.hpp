#pragma once

#include <accrue/error.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
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

/// The width of a character in thousandths of the font's size: those of Helvetica for ASCII (Adobe's font
/// metrics), a full square for East Asian characters and symbols, none for marks that combine with the letter
/// before, and for all others that of a wide letter.
inline int character_width(char32_t const c) {
    static constexpr auto ascii = std::array<short, 95>{
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
        556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
        611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
        667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
        222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
    if (c >= 0x20 && c < 0x7f) {
        return ascii[c - 0x20];
    }
    auto const from_to = [&](char32_t const first, char32_t const last) { return c >= first && c <= last; };
    if (from_to(0x300, 0x36f) || from_to(0x200b, 0x200f) || from_to(0xfe00, 0xfe0f)) {
        return 0;
    }
    if (from_to(0x1100, 0x115f) || from_to(0x2e80, 0xa4cf) || from_to(0xac00, 0xd7a3) ||
        from_to(0xf900, 0xfaff) || from_to(0xfe30, 0xfe4f) || from_to(0xff00, 0xff60) ||
        from_to(0x1f000, 0x3ffff)) {
        return 1000;
    }
    return c == 0x2212 ? 584 : 700;
}

/// The width of a text in pixels. It is that of Helvetica, Arial or Liberation Sans and an eighth more, which
/// leaves room for DejaVu Sans and other wide fonts that a system may have in their place.
inline double text_width(std::string_view const text, double const font_size) {
    int thousandths = 0;
    for (std::size_t at = 0; at < text.size();) {
        thousandths += character_width(next_character(text, at));
    }
    return 1.125e-3 * thousandths * font_size;
}

/// The text, or as much of its beginning and of its end as fits into `width` pixels with an ellipsis between:
/// the end of a study's name, its year, tells studies of one author apart.
inline std::string fitted(std::string_view const text, double const width, double const font_size) {
    if (text_width(text, font_size) <= width) {
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
        if (text_width(shortened, font_size) <= width) {
            return shortened;
        }
    }
    return "…";
}

} // namespace accrue::detail
