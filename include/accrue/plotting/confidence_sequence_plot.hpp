#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/names.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// The plot of a confidence sequence: what is not ruled out after each study, whenever one looks, beside the
/// studies' own estimates and the pooled one so far.
///
/// How to read it: the band covers the effect after every study together, with the stated confidence; when it
/// has left the line of no effect, the effect is shown, and stays shown. Where the band is unbounded there
/// are too few studies to rule anything out. The band is wider than the confidence interval of a single look,
/// which covers the effect at that look only.
///
/// `plot_of<confidence_sequence_plot>(names, estimates, series)` fills in the numbers; `svg(plot)` draws it.
///
/// Howard, Ramdas, McAuliffe & Sekhon 2021, Ann Stat 49:1055-1080, doi:10.1214/20-AOS1991.
struct confidence_sequence_plot {
    std::string title{};
    std::string effect_name = "Effect";
    std::string favours_lower{};      ///< what an effect below `no_effect` means
    std::string favours_higher{};     ///< what an effect above it means
    std::vector<std::string> names{}; ///< of the studies, or none
    std::vector<double> effects{};    ///< of each study
    std::vector<double> pooled{};     ///< pooled effect of the studies so far; none unless given
    std::vector<interval> sequence{}; ///< after each study; infinite where nothing is ruled out
    double no_effect = 0;
    bool logarithmic = false;       ///< for ratios, which are then given as such
    std::optional<interval> axis{}; ///< of effects; from the data unless given
    std::string note{};
};

/// The chart that the plot of a confidence sequence is.
///
/// \throws invalid_input when there is no study, effects, pooled effects or names are not as many as
///   intervals, or an effect is not finite
[[nodiscard]] inline chart as_chart(confidence_sequence_plot const& plot) {
    detail::require_not_empty("studies of a confidence sequence", plot.sequence.size());
    detail::require_one_each("effects", plot.effects.size(), "studies", plot.sequence.size());
    auto const names = detail::one_name_each(plot.names, "studies", plot.sequence.size());
    auto const studies = static_cast<double>(plot.sequence.size());
    auto result = chart{.title = plot.title,
                        .x = {.name = "Studies", .range = interval{0.5, studies + 0.5}, .counts = true},
                        .y = {.name = plot.effect_name,
                              .logarithmic = plot.logarithmic,
                              .range = plot.axis,
                              .towards_lower = plot.favours_lower,
                              .towards_higher = plot.favours_higher},
                        .note = plot.note};
    // A step for each study; where nothing is ruled out the band has no line.
    auto band = chart_region{.corners = {}, .colour = &theme::boundary, .opacity = 0.15};
    auto lower = chart_line{.places = {}, .colour = &theme::boundary, .width = 2};
    auto upper = lower;
    for (std::size_t i = 0; i < plot.sequence.size(); ++i) {
        for (double const x : {static_cast<double>(i) + 0.5, static_cast<double>(i) + 1.5}) {
            upper.places.push_back({x, plot.sequence[i].upper});
            lower.places.push_back({x, plot.sequence[i].lower});
        }
    }
    band.corners = upper.places;
    band.corners.insert(band.corners.end(), lower.places.rbegin(), lower.places.rend());
    result.regions.push_back(band);
    result.lines.push_back(
        {.places = {{0.5, plot.no_effect}, {studies + 0.5, plot.no_effect}}, .colour = &theme::ink});
    result.lines.push_back(lower);
    result.lines.push_back(upper);
    if (!plot.pooled.empty()) {
        detail::require_one_each("pooled effects", plot.pooled.size(), "studies", plot.sequence.size());
        auto running = chart_line{.places = {}, .colour = &theme::data, .width = 3};
        for (std::size_t i = 0; i < plot.pooled.size(); ++i) {
            running.places.push_back({static_cast<double>(i + 1), plot.pooled[i]});
        }
        result.lines.push_back(running);
    }
    for (std::size_t i = 0; i < plot.effects.size(); ++i) {
        detail::require_finite("effect", plot.effects[i]);
        result.points.push_back({.place = {static_cast<double>(i + 1), plot.effects[i]},
                                 .name = names[i],
                                 .area = 0.25,
                                 .hollow = true});
    }
    return result;
}

} // namespace accrue
