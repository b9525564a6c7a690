#pragma once

#include <accrue/error.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/names.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// A L'Abbé plot (L'Abbé, Detsky & O'Rourke 1987, Ann Intern Med 107:224-233,
/// doi:10.7326/0003-4819-107-2-224): the risk under treatment against the risk under control, discs of an
/// area in proportion to the participants.
///
/// How to read it: trials below the diagonal favour treatment where events are bad. Whether the discs follow
/// a straight line through the origin (one risk ratio) or a bow (one odds ratio) tells which measure is the
/// more constant.
struct labbe_plot {
    std::string title{};
    std::vector<std::string> names{}; ///< of the trials, or none
    std::vector<two_arms<events>> trials{};
    std::string note{};
};

/// The chart that a L'Abbé plot is.
///
/// \throws invalid_input when there is no trial, names are given for some trials alone, or an arm has no
///   participants or more events than participants
[[nodiscard]] inline chart as_chart(labbe_plot const& plot) {
    detail::require_not_empty("trials of a L'Abbé plot", plot.trials.size());
    auto const names = detail::one_name_each(plot.names, "trials", plot.trials.size());
    auto const whole = interval{0, 1};
    auto result = chart{.title = plot.title,
                        .x = {.name = "Risk under control", .range = whole},
                        .y = {.name = "Risk under treatment", .range = whole},
                        .lines = {{.places = {{0, 0}, {1, 1}}, .colour = &theme::muted, .dash = "5 4"}},
                        .note = plot.note};
    double largest = 0;
    double highest = 0;
    for (std::size_t i = 0; i < plot.trials.size(); ++i) {
        auto const& [treatment, control] = plot.trials[i];
        for (auto const& one : {treatment, control}) {
            detail::require_that(one.total > 0 && detail::is_finite(one.total) && one.count >= 0 &&
                                     one.count <= one.total,
                                 i, "an arm must have participants, and at most as many events");
            highest = one.count / one.total > highest ? one.count / one.total : highest;
        }
        double const size = treatment.total / 2 + control.total / 2; // the sum may be beyond the type
        largest = size > largest ? size : largest;
        result.points.push_back({.place = {control.count / control.total, treatment.count / treatment.total},
                                 .name = names[i],
                                 .area = size});
    }
    for (auto& point : result.points) {
        point.area *= 3 / largest;
    }
    double const end = highest > 0 && highest < 0.9 ? 1.1 * highest : 1;
    result.x.range = result.y.range = interval{0, end};
    return result;
}

} // namespace accrue
