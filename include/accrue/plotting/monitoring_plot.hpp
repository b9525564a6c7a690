#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accrue {

/// One look of a monitoring plot: the cumulative evidence when one more study was in.
///
/// Z counts in standard errors. A look stops the series when Z is at or beyond `lower` or `upper`, and may
/// stop it for futility when Z lies in `futility`: {-w, w} for the inner wedge of a two-sided plan, and one
/// infinite end for a one-sided plan, as in {-infinity, f}.
struct monitoring_plot_look {
    std::string name{};                                      ///< the study that was added
    double information = 0;                                  ///< accrued so far, in the units of the axis
    double z = 0;                                            ///< cumulative Z
    double lower = -std::numeric_limits<double>::infinity(); ///< boundary below zero; infinite for none
    double upper = std::numeric_limits<double>::infinity();  ///< boundary above zero; infinite for none
    std::optional<interval> futility{};                      ///< where Z means futility, if anywhere
};

/// The boundaries of the next look, were it taken at this information; members as in `monitoring_plot_look`.
struct monitoring_plot_boundary {
    double information = 0;
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    std::optional<interval> futility{};
};

/// The plot of a trial sequential analysis (Wetterslev et al. 2008, J Clin Epidemiol 61:64-75,
/// doi:10.1016/j.jclinepi.2007.03.013).
///
/// How to read it: the thick curve is the cumulative Z, from left to right as trials come in. Beyond a
/// monitoring boundary the evidence is firm even though it was tested again and again; between the boundary
/// and the conventional line a single test would be significant, but not a series of looks. Inside the shaded
/// futility region an effect of the anticipated size is unlikely to be shown. Anywhere else more trials are
/// needed, up to the vertical line of the required information.
///
/// The look that decided bears a ring and its name, whatever room there is. The dashed boundary goes on as
/// the curve that it is: at each amount of information, the boundary of the next look if it is taken there.
///
/// `plot_of(names, analysis)` fills in the numbers; `svg(plot)` draws it.
struct monitoring_plot {
    std::string title{};
    std::string information_name = "Participants"; ///< of the horizontal axis
    std::string information_unit = "participants"; ///< follows the number of the required information
    std::string favours_negative{};                ///< what a negative Z means: "favours treatment"
    std::string favours_positive{};                ///< what a positive Z means
    double required_information = 0;               ///< positive
    std::string required_information_name = "required information size";
    std::string boundary_name = "monitoring boundary";
    std::string futility_name = "futility";  ///< stands at the futility region
    double conventional = 1.959963984540054; ///< |Z| of a single test; 0 draws no line
    std::string conventional_name = "single test";
    /// The axis ends here at the latest; boundaries beyond are cut, and their value is written at the edge.
    double largest_z = 8;
    std::vector<monitoring_plot_look> looks{};       ///< in the order of their information
    std::vector<monitoring_plot_boundary> planned{}; ///< drawn dashed, after the last look
    std::optional<std::size_t> decided_at{};         ///< index of the look that decided, if one did
    std::string decision{};                          ///< in words, beside it: "benefit"
    std::string note{};                              ///< a line at the foot, such as the settings
};

namespace detail {

inline void check(monitoring_plot const& plot) {
    require_not_empty("looks of a monitoring plot", plot.looks.size());
    require_positive("required_information", plot.required_information);
    require_not_negative("conventional", plot.conventional);
    require(plot.largest_z >= 3 && is_finite(plot.largest_z), "largest_z", "at least 3 and finite",
            plot.largest_z);
    if (plot.decided_at && *plot.decided_at >= plot.looks.size()) {
        throw invalid_input("decided_at must be the index of a look");
    }
    double accrued = 0;
    auto const check_boundary = [&](auto const& look) {
        require_finite("information", look.information);
        require(look.information > accrued, "information", "positive and growing from look to look",
                look.information);
        require(look.lower < 0, "lower boundary", "negative or minus infinity", look.lower);
        require(look.upper > 0, "upper boundary", "positive or infinity", look.upper);
        if (look.futility) {
            require(look.futility->lower <= look.futility->upper, "lower end of the futility region",
                    "at most the upper end", look.futility->lower);
        }
        accrued = look.information;
    };
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        try {
            // A look that could not be pooled has no Z; it has boundaries all the same.
            require(is_finite(plot.looks[i].z) || std::isnan(plot.looks[i].z), "z",
                    "finite, or NaN for a look without a result", plot.looks[i].z);
            check_boundary(plot.looks[i]);
        } catch (invalid_input const& error) {
            throw error.at_study(i);
        }
    }
    for (auto const& look : plot.planned) {
        check_boundary(look);
    }
}

/// How far from zero the vertical axis reaches: over every Z, and over the boundaries as far as `largest_z`.
inline double monitoring_reach(monitoring_plot const& plot) {
    double reach = plot.conventional + 1.5;
    auto const include = [&](double const z) { reach = std::fabs(z) > reach ? std::fabs(z) : reach; };
    auto const include_boundary = [&](double const z) {
        include(!is_finite(z)                         ? 0
                : std::fabs(z) + 0.7 < plot.largest_z ? std::fabs(z) + 0.7
                                                      : plot.largest_z);
    };
    for (auto const& look : plot.looks) {
        if (is_finite(look.z)) {
            include(std::fabs(look.z) + 1);
        }
        include_boundary(look.upper);
        include_boundary(look.lower);
    }
    for (auto const& look : plot.planned) {
        include_boundary(look.upper);
        include_boundary(look.lower);
    }
    return reach;
}

} // namespace detail

/// The chart that a monitoring plot is.
///
/// \throws invalid_input when there is no look, information does not grow from look to look, Z is infinite, a
/// boundary is on the wrong side of zero, or the ends of a futility region are in the wrong order
[[nodiscard]] inline chart as_chart(monitoring_plot const& plot) {
    detail::check(plot);
    double const reach = detail::monitoring_reach(plot);
    double const last_look = plot.looks.back().information;
    double const furthest = plot.planned.empty() ? last_look : plot.planned.back().information;
    double const end = 1.04 * (furthest > plot.required_information ? furthest : plot.required_information);
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.information_name, .range = interval{0, end}},
                        .y = {.name = "Cumulative Z",
                              .range = interval{-reach, reach},
                              .towards_lower = plot.favours_negative,
                              .towards_higher = plot.favours_positive},
                        .note = plot.note};

    auto const straight = [&](chart_place const& from, chart_place const& to, colour_role const colour,
                              double const width, std::string_view const dash = {}) {
        result.lines.push_back({.places = {from, to}, .colour = colour, .width = width, .dash = dash});
    };
    straight({0, 0}, {end, 0}, &theme::hairline, 1);
    if (plot.conventional > 0) {
        for (double const z : {plot.conventional, -plot.conventional}) {
            straight({0, z}, {end, z}, &theme::muted, 1.2, "5 4");
        }
    }
    straight({plot.required_information, -reach}, {plot.required_information, reach}, &theme::ink, 2);

    // Each limit as a line through looks and then, dashed, through what is planned.
    auto const limit = [&](auto const& of, colour_role const colour, std::string_view const dash,
                           std::string_view const ahead) {
        auto seen = chart_line{.places = {}, .colour = colour, .width = 2.2, .dash = dash};
        auto planned = chart_line{.places = {}, .colour = colour, .width = 2.2, .dash = ahead};
        for (auto const& look : plot.looks) {
            seen.places.push_back({look.information, of(look)});
        }
        planned.places.push_back(seen.places.back());
        for (auto const& look : plot.planned) {
            planned.places.push_back({look.information, of(look)});
        }
        result.lines.push_back(seen);
        result.lines.push_back(planned);
    };
    // A boundary of one look alone is no line, but a point.
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        bool const ahead_is_planned = i + 1 == plot.looks.size() && !plot.planned.empty();
        for (auto const side : {&monitoring_plot_look::lower, &monitoring_plot_look::upper}) {
            double const z = plot.looks[i].*side;
            bool const before = i > 0 && detail::is_finite(plot.looks[i - 1].*side);
            bool const after = i + 1 < plot.looks.size() && detail::is_finite(plot.looks[i + 1].*side);
            if (detail::is_finite(z) && std::fabs(z) <= reach && !before && !after && !ahead_is_planned) {
                result.points.push_back({.place = {plot.looks[i].information, z},
                                         .name = "boundary " + detail::readable(z, 2),
                                         .area = 0.2,
                                         .labelled = false,
                                         .colour = &theme::boundary});
            }
        }
    }
    double const none = detail::not_a_number<double>();
    limit([](auto const& look) { return look.upper; }, &theme::boundary, {}, "7 5");
    limit([](auto const& look) { return look.lower; }, &theme::boundary, {}, "7 5");
    limit([&](auto const& look) { return look.futility ? look.futility->upper : none; }, &theme::futility,
          "9 3 2 3", "3 3");
    limit([&](auto const& look) { return look.futility ? look.futility->lower : none; }, &theme::futility,
          "9 3 2 3", "3 3");

    auto above = std::vector<chart_place>{};
    auto below = std::vector<chart_place>{};
    auto const shade = [&](auto const& look) {
        if (look.futility) {
            above.push_back({look.information, look.futility->upper});
            below.push_back({look.information, look.futility->lower});
        }
    };
    std::for_each(plot.looks.begin(), plot.looks.end(), shade);
    std::for_each(plot.planned.begin(), plot.planned.end(), shade);
    if (!above.empty()) {
        auto corners = above;
        corners.insert(corners.end(), below.rbegin(), below.rend());
        result.regions.push_back({.corners = corners, .colour = &theme::futility, .opacity = 0.14});
    }

    auto curve = chart_line{.places = {{0, 0}}, .colour = &theme::data, .width = 3.5};
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        auto const& look = plot.looks[i];
        curve.places.push_back({look.information, look.z});
        if (detail::is_finite(look.z)) {
            result.points.push_back({.place = {look.information, look.z},
                                     .name = look.name + ": " + detail::readable(look.z, 2),
                                     .area = 0.25,
                                     .labelled = false});
        }
    }
    result.lines.push_back(curve);

    auto const say = [&](chart_place const& place, std::string const& words, colour_role const colour,
                         bool const bold = false) {
        result.labels.push_back({.place = place, .words = words, .colour = colour, .bold = bold});
    };
    auto const name_of = [&](monitoring_plot_look const& look) {
        return (look.name.empty() ? "" : look.name + ": ") + detail::readable(look.z, 2);
    };
    if (plot.decided_at) {
        auto const& look = plot.looks[*plot.decided_at];
        result.points.push_back(
            {.place = {look.information, look.z}, .area = 1.4, .hollow = true, .labelled = false});
        say({look.information, look.z}, name_of(look) + (plot.decision.empty() ? "" : ", " + plot.decision),
            &theme::data, true);
    }
    // A size that exceeds a whole number by no more than its rounding error is that whole number.
    say({plot.required_information, 0.97 * reach},
        plot.required_information_name + ": " +
            detail::readable(std::ceil(plot.required_information * (1 - 1e-14)), 0) +
            (plot.information_unit.empty() ? "" : " " + plot.information_unit),
        &theme::ink);
    auto const edge = [&](double const z) {
        return std::fabs(z) < reach ? z : std::copysign(0.985 * reach, z);
    };
    auto const value_of = [&](double const z) {
        return std::fabs(z) < reach ? detail::readable(z, 2) : (z > 0 ? "↑ " : "↓ ") + detail::readable(z, 1);
    };
    auto const& last = plot.looks.back();
    bool const above_zero = detail::is_finite(last.upper);
    auto const boundary_of = [&](auto const& look) { return above_zero ? look.upper : look.lower; };
    if (detail::is_finite(boundary_of(last))) {
        if (!plot.planned.empty()) {
            auto const& middle = plot.planned[plot.planned.size() / 2];
            say({middle.information, edge(boundary_of(middle))}, plot.boundary_name, &theme::boundary);
            auto const& final = plot.planned.back();
            say({final.information, edge(boundary_of(final))}, value_of(boundary_of(final)),
                &theme::boundary);
        } else {
            say({last.information, edge(boundary_of(last))}, plot.boundary_name, &theme::boundary);
        }
    }
    if (!above.empty()) {
        std::size_t const at = above.size() > 2 ? above.size() - 2 : above.size() - 1;
        double const upper = above[at].y < reach ? above[at].y : reach;
        double const lower = below[at].y > -reach ? below[at].y : -reach;
        say({above[at].x, (upper + lower) / 2 + 0.05 * reach}, plot.futility_name, &theme::futility);
    }
    if (plot.conventional > 0) {
        say({0.01 * end, plot.conventional},
            plot.conventional_name + " " + detail::readable(plot.conventional, 2), &theme::muted);
    }
    for (auto look = plot.looks.rbegin(); look != plot.looks.rend(); ++look) {
        if (detail::is_finite(look->z)) {
            say({look->information, look->z}, name_of(*look), &theme::ink);
        }
        if (detail::is_finite(boundary_of(*look))) {
            say({look->information, edge(boundary_of(*look))}, value_of(boundary_of(*look)),
                &theme::boundary);
        }
    }
    return result;
}

} // namespace accrue
