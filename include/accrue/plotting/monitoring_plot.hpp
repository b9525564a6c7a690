#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/monitoring_chart.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
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
    bool counts = true;                            ///< whether information is of people, events and the like
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

inline monitored_series series_of(monitoring_plot const& plot) {
    auto series = monitored_series{.required_information = plot.required_information,
                                   .required_words = required_words(plot.required_information_name,
                                                                    plot.required_information, plot.counts,
                                                                    plot.information_unit),
                                   .no_effect = 0,
                                   .start = chart_place{0, 0},
                                   .boundary_name = plot.boundary_name,
                                   .futility_name = plot.futility_name,
                                   .decided_at = plot.decided_at,
                                   .decision = plot.decision};
    for (auto const& look : plot.looks) {
        series.looks.push_back(
            {look.name, look.information, look.z, {look.lower, look.upper}, look.futility});
    }
    for (auto const& look : plot.planned) {
        series.planned.push_back(
            {"", look.information, not_a_number<double>(), {look.lower, look.upper}, look.futility});
    }
    if (plot.conventional > 0) {
        series.levels = {
            {plot.conventional, plot.conventional_name + " " + readable(plot.conventional, 2), "5 4"},
            {-plot.conventional, "", "5 4"}};
    }
    return series;
}

/// How far from zero the vertical axis reaches: over every Z, and over the boundaries as far as `largest_z`.
inline double monitoring_reach(monitoring_plot const& plot, monitored_series const& series) {
    double reach = plot.conventional + 1.5;
    auto const include = [&](double const z) { reach = z > reach ? z : reach; };
    for (auto const* const looks : {&series.looks, &series.planned}) {
        for (auto const& look : *looks) {
            include(is_finite(look.value) ? std::fabs(look.value) + 1 : 0);
            for (double const z : {look.boundaries.lower, look.boundaries.upper}) {
                double const wanted = std::fabs(z) + 0.7;
                include(!is_finite(z) ? 0 : wanted < plot.largest_z ? wanted : plot.largest_z);
            }
        }
    }
    return reach;
}

} // namespace detail

/// The chart that a monitoring plot is.
///
/// \throws invalid_input when there is no look, information does not grow from look to look, Z is infinite, a
/// boundary is on the wrong side of zero, or the ends of a futility region are in the wrong order
[[nodiscard]] inline chart as_chart(monitoring_plot const& plot) {
    detail::require_not_negative("conventional", plot.conventional);
    detail::require(plot.largest_z >= 3 && detail::is_finite(plot.largest_z), "largest_z",
                    "at least 3 and finite", plot.largest_z);
    auto const series = detail::series_of(plot);
    detail::check(series);
    auto const check_look = [](detail::monitored_look const& look) {
        // A look that could not be pooled has no Z; it has boundaries all the same.
        detail::require(!std::isinf(look.value), "z", "finite, or NaN for a look without a result",
                        look.value);
        detail::require(look.boundaries.lower < 0, "lower boundary", "negative or minus infinity",
                        look.boundaries.lower);
        detail::require(look.boundaries.upper > 0, "upper boundary", "positive or infinity",
                        look.boundaries.upper);
    };
    detail::for_each_study(series.looks.size(), [&](std::size_t const i) { check_look(series.looks[i]); });
    std::for_each(series.planned.begin(), series.planned.end(), check_look);
    double const reach = detail::monitoring_reach(plot, series);
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.information_name},
                        .y = {.name = "Cumulative Z",
                              .range = interval{-reach, reach},
                              .towards_lower = plot.favours_negative,
                              .towards_higher = plot.favours_positive},
                        .note = plot.note};
    detail::add_series(result, series);
    return result;
}

} // namespace accrue
