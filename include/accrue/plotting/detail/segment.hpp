#pragma once

#include <accrue/plotting/drawing.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace accrue::detail {

struct segment {
    drawing_point from;
    drawing_point to;
};

/// The part of a straight line inside a rectangle; nothing where it does not meet it. Liang & Barsky 1984,
/// ACM Trans Graph 3:1-22, doi:10.1145/357332.357333.
inline std::optional<segment> part_inside(segment const& line, drawing_box const& box) {
    double const dx = line.to.x - line.from.x;
    double const dy = line.to.y - line.from.y;
    double enter = 0;
    double leave = 1;
    auto const within = [&](double const start, double const step, double const least, double const most) {
        if (step > 0 || step < 0) {
            double const first = ((step > 0 ? least : most) - start) / step;
            double const last = ((step > 0 ? most : least) - start) / step;
            enter = first > enter ? first : enter;
            leave = last < leave ? last : leave;
            return enter <= leave;
        }
        return start >= least && start <= most;
    };
    if (!within(line.from.x, dx, box.left, box.right) || !within(line.from.y, dy, box.top, box.bottom)) {
        return std::nullopt;
    }
    auto const at = [&](double const share) {
        return drawing_point{line.from.x + share * dx, line.from.y + share * dy};
    };
    return segment{enter > 0 ? at(enter) : line.from, leave < 1 ? at(leave) : line.to};
}

/// The part of a polygon inside a rectangle, cut at one edge after the other. Sutherland & Hodgman 1974,
/// Commun ACM 17:32-42, doi:10.1145/360767.360802.
inline std::vector<drawing_point> part_inside(std::vector<drawing_point> polygon, drawing_box const& box) {
    // How far a point lies inside of the edge; negative outside.
    auto const cut = [&](auto const& inside) {
        auto result = std::vector<drawing_point>{};
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            auto const& from = polygon[i];
            auto const& to = polygon[i + 1 < polygon.size() ? i + 1 : 0];
            double const start = inside(from);
            double const end = inside(to);
            if (start >= 0) {
                result.push_back(from);
            }
            if ((start < 0) != (end < 0)) {
                double const share = start / (start - end);
                result.push_back({from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)});
            }
        }
        polygon = std::move(result);
    };
    cut([&](drawing_point const& point) { return point.x - box.left; });
    cut([&](drawing_point const& point) { return box.right - point.x; });
    cut([&](drawing_point const& point) { return point.y - box.top; });
    cut([&](drawing_point const& point) { return box.bottom - point.y; });
    return polygon;
}

} // namespace accrue::detail
