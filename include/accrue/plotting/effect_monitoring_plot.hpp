#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/text.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accrue {

/// One look of an effect monitoring plot, on the scale of the axis.
struct effect_monitoring_plot_look {
    std::string name{};     ///< the study that was added
    double information = 0; ///< accrued so far, in the units of the axis
    double effect = 0;      ///< pooled so far; NaN where there is no result
    /// The effects that stop on either side, `benefit` or `harm` by the design; NaN where there is no
    /// boundary.
    interval boundaries{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    std::optional<interval> futility{}; ///< the effects that stop for futility, if any
};

/// A monitoring plot in effects: the pooled effect as trials come in, and how large it must be to stop there.
///
/// How to read it: the thick curve is the pooled effect. The boundaries close in on no effect as information
/// grows, for what is pooled becomes more certain; beyond them the evidence is firm although it was tested
/// again and again. Unlike Z, the effect can be compared with what matters to patients: the dotted line is
/// the effect that the plan is made for. Pooled effects at a boundary are larger than the truth on average.
///
/// `plot_of(measure, names, analysis)` fills in the numbers; `svg(plot)` draws it.
struct effect_monitoring_plot {
    std::string title{};
    std::string information_name = "Participants"; ///< of the horizontal axis
    std::string effect_name = "Pooled effect";
    std::string favours_lower{};     ///< what a smaller effect means: "favours treatment"
    std::string favours_higher{};    ///< what a larger effect means
    bool logarithmic = false;        ///< a logarithmic axis, for ratios
    double no_effect = 0;            ///< 0 for differences, 1 for ratios
    double required_information = 0; ///< positive
    std::optional<double> anticipated_effect{};
    std::vector<effect_monitoring_plot_look> looks{};   ///< in the order of their information
    std::vector<effect_monitoring_plot_look> planned{}; ///< those to come; their effects are not looked at
    std::optional<std::size_t> decided_at{};            ///< index of the look that decided, if one did
    std::string decision{};                             ///< in words, beside it: "benefit"
    std::string note{};
};

/// The chart that an effect monitoring plot is. The axis reaches twice as far from no effect as the pooled
/// and the anticipated effects do; boundaries beyond it are cut.
///
/// \throws invalid_input when there is no look, information is not positive or does not grow from look to
/// look, an effect is infinite, or an effect is not positive on a logarithmic axis
[[nodiscard]] inline chart as_chart(effect_monitoring_plot const& plot) {
    detail::require_not_empty("looks of a monitoring plot", plot.looks.size());
    detail::require_positive("required_information", plot.required_information);
    if (plot.decided_at && *plot.decided_at >= plot.looks.size()) {
        throw invalid_input("decided_at must be the index of a look");
    }
    auto const distance = [&](double const effect) {
        return plot.logarithmic ? std::log(effect / plot.no_effect) : effect - plot.no_effect;
    };
    double reach = plot.anticipated_effect ? std::fabs(distance(*plot.anticipated_effect)) : 0;
    double accrued = 0;
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        auto const& look = plot.looks[i];
        try {
            detail::require(look.information > accrued && detail::is_finite(look.information), "information",
                            "positive and growing from look to look", look.information);
            if (!std::isnan(look.effect)) {
                detail::require(detail::is_finite(distance(look.effect)), "effect",
                                plot.logarithmic ? "positive and finite" : "finite", look.effect);
                reach = std::fabs(distance(look.effect)) > reach ? std::fabs(distance(look.effect)) : reach;
            }
        } catch (invalid_input const& error) {
            throw error.at_study(i);
        }
        accrued = look.information;
    }
    reach = reach > 0 ? 2 * reach : 1;
    auto const at_distance = [&](double const d) {
        return plot.logarithmic ? plot.no_effect * std::exp(d) : plot.no_effect + d;
    };
    double const furthest = plot.planned.empty() ? accrued : plot.planned.back().information;
    double const end = 1.04 * (furthest > plot.required_information ? furthest : plot.required_information);
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.information_name, .range = interval{0, end}},
                        .y = {.name = plot.effect_name,
                              .logarithmic = plot.logarithmic,
                              .range = interval{at_distance(-reach), at_distance(reach)},
                              .towards_lower = plot.favours_lower,
                              .towards_higher = plot.favours_higher},
                        .note = plot.note};
    auto const across = [&](double const effect, colour_role const colour, std::string_view const dash) {
        result.lines.push_back(
            {.places = {{0, effect}, {end, effect}}, .colour = colour, .width = 1.2, .dash = dash});
    };
    across(plot.no_effect, &theme::hairline, {});
    result.lines.push_back({.places = {{plot.required_information, at_distance(-reach)},
                                       {plot.required_information, at_distance(reach)}},
                            .colour = &theme::ink,
                            .width = 2});
    // A boundary that is not there, or beyond the axis, interrupts its line.
    auto const shown = [&](double const effect) {
        return std::fabs(distance(effect)) <= reach ? effect : detail::not_a_number<double>();
    };
    for (double interval::*const side : {&interval::lower, &interval::upper}) {
        auto seen = chart_line{.places = {}, .colour = &theme::boundary, .width = 2.2};
        auto ahead = chart_line{.places = {}, .colour = &theme::boundary, .width = 2.2, .dash = "7 5"};
        for (auto const& look : plot.looks) {
            seen.places.push_back({look.information, shown(look.boundaries.*side)});
            if (detail::is_finite(seen.places.back().y)) {
                result.points.push_back({.place = seen.places.back(),
                                         .name = "boundary " + detail::readable(seen.places.back().y, 2),
                                         .area = 0.12,
                                         .labelled = false,
                                         .colour = &theme::boundary});
            }
        }
        ahead.places.push_back(seen.places.back());
        for (auto const& look : plot.planned) {
            ahead.places.push_back({look.information, shown(look.boundaries.*side)});
        }
        result.lines.push_back(seen);
        result.lines.push_back(ahead);
    }
    // The futility region. The chart cuts it at its frame; here it only becomes finite.
    auto above = std::vector<chart_place>{};
    auto below = std::vector<chart_place>{};
    auto const cut = [&](double const effect) {
        double const d = distance(effect);
        double const farthest = 20 * reach < 600 ? 20 * reach : 600;
        return at_distance(d < -farthest ? -farthest : d > farthest ? farthest : d);
    };
    for (auto const* const looks : {&plot.looks, &plot.planned}) {
        for (auto const& look : *looks) {
            if (look.futility) {
                above.push_back({look.information, cut(look.futility->upper)});
                below.push_back({look.information, cut(look.futility->lower)});
            }
        }
    }
    if (!above.empty()) {
        auto const seen = [&](chart_place const& corner) {
            double const d = distance(corner.y);
            return d < -reach ? -reach : d > reach ? reach : d;
        };
        double const middle = (seen(above.back()) + seen(below.back())) / 2;
        result.labels.push_back({.place = {above.back().x, at_distance(middle)},
                                 .words = "futility",
                                 .colour = &theme::futility});
        above.insert(above.end(), below.rbegin(), below.rend());
        result.regions.push_back({.corners = above, .colour = &theme::futility, .opacity = 0.14});
    }

    auto curve = chart_line{.places = {}, .colour = &theme::data, .width = 3.5};
    auto labels = std::vector<chart_label>{};
    for (std::size_t i = 0; i < plot.looks.size(); ++i) {
        auto const& look = plot.looks[i];
        curve.places.push_back({look.information, look.effect});
        if (std::isnan(look.effect)) {
            continue;
        }
        auto const name = (look.name.empty() ? "" : look.name + ": ") + detail::readable(look.effect, 2);
        bool const decides = plot.decided_at == i;
        result.points.push_back(
            {.place = curve.places.back(), .name = name, .area = 0.25, .labelled = false});
        if (decides) {
            result.points.push_back(
                {.place = curve.places.back(), .area = 1.4, .hollow = true, .labelled = false});
            result.labels.push_back({.place = curve.places.back(),
                                     .words = name + (plot.decision.empty() ? "" : ", " + plot.decision),
                                     .colour = &theme::data,
                                     .bold = true});
        } else {
            labels.push_back({.place = curve.places.back(), .words = name});
        }
    }
    result.lines.push_back(curve);
    result.labels.push_back(
        {.place = {plot.required_information, at_distance(0.94 * reach)},
         .words = "required information: " +
                  detail::readable(std::ceil(plot.required_information * (1 - 1e-14)), 0)});
    if (plot.anticipated_effect) {
        across(*plot.anticipated_effect, &theme::muted, "2 4");
        result.labels.push_back({.place = {0.01 * end, *plot.anticipated_effect},
                                 .words = "anticipated " + detail::readable(*plot.anticipated_effect, 2),
                                 .colour = &theme::muted});
    }
    auto const& boundaries = plot.planned.empty() ? plot.looks : plot.planned;
    auto const& named = boundaries[boundaries.size() / 2];
    for (double const effect : {named.boundaries.lower, named.boundaries.upper}) {
        if (detail::is_finite(shown(effect))) {
            result.labels.push_back({.place = {named.information, effect},
                                     .words = "monitoring boundary",
                                     .colour = &theme::boundary});
            break;
        }
    }
    result.labels.insert(result.labels.end(), labels.rbegin(), labels.rend());
    return result;
}

} // namespace accrue
