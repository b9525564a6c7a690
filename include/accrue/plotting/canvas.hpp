#pragma once

#include <accrue/error.hpp>

#include <string>
#include <string_view>

namespace accrue {

/// The colours of a picture by the part that they play, as SVG writes them: `#rrggbb` or a name.
///
/// Those of the library (after Okabe & Ito 2008, "Color Universal Design") can be told apart by colour-blind
/// readers and differ in grey: what the data say is darkest (lightest on dark paper), what they are held
/// against is of medium lightness, what only guides the eye is faint. Lines of different kinds also differ in
/// their dashes.
struct theme {
    std::string_view paper = "#ffffff";    ///< the background; "none" leaves it transparent
    std::string_view ink = "#222222";      ///< words and axes
    std::string_view muted = "#5f5f5f";    ///< what is secondary: heads of columns, lines of a single test
    std::string_view hairline = "#c4c4c4"; ///< lines that only guide the eye
    std::string_view data = "#0b4f8a";     ///< pooled results and the curve of the evidence
    std::string_view boundary = "#c44e00"; ///< boundaries that the evidence is held against
    std::string_view futility = "#007f5f"; ///< where going on is futile
};

inline constexpr theme light_theme{};
inline constexpr theme dark_theme{.paper = "#14181d",
                                  .ink = "#ececec",
                                  .muted = "#a9a9a9",
                                  .hairline = "#4a4f55",
                                  .data = "#7cc4ff",
                                  .boundary = "#ff9d4d",
                                  .futility = "#4fd6a8"};
/// Black and greys alone, for journals that print without colour.
inline constexpr theme print_theme{.ink = "#000000",
                                   .muted = "#555555",
                                   .hairline = "#bbbbbb",
                                   .data = "#000000",
                                   .boundary = "#444444",
                                   .futility = "#777777"};

/// What a picture is drawn on. Lengths are in pixels of the SVG, which can be shown at any size.
struct canvas {
    double width = 960;    ///< from 320 to 10,000
    double height = 540;   ///< from 200 to 10,000; a forest plot grows with its rows
    double font_size = 15; ///< from 6 to 60
    /// Fonts in the order of preference, as CSS writes them. The layout is that of Helvetica, whose widths
    /// Arial and Liberation Sans share. Browsers set texts of any other font as wide as these (`textLength`);
    /// for viewers that cannot, such as librsvg, there is room for fonts as wide as DejaVu Sans.
    std::string font = "Arial, Helvetica, 'Liberation Sans', sans-serif";
    theme colours = light_theme;
};

namespace detail {

inline void check(canvas const& paper) {
    auto const within = [](char const* const name, double const value, double const least, double const most,
                           char const* const requirement) {
        require(value >= least && value <= most, name, requirement, value);
    };
    within("width of the picture", paper.width, 320, 10000, "from 320 to 10000");
    within("height of the picture", paper.height, 200, 10000, "from 200 to 10000");
    within("font size", paper.font_size, 6, 60, "from 6 to 60");
}

} // namespace detail
} // namespace accrue
