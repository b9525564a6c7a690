#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/names.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// A funnel plot (Sterne & Egger 2001, J Clin Epidemiol 54:1046-1055, doi:10.1016/S0895-4356(01)00377-8):
/// each study's effect against its standard error, precise studies above.
///
/// How to read it: where all studies estimate one effect and none was held back for its result, they scatter
/// evenly about the vertical line, the more widely the less precise they are, and 95 % lie within the funnel.
/// A corner that is empty may mean that small studies without an effect were not published, or that small
/// studies differ from large ones. The contours (Peters et al. 2008, J Clin Epidemiol 61:991-996,
/// doi:10.1016/j.jclinepi.2007.11.010) tell which: where studies are missing outside of them, where results
/// are significant, it is not publication that lacks.
///
/// Effects are on the analysis scale, logarithmic for ratios; `plot_of<funnel_plot>(names, model, estimates)`
/// fills in the numbers, `svg(plot)` draws it.
struct funnel_plot {
    std::string title{};
    std::string effect_name = "Effect";
    std::vector<std::string> names{}; ///< of the studies, or none; shown to whoever points at one
    std::vector<estimate> studies{};
    std::vector<estimate> filled{}; ///< studies that `trim_and_fill` adds, drawn as rings
    double effect = 0;              ///< the pooled effect, where the funnel stands
    double level = 0.95;            ///< of the funnel
    /// Two-sided levels of significance whose regions about `no_effect` are shaded, such as {0.1, 0.05,
    /// 0.01}; none for a plain funnel.
    std::vector<double> contours{};
    double no_effect = 0;
    std::string note{};
};

/// The chart that a funnel plot is.
///
/// \throws invalid_input when there is no study, names are given for some studies alone, an effect is not
/// finite, a variance not positive and finite, or a level outside (0, 1)
[[nodiscard]] inline chart as_chart(funnel_plot const& plot) {
    detail::require_not_empty("studies of a funnel plot", plot.studies.size());
    detail::require_between_0_and_1("level", plot.level);
    detail::require_finite("effect", plot.effect);
    auto const names = detail::one_name_each(plot.names, "studies", plot.studies.size());
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.effect_name},
                        .y = {.name = "Standard error", .reversed = true},
                        .note = plot.note};
    double largest = 0;
    auto const add = [&](std::vector<estimate> const& studies, bool const filled) {
        for (std::size_t i = 0; i < studies.size(); ++i) {
            detail::check(studies[i]);
            double const error = std::sqrt(studies[i].variance);
            largest = error > largest ? error : largest;
            result.points.push_back({.place = {studies[i].effect, error},
                                     .name = filled ? "added by trim and fill" : names[i],
                                     .area = 0.35,
                                     .hollow = filled,
                                     .labelled = false});
        }
    };
    add(plot.studies, false);
    add(plot.filled, true);

    double const deepest = 1.06 * largest;
    result.y.range = interval{0, deepest};
    double const half = normal::upper_quantile((1 - plot.level) / 2) * deepest;
    double const furthest = [&] {
        double most = std::fabs(plot.effect - plot.no_effect) + half;
        for (auto const& point : result.points) {
            double const distance = std::fabs(point.place.x - plot.effect);
            most = 1.06 * distance > most ? 1.06 * distance : most;
        }
        return most;
    }();
    result.x.range = interval{plot.effect - furthest, plot.effect + furthest};
    double opacity = 0.12;
    for (double const contour : plot.contours) {
        detail::require_between_0_and_1("contour", contour);
        double const reach = normal::upper_quantile(contour / 2) * deepest;
        result.regions.push_back({.corners = {{plot.no_effect, 0},
                                              {plot.no_effect - reach, deepest},
                                              {plot.no_effect + reach, deepest}},
                                  .colour = &theme::muted,
                                  .opacity = opacity});
        result.lines.push_back({.places = {{plot.no_effect - reach, deepest},
                                           {plot.no_effect, 0},
                                           {plot.no_effect + reach, deepest}},
                                .colour = &theme::hairline,
                                .width = 1});
        // Near the lower end of the contour, or farther up where there is room for words before the axis
        // ends.
        double const room = result.x.range->upper - plot.no_effect;
        double const words = 0.1 * result.x.range->width();
        double const within = (words < room / 2 ? room - words : room / 2) / reach;
        double const share = within < 0.97 ? within : 0.97;
        result.labels.push_back({.place = {plot.no_effect + share * reach, share * deepest},
                                 .words = "p = " + detail::short_text(contour),
                                 .colour = &theme::muted,
                                 .needed = true});
    }
    result.lines.push_back(
        {.places = {{plot.effect, 0}, {plot.effect, deepest}}, .colour = &theme::data, .width = 1.5});
    result.lines.push_back(
        {.places = {{plot.effect - half, deepest}, {plot.effect, 0}, {plot.effect + half, deepest}},
         .colour = &theme::data,
         .width = 1.5,
         .dash = "6 4"});
    return result;
}

} // namespace accrue
