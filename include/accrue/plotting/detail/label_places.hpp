#pragma once

#include <accrue/plotting/detail/segment.hpp>
#include <accrue/plotting/drawing.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace accrue::detail {

/// Finds places for words beside their points: never on other words or discs, and never where a line crosses
/// them.
class label_places {
  public:
    explicit label_places(drawing_box const& frame) : frame_(frame) {}

    /// A disc that no words may touch.
    void occupy(drawing_box const& disc) { discs_.push_back(disc); }

    /// A line that may not cross words.
    void avoid(std::vector<drawing_point> const& line, double const width) {
        for (std::size_t i = 1; i < line.size(); ++i) {
            lines_.push_back({{line[i - 1], line[i]}, width / 2 + 0.5});
        }
    }

    /// A place of words, and the line that leads from them to their point where they are not beside it.
    struct found_place {
        drawing_point place;
        std::string_view anchor;
        std::optional<segment> leader{};
    };

    /// A place beside a point, which is then taken, with a line that leads there where words are away from
    /// it; nothing where there is no room.
    std::optional<found_place> beside(std::string_view const words, drawing_point const& point,
                                      text_style style, double const distance) {
        double const up = distance + 0.22 * style.size;
        double const down = distance + 0.74 * style.size;
        double const level = 0.26 * style.size;
        for (double const farther : {1.0, 2.2, 3.6}) {
            double const side = 0.75 * distance * farther;
            auto const offsets = std::array<found_place, 8>{{{{distance * farther, level}, "start"},
                                                             {{side, -up * farther}, "start"},
                                                             {{0, -up * farther}, "middle"},
                                                             {{side, down * farther}, "start"},
                                                             {{0, down * farther}, "middle"},
                                                             {{-distance * farther, level}, "end"},
                                                             {{-side, -up * farther}, "end"},
                                                             {{-side, down * farther}, "end"}}};
            for (auto const& [offset, anchor, none] : offsets) {
                auto const place = drawing_point{point.x + offset.x, point.y + offset.y};
                style.anchor = anchor;
                auto const box = drawing::box_of(words, place, style);
                auto const leader =
                    farther > 1 ? leader_to(box, point, distance, style.size / 2) : std::nullopt;
                if (!(leader && is_blocked(*leader, point)) && take(box)) {
                    if (leader) {
                        lines_.push_back({*leader, 1});
                    }
                    return found_place{place, anchor, leader};
                }
            }
        }
        return std::nullopt;
    }

    /// The nearest place in the frame on rings about a point, with a line that leads there and crosses no
    /// words.
    std::optional<found_place> away_from(std::string_view const words, drawing_point const& point,
                                         text_style style) {
        static constexpr int directions = 24;
        static constexpr double turn = 6.283185307179586;
        style.anchor = "middle";
        double const furthest = frame_.right - frame_.left + frame_.bottom - frame_.top;
        for (double radius = 2 * style.size; radius < furthest; radius += style.size / 2) {
            for (int i = 0; i < directions; ++i) {
                double const angle = turn * i / directions;
                auto const place =
                    drawing_point{point.x + radius * std::cos(angle), point.y + radius * std::sin(angle)};
                auto const box = drawing::box_of(words, place, style);
                auto const leader = segment{point, nearest_of(box, point)};
                bool const crosses = std::any_of(texts_.begin(), texts_.end(), [&](auto const& text) {
                    return part_inside(leader, text).has_value();
                });
                if (!crosses && take(box)) {
                    lines_.push_back({leader, 1});
                    return found_place{place, "middle", leader};
                }
            }
        }
        return std::nullopt;
    }

  private:
    struct thick_line {
        segment line;
        double reach; ///< on either side
    };

    [[nodiscard]] static drawing_point nearest_of(drawing_box const& box, drawing_point const& point) {
        return {std::clamp(point.x, box.left, box.right), std::clamp(point.y, box.top, box.bottom)};
    }

    /// The line to words from a distance around their point, if it is longer than `least`.
    [[nodiscard]] static std::optional<segment> leader_to(drawing_box const& box, drawing_point const& point,
                                                          double const distance, double const least) {
        auto const end = nearest_of(box, point);
        double const length = std::hypot(end.x - point.x, end.y - point.y);
        if (!(length > distance + least)) {
            return std::nullopt;
        }
        double const share = distance / length;
        return segment{{point.x + share * (end.x - point.x), point.y + share * (end.y - point.y)}, end};
    }

    /// Whether a line that leads from a point meets words, or the disc of another point.
    [[nodiscard]] bool is_blocked(segment const& leader, drawing_point const& point) const {
        auto const meets = [&](drawing_box const& box) { return part_inside(leader, box).has_value(); };
        return std::any_of(texts_.begin(), texts_.end(), meets) ||
               std::any_of(discs_.begin(), discs_.end(),
                           [&](drawing_box const& disc) { return !disc.contains(point) && meets(disc); });
    }

    /// Takes a place for words if it is free.
    bool take(drawing_box const& box) {
        auto const overlaps = [&](drawing_box const& other) { return box.overlaps(other); };
        auto const crosses = [&](thick_line const& thick) {
            double const reach = thick.reach;
            return part_inside(thick.line,
                               {box.left - reach, box.top - reach, box.right + reach, box.bottom + reach})
                .has_value();
        };
        bool const free = box.left >= frame_.left && box.right <= frame_.right && box.top >= frame_.top &&
                          box.bottom <= frame_.bottom &&
                          std::none_of(texts_.begin(), texts_.end(), overlaps) &&
                          std::none_of(discs_.begin(), discs_.end(), overlaps) &&
                          std::none_of(lines_.begin(), lines_.end(), crosses);
        if (free) {
            texts_.push_back(box);
        }
        return free;
    }

    drawing_box frame_;
    std::vector<drawing_box> texts_;
    std::vector<drawing_box> discs_;
    std::vector<thick_line> lines_;
};

} // namespace accrue::detail
