#pragma once

#include <accrue/error.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/detail/text.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace accrue {

/// A place on a drawing: pixels to the right of its left edge, and below its upper edge.
struct drawing_point {
    double x;
    double y;
};

/// A rectangle on a drawing, in pixels; `top` is the smaller number.
struct drawing_box {
    double left;
    double top;
    double right;
    double bottom;

    /// Whether a point is inside or on the edge.
    [[nodiscard]] bool contains(drawing_point const& point) const {
        return point.x >= left && point.x <= right && point.y >= top && point.y <= bottom;
    }
    /// Whether two rectangles have more than their edges in common.
    [[nodiscard]] bool overlaps(drawing_box const& other) const {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

/// How a line is drawn.
struct stroke {
    std::string_view colour;
    double width = 1;        ///< pixels
    std::string_view dash{}; ///< lengths of dashes and gaps, as SVG writes them; none for a solid line
};

/// Where a text stands beside its point.
struct text_style {
    std::string_view colour;
    double size;                       ///< of the font, in pixels
    std::string_view anchor = "start"; ///< the point is the text's "start", "middle" or "end"
    bool bold = false;
    bool upwards = false; ///< turned by a quarter, to be read from below to above
};

/// A drawing of lines, shapes and texts, in the order in which they are added, later ones above. All lengths
/// are pixels, counted from the upper left corner.
///
/// It is what every picture of this library is made of: `draw(plot, canvas)` makes one, its `svg()` writes
/// it. A picture that no plot here is can be drawn by hand:
///
///     auto picture = drawing(canvas{}, "Two groups", "The first is larger than the second.");
///     picture.polygon({{100, 200}, {140, 200}, {140, 500}, {100, 500}}, light_theme.data);
///     picture.text("first", {120, 520}, {.colour = light_theme.ink, .size = 15, .anchor = "middle"});
///     std::ofstream("groups.svg") << picture.svg();
///
/// Texts remain texts, so that readers can search and select them, and screen readers read them; `title` and
/// `description` are what these say first. How wide a text is, nobody knows before it is shown: it depends on
/// the fonts of the reader's system. The widths here are those of Helvetica, and of fonts made to fit in its
/// place (Adobe Font Metrics); the SVG asks viewers that have another font to set the text as wide as that.
/// What is added throws `invalid_input` unless all its numbers are finite; colours and dashes are written as
/// they are given.
class drawing {
  public:
    drawing(canvas const& paper, std::string_view const title, std::string_view const description)
        : width_(paper.width), height_(paper.height) {
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"", width_, "\" height=\"",
            height_, "\" viewBox=\"0 0 ", width_, " ", height_, "\" font-family=\"", detail::xml(paper.font),
            "\">\n<title>", detail::xml(title), "</title>\n<desc>", detail::xml(description),
            "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"", paper.colours.paper, "\"/>\n");
    }

    /// A line through the points, in their order, with round corners; nothing for fewer than two points.
    void line(std::vector<drawing_point> const& points, stroke const& style) {
        if (points.size() < 2) {
            return;
        }
        lines_.push_back({points, style.width});
        add("<polyline fill=\"none\" points=\"");
        add_points(points);
        add("\" stroke=\"", style.colour, "\" stroke-width=\"", style.width, "\" stroke-linejoin=\"round\"");
        if (!style.dash.empty()) {
            add(" stroke-dasharray=\"", style.dash, "\"");
        }
        add("/>\n");
    }

    /// A filled shape with these corners; `opacity` from 0 to 1. `tooltip` is shown to whoever points at it.
    void polygon(std::vector<drawing_point> const& corners, std::string_view const fill,
                 double const opacity = 1, std::string_view const tooltip = {}) {
        add("<polygon points=\"");
        add_points(corners);
        add("\" fill=\"", fill, "\"");
        if (opacity < 1) {
            add(" fill-opacity=\"", opacity, "\"");
        }
        finish_shape("polygon", tooltip);
    }

    /// A disc; `hollow` leaves a ring.
    void circle(drawing_point const& centre, double const radius, std::string_view const colour,
                bool const hollow = false, double const opacity = 1, std::string_view const tooltip = {}) {
        add("<circle cx=\"", centre.x, "\" cy=\"", centre.y, "\" r=\"", radius, "\" fill=\"",
            hollow ? std::string_view("none") : colour, "\" stroke=\"", colour, "\"");
        if (opacity < 1) {
            add(" fill-opacity=\"", opacity, "\"");
        }
        finish_shape("circle", tooltip);
    }

    /// A text whose baseline starts, is centred or ends at `place`; nothing for an empty one. Any characters
    /// are shown as they are; what UTF-8 or XML forbid becomes U+FFFD, and line breaks become blanks.
    void text(std::string_view const words, drawing_point const& place, text_style const& style) {
        if (words.empty()) {
            return;
        }
        add("<text x=\"", place.x, "\" y=\"", place.y, "\" font-size=\"", style.size, "\" fill=\"",
            style.colour, "\" text-anchor=\"", style.anchor, "\"");
        if (style.bold) {
            add(" font-weight=\"bold\"");
        }
        // Where the viewer has another font, it sets the words as wide as the layout expects.
        auto const width = detail::measured(words, style.size, style.bold);
        if (width.known) {
            add(" textLength=\"", width.natural, "\" lengthAdjust=\"spacingAndGlyphs\"");
        }
        if (style.upwards) {
            add(" transform=\"rotate(-90 ", place.x, " ", place.y, ")\"");
        }
        add(">", detail::xml(words), "</text>\n");
        texts_.push_back({std::string(words), box_of(words, place, style)});
    }

    /// The rectangle that a text would take: from a little above its capitals to its descenders, and as wide
    /// as it may become in a wide font. A place is free for words when this overlaps nothing.
    [[nodiscard]] static drawing_box box_of(std::string_view const words, drawing_point const& place,
                                            text_style const& style) {
        double const width = detail::text_width(words, style.size, style.bold);
        double const before = style.anchor == "start" ? 0 : style.anchor == "middle" ? width / 2 : width;
        double const above = 0.74 * style.size;
        double const below = 0.22 * style.size;
        if (style.upwards) {
            return {place.x - above, place.y - (width - before), place.x + below, place.y + before};
        }
        return {place.x - before, place.y - above, place.x - before + width, place.y + below};
    }

    /// A text of the drawing and where it stands. With `lines()` it lets a layout, or a test, find words that
    /// touch others, or that a line crosses.
    struct placed_text {
        std::string words;
        drawing_box box;
    };
    [[nodiscard]] std::vector<placed_text> const& texts() const { return texts_; }

    /// A line of the drawing, and how thick it is.
    struct placed_line {
        std::vector<drawing_point> points;
        double width;
    };
    [[nodiscard]] std::vector<placed_line> const& lines() const { return lines_; }
    [[nodiscard]] double width() const { return width_; }
    [[nodiscard]] double height() const { return height_; }

    /// The whole drawing as an SVG document, which browsers, word processors and `rsvg-convert` show.
    [[nodiscard]] std::string svg() const { return body_ + "</svg>\n"; }

  private:
    void add_part(std::string_view const part) { body_ += part; }
    /// Lengths to a hundredth of a pixel.
    void add_part(double const part) {
        detail::require_finite("place or size on a drawing", part);
        auto number = detail::fixed_text(part, 2);
        number.erase(number.find_last_not_of('0') + 1);
        if (number.ends_with('.')) {
            number.pop_back();
        }
        body_ += number == "-0" ? "0" : number;
    }
    template <class... Parts>
    void add(Parts const&... parts) {
        (add_part(parts), ...);
    }
    void add_points(std::vector<drawing_point> const& points) {
        for (auto const& [x, y] : points) {
            add(x, ",", y, " ");
        }
    }
    void finish_shape(std::string_view const element, std::string_view const tooltip) {
        if (tooltip.empty()) {
            add("/>\n");
        } else {
            add("><title>", detail::xml(tooltip), "</title></", element, ">\n");
        }
    }

    double width_;
    double height_;
    std::string body_;
    std::vector<placed_text> texts_;
    std::vector<placed_line> lines_;
};

} // namespace accrue
