#pragma once

#include <accrue/error.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/detail/names.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// A Baujat plot (Baujat et al. 2002, Stat Med 21:2641-2652, doi:10.1002/sim.1221): each study's contribution
/// to Cochran's Q against its influence on the pooled effect.
///
/// How to read it: studies to the right make the heterogeneity; those that stand high as well also move the
/// result, and deserve a second look.
struct baujat_plot {
    std::string title{};
    std::vector<std::string> names{}; ///< of the studies, or none
    std::vector<baujat_point> studies{};
    std::string note{};
};

/// The chart that a Baujat plot is.
///
/// \throws invalid_input when there is no study, or names are given for some studies alone
[[nodiscard]] inline chart as_chart(baujat_plot const& plot) {
    detail::require_not_empty("studies of a Baujat plot", plot.studies.size());
    auto const names = detail::one_name_each(plot.names, "studies", plot.studies.size());
    auto result = chart{.title = plot.title,
                        .x = {.name = "Contribution to Q"},
                        .y = {.name = "Influence on the pooled effect"},
                        .note = plot.note};
    for (std::size_t i = 0; i < plot.studies.size(); ++i) {
        result.points.push_back(
            {.place = {plot.studies[i].heterogeneity, plot.studies[i].influence}, .name = names[i]});
    }
    return result;
}

} // namespace accrue
