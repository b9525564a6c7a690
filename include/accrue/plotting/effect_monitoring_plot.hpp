#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/monitoring_chart.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
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
    bool counts = true;                            ///< whether information is of people, events and the like
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
/// and the anticipated effects do; boundaries beyond it are cut, and their values are written at its edge.
///
/// \throws invalid_input when there is no look, information is not positive or does not grow from look to
/// look, an effect is infinite, or an effect is not positive on a logarithmic axis
[[nodiscard]] inline chart as_chart(effect_monitoring_plot const& plot) {
    auto series =
        detail::monitored_series{.required_information = plot.required_information,
                                 .required_words = detail::required_words(
                                     "required information", plot.required_information, plot.counts, ""),
                                 .no_effect = plot.no_effect,
                                 .decided_at = plot.decided_at,
                                 .decision = plot.decision};
    auto const distance = [&](double const effect) {
        return std::fabs(plot.logarithmic ? std::log(effect / plot.no_effect) : effect - plot.no_effect);
    };
    double reach = 0;
    auto const include = [&](double const effect) {
        double const d = distance(effect);
        detail::require(detail::is_finite(d), "effect", plot.logarithmic ? "positive and finite" : "finite",
                        effect);
        reach = d > reach ? d : reach;
    };
    for (auto const& look : plot.looks) {
        series.looks.push_back({look.name, look.information, look.effect, look.boundaries, look.futility});
        detail::for_study(series.looks.size() - 1,
                          [&] { std::isnan(look.effect) ? void() : include(look.effect); });
    }
    for (auto const& look : plot.planned) {
        series.planned.push_back(
            {"", look.information, detail::not_a_number<double>(), look.boundaries, look.futility});
    }
    if (plot.anticipated_effect) {
        include(*plot.anticipated_effect);
    }
    detail::check(series);
    reach = reach > 0 ? 2 * reach : 1;
    if (plot.anticipated_effect) {
        double const effect = *plot.anticipated_effect;
        auto const number = detail::readable_among(effect, plot.logarithmic ? effect : reach, 2);
        series.levels = {{effect, "anticipated " + number, "2 4"}};
    }
    double const middle = plot.logarithmic ? std::log(plot.no_effect) : plot.no_effect;
    auto const range = plot.logarithmic ? detail::ratio_range(middle - reach, middle + reach)
                                        : interval{middle - reach, middle + reach};
    auto result = chart{.title = plot.title,
                        .x = {.name = plot.information_name},
                        .y = {.name = plot.effect_name,
                              .logarithmic = plot.logarithmic,
                              .range = range,
                              .towards_lower = plot.favours_lower,
                              .towards_higher = plot.favours_higher},
                        .note = plot.note};
    detail::add_series(result, series);
    return result;
}

} // namespace accrue
