#pragma once

#include <accrue/error.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/monitoring_chart.hpp>
#include <accrue/plotting/detail/names.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// The plot of an e-process: the evidence against the null hypothesis after each study, as a betting score
/// that starts at 1, on a logarithmic axis.
///
/// How to read it: at or above the dashed line, 1 / alpha, the null hypothesis is rejected, whenever that is
/// looked at, and stays rejected. Below 1 the studies so far speak for the null rather than against it. The
/// value is what a stake of 1 has become in a game that is fair if the null hypothesis holds: to have become
/// 20 has a probability of at most 1 in 20. Shafer 2021, J R Stat Soc A 184:407-431, doi:10.1111/rssa.12647.
struct e_process_plot {
    std::string title{};
    std::vector<std::string> names{};   ///< of the studies, or none
    std::vector<double> log_e_values{}; ///< natural logarithms, after each study
    double alpha = 0.05;                ///< the error of the test
    std::string note{};
};

/// The chart that the plot of an e-process is.
///
/// \throws invalid_input when there is no study, names are given for some studies alone, a value is NaN or
///   infinite, or alpha is outside (0, 1)
[[nodiscard]] inline chart as_chart(e_process_plot const& plot) {
    detail::require_not_empty("studies of an e-process", plot.log_e_values.size());
    detail::require_between_0_and_1("alpha", plot.alpha);
    auto const names = detail::one_name_each(plot.names, "studies", plot.log_e_values.size());
    auto const studies = static_cast<double>(plot.log_e_values.size());
    // Beyond the range of a double the goal and the curve stay at its edge, and the words say so.
    constexpr double edge = 690;
    double const log_goal = -std::log(plot.alpha);
    double const goal = log_goal > edge ? std::exp(edge) : 1 / plot.alpha;
    auto const beyond = "> " + detail::short_text(1e299);
    auto result = chart{.title = plot.title,
                        .x = {.name = "Studies", .range = interval{0, 1.06 * studies}, .counts = true},
                        .y = {.name = "E-value", .logarithmic = true},
                        .note = plot.note};
    auto marks = std::vector<detail::curve_mark>{};
    auto decided_at = std::optional<std::size_t>{};
    for (std::size_t i = 0; i < plot.log_e_values.size(); ++i) {
        detail::require_finite("log e-value", plot.log_e_values[i]);
        double const log_value = plot.log_e_values[i];
        double const value = std::exp(std::clamp(log_value, -edge, edge));
        auto const words = log_value > edge    ? beyond
                           : log_value < -edge ? "< " + detail::short_text(1e-299)
                           : value < 1e6       ? detail::readable_among(value, value, 2)
                                               : detail::short_text(std::floor(value));
        if (!decided_at && log_value >= log_goal) {
            decided_at = i;
        }
        marks.push_back(
            {{static_cast<double>(i + 1), value}, (names[i].empty() ? "" : names[i] + ": ") + words});
    }
    result.lines.push_back({.places = {{0, 1}, {1.06 * studies, 1}}, .colour = &theme::hairline});
    result.lines.push_back({.places = {{0, goal}, {1.06 * studies, goal}},
                            .colour = &theme::boundary,
                            .width = 2,
                            .dash = "7 5"});
    result.labels.push_back({.place = {0.02 * studies, goal},
                             .words = "conclusive: " + (log_goal > edge ? beyond : detail::short_text(goal)),
                             .colour = &theme::boundary,
                             .needed = true});
    detail::add_curve(result, chart_place{0, 1}, marks, decided_at);
    return result;
}

} // namespace accrue
