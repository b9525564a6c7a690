#pragma once

#include <accrue/plotting/detail/segment.hpp>
#include <accrue/plotting/drawing.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace accrue::detail {

/// Finds places for words beside their points: never on other words, and clear of lines and discs where it
/// can be.
class label_places {
  public:
    explicit label_places(drawing_box const& frame) : frame_(frame) {}

    /// Words or discs that no words may touch.
    void occupy(drawing_box const& box) { taken_.push_back(box); }

    /// A line that words avoid as long as there is another place.
    void avoid(std::vector<drawing_point> const& line) {
        for (std::size_t i = 1; i < line.size(); ++i) {
            segments_.push_back({line[i - 1], line[i]});
        }
    }

    /// The place and the anchor of words near a point, which are then taken; nothing where there is no room.
    struct found_place {
        drawing_point place;
        std::string_view anchor;
    };
    std::optional<found_place> find(std::string_view const words, drawing_point const& point,
                                    text_style style, double const distance) {
        double const up = distance + 0.22 * style.size;
        double const down = distance + 0.74 * style.size;
        double const level = 0.26 * style.size;
        struct offset {
            double x;
            double y;
            std::string_view anchor;
        };
        for (bool const clear : {true, false}) {
            for (double const farther : {1.0, 2.2, 3.6}) {
                double const side = 0.75 * distance * farther;
                auto const offsets = std::array<offset, 8>{offset{distance * farther, level, "start"},
                                                           {side, -up * farther, "start"},
                                                           {0, -up * farther, "middle"},
                                                           {side, down * farther, "start"},
                                                           {0, down * farther, "middle"},
                                                           {-distance * farther, level, "end"},
                                                           {-side, -up * farther, "end"},
                                                           {-side, down * farther, "end"}};
                for (auto const& [x, y, anchor] : offsets) {
                    auto const place = drawing_point{point.x + x, point.y + y};
                    style.anchor = anchor;
                    auto const box = drawing::box_of(words, place, style);
                    if (is_free(box, clear)) {
                        occupy(box);
                        return found_place{place, anchor};
                    }
                }
            }
        }
        return std::nullopt;
    }

  private:
    [[nodiscard]] bool is_free(drawing_box const& box, bool const clear_of_lines) const {
        bool const inside = box.left >= frame_.left && box.right <= frame_.right && box.top >= frame_.top &&
                            box.bottom <= frame_.bottom;
        return inside &&
               std::none_of(taken_.begin(), taken_.end(),
                            [&](auto const& other) { return box.overlaps(other); }) &&
               (!clear_of_lines || std::none_of(segments_.begin(), segments_.end(), [&](auto const& line) {
                   return part_inside(line, box).has_value();
               }));
    }

    drawing_box frame_;
    std::vector<drawing_box> taken_;
    std::vector<segment> segments_;
};

} // namespace accrue::detail
