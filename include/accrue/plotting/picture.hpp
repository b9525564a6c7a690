#pragma once

#include <accrue/platform.hpp>

#include <string>

namespace accrue {

/// The canvas of a plot, in pixels, as it would be shown on a slide.
///
/// Lengths are those of the SVG picture; the PNG is drawn at one and a half times the size so that it stays
/// sharp on a projector.
struct picture {
    int width = 1280;           ///< pixels, at least 640
    int height = 720;           ///< pixels, at least 360; a forest plot with many rows grows beyond it
    std::string font = "Arial"; ///< name of the font; SVG pictures hold real text in it
    double font_size = 20;      ///< pixels, positive
};

} // namespace accrue
