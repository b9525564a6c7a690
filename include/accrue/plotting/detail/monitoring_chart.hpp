#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// What plots that follow a series have in common: a curve with a result at each look, one of which may have
/// decided; and, where there is a plan, boundaries and a futility region along the information.

namespace accrue::detail {

/// A result of a curve, and the words beside it.
struct curve_mark {
    chart_place place; ///< its y is NaN where there is no result
    std::string words;
};

/// A thick curve through results from `start`, if there is one; each has a disc, and its words where there is
/// room. The one that decided has a ring, and its words wherever they find room.
inline void add_curve(chart& to, std::optional<chart_place> const& start,
                      std::vector<curve_mark> const& marks, std::optional<std::size_t> const& decided_at) {
    auto curve = chart_line{.places = {}, .colour = &theme::data, .width = 3.5};
    if (start) {
        curve.places.push_back(*start);
    }
    auto labels = std::vector<chart_label>{};
    for (std::size_t i = 0; i < marks.size(); ++i) {
        auto const& [place, words] = marks[i];
        curve.places.push_back(place);
        if (!is_finite(place.y)) {
            continue;
        }
        bool const decides = decided_at == i;
        to.points.push_back({.place = place, .name = words, .area = 0.25, .labelled = false});
        labels.push_back({.place = place,
                          .words = words,
                          .colour = decides ? &theme::data : &theme::ink,
                          .bold = decides,
                          .needed = decides});
        if (decides) {
            to.points.push_back({.place = place, .area = 1.4, .hollow = true, .labelled = false});
        }
    }
    to.lines.push_back(std::move(curve));
    to.labels.insert(to.labels.end(), labels.rbegin(), labels.rend()); // the latest choose first
}

/// A look at a series, in the units of the vertical axis.
struct monitored_look {
    std::string name;
    double information;
    double value;        ///< NaN where there is no result, and at looks to come
    interval boundaries; ///< an end that is not finite is no boundary
    std::optional<interval> futility;
};

/// A horizontal line and its words.
struct monitored_level {
    double value;
    std::string words;
    std::string_view dash;
};

/// A series of looks and its plan.
struct monitored_series {
    double required_information;
    std::string required_words;
    double no_effect;
    std::optional<chart_place> start{};
    std::string boundary_name = "monitoring boundary";
    std::string futility_name = "futility";
    std::optional<std::size_t> decided_at{};
    std::string decision{};
    std::vector<monitored_level> levels{};
    std::vector<monitored_look> looks{};
    std::vector<monitored_look> planned{};
};

/// \throws invalid_input when there is no look, or information is not positive or does not grow
inline void check(monitored_series const& series) {
    require_not_empty("looks of a monitoring plot", series.looks.size());
    require_positive("required_information", series.required_information);
    require_that(!series.decided_at || *series.decided_at < series.looks.size(),
                 "decided_at must be the index of a look");
    double accrued = 0;
    auto const check_look = [&](monitored_look const& look) {
        require(look.information > accrued && is_finite(look.information), "information",
                "positive, finite and growing from look to look", look.information);
        if (look.futility) {
            require(look.futility->lower <= look.futility->upper, "lower end of the futility region",
                    "at most the upper end", look.futility->lower);
        }
        accrued = look.information;
    };
    for_each_study(series.looks.size(), [&](std::size_t const i) { check_look(series.looks[i]); });
    std::for_each(series.planned.begin(), series.planned.end(), check_look);
}

/// The share of the axis below a value, from 0 at its lower end to 1 at its upper end, for values beyond too;
/// and the value there.
inline double share_below(chart_axis const& axis, double const value) {
    auto const [lower, upper] = *axis.range;
    double const share = axis.logarithmic ? std::log(value / lower) / std::log(upper / lower)
                                          : (value - lower) / (upper - lower);
    return share > 0 ? (share < 1 ? share : 1) : 0;
}
inline double value_at_share(chart_axis const& axis, double const share) {
    auto const [lower, upper] = *axis.range;
    return axis.logarithmic ? lower * std::pow(upper / lower, share) : lower + share * (upper - lower);
}

/// Draws the series into a chart whose vertical axis has a range, and gives it its horizontal one.
inline void add_series(chart& to, monitored_series const& series) {
    auto const& last = series.looks.back();
    auto const& furthest = series.planned.empty() ? last : series.planned.back();
    double const end =
        1.04 * (furthest.information > series.required_information ? furthest.information
                                                                   : series.required_information);
    to.x.range = interval{0, end};
    auto const range = *to.y.range;
    auto const straight = [&](chart_place const& from, chart_place const& until, colour_role const colour,
                              double const width, std::string_view const dash) {
        to.lines.push_back({.places = {from, until}, .colour = colour, .width = width, .dash = dash});
    };
    auto const say = [&](chart_place const& place, std::string const& words, colour_role const colour,
                         bool const needed) {
        to.labels.push_back({.place = place, .words = words, .colour = colour, .needed = needed});
    };
    straight({0, series.no_effect}, {end, series.no_effect}, &theme::hairline, 1, {});
    for (auto const& level : series.levels) {
        straight({0, level.value}, {end, level.value}, &theme::muted, 1.2, level.dash);
        say({0.01 * end, level.value}, level.words, &theme::muted, false);
    }
    straight({series.required_information, range.lower}, {series.required_information, range.upper},
             &theme::ink, 2, {});
    say({series.required_information, value_at_share(to.y, 0.985)}, series.required_words, &theme::ink, true);

    // Each limit as a line through the looks and then, dashed, through what is planned.
    auto const limit = [&](auto const& of, colour_role const colour, std::string_view const dash,
                           std::string_view const ahead) {
        auto seen = chart_line{.places = {}, .colour = colour, .width = 2.2, .dash = dash};
        for (auto const& look : series.looks) {
            seen.places.push_back({look.information, of(look)});
        }
        auto planned = seen;
        planned.places = {seen.places.back()};
        planned.dash = ahead;
        for (auto const& look : series.planned) {
            planned.places.push_back({look.information, of(look)});
        }
        to.lines.push_back(std::move(seen));
        to.lines.push_back(std::move(planned));
    };
    for (double interval::*const side : {&interval::upper, &interval::lower}) {
        limit([&](auto const& look) { return look.boundaries.*side; }, &theme::boundary, {}, "7 5");
        limit(
            [&](auto const& look) { return look.futility ? (*look.futility).*side : not_a_number<double>(); },
            &theme::futility, "9 3 2 3", "3 3");
    }

    // Boundaries are named at the last look that has one; their values are written on one side of no effect,
    // at them or at the edge that they lie beyond.
    auto const* bounded = &last;
    for (auto const& look : series.looks) {
        if (is_finite(look.boundaries.upper) || is_finite(look.boundaries.lower)) {
            bounded = &look;
        }
    }
    auto const side = is_finite(bounded->boundaries.upper) ? &interval::upper : &interval::lower;
    auto const at_boundary = [&](monitored_look const& look) {
        double const share = share_below(to.y, look.boundaries.*side);
        return chart_place{look.information, share <= 0   ? value_at_share(to.y, 0.0075)
                                             : share >= 1 ? value_at_share(to.y, 0.9925)
                                                          : look.boundaries.*side};
    };
    auto const number = [&](double const value) {
        return readable_among(value, to.y.logarithmic ? value : range.width() / 2, 2);
    };
    auto const boundary_words = [&](double const value) {
        // Two digits of what lies beyond the axis.
        double const size = std::fabs(value);
        int const digits = size >= 1 ? 1 : 1 - static_cast<int>(std::floor(std::log10(size)));
        return range.contains(value)
                   ? number(value)
                   : (value > range.upper ? "↑ " : "↓ ") +
                         (size > 1e-6 && size < 1e7 ? readable(value, digits) : to_figures(value, size, 2));
    };
    if (is_finite(bounded->boundaries.*side)) {
        auto const& named = series.planned.empty() ? *bounded : series.planned[series.planned.size() / 2];
        if (is_finite(named.boundaries.*side)) {
            say(at_boundary(named), series.boundary_name, &theme::boundary, true);
        }
        if (!series.planned.empty() && is_finite(furthest.boundaries.*side)) {
            say(at_boundary(furthest), boundary_words(furthest.boundaries.*side), &theme::boundary, false);
        }
    }

    // Futility is shaded between looks that both have it, and named in the middle.
    auto above = std::vector<chart_place>{};
    auto below = std::vector<chart_place>{};
    auto middles = std::vector<chart_place>{};
    auto const shade = [&] {
        above.insert(above.end(), below.rbegin(), below.rend());
        if (above.size() > 2) {
            to.regions.push_back({.corners = above, .colour = &theme::futility, .opacity = 0.14});
        }
        above.clear();
        below.clear();
    };
    for (auto const* const looks : {&series.looks, &series.planned}) {
        for (auto const& look : *looks) {
            auto const& futility = look.futility;
            if (!futility) {
                shade();
                continue;
            }
            above.push_back({look.information, futility->upper});
            below.push_back({look.information, futility->lower});
            double const middle =
                (share_below(to.y, futility->upper) + share_below(to.y, futility->lower)) / 2;
            middles.push_back({look.information, value_at_share(to.y, middle + 0.025)});
        }
    }
    shade();
    if (!middles.empty()) {
        say(middles[middles.size() - (middles.size() > 2 ? 2 : 1)], series.futility_name, &theme::futility,
            true);
    }

    auto marks = std::vector<curve_mark>{};
    for (std::size_t i = 0; i < series.looks.size(); ++i) {
        auto const& look = series.looks[i];
        for (double const boundary : {look.boundaries.lower, look.boundaries.upper}) {
            if (range.contains(boundary)) {
                to.points.push_back({.place = {look.information, boundary},
                                     .name = "boundary " + number(boundary),
                                     .area = 0.08,
                                     .labelled = false,
                                     .colour = &theme::boundary});
            }
        }
        marks.push_back(
            {{look.information, look.value},
             (look.name.empty() ? "" : look.name + ": ") + number(look.value) +
                 (series.decided_at == i && !series.decision.empty() ? ", " + series.decision : "")});
    }
    add_curve(to, series.start, marks, series.decided_at);
    for (auto look = series.looks.rbegin(); look != series.looks.rend(); ++look) {
        if (is_finite(look->boundaries.*side)) {
            say(at_boundary(*look), boundary_words(look->boundaries.*side), &theme::boundary, false);
        }
    }
}

/// The words at the line of the required information. What is counted is whole, and a part of one is one
/// more, unless it is rounding; other amounts have four digits.
inline std::string required_words(std::string const& name, double const information, bool const counts,
                                  std::string const& unit) {
    double const amount = counts ? std::ceil(information * (1 - 1e-14)) : information;
    return name + ": " +
           (amount >= 1000 && amount < 1e15 ? readable(amount, 0) : to_figures(amount, amount, 4)) +
           (unit.empty() ? "" : " " + unit);
}

} // namespace accrue::detail
