#pragma once

#include "measures.hpp"
#include "models.hpp"
#include <accrue/sequential/monitoring/sequential_analysis.hpp>

#include <string>
#include <vector>

namespace command {

/// The forest plot as SVG; with `labels`, one a study, the studies stand in groups. What a model of counts
/// found takes the place of `model`.
[[nodiscard]] std::string forest_svg(measure const& effect, studies const& given, chosen_model const& model,
                                     double level, std::vector<std::string> const& labels,
                                     pooled_counts const* counts = nullptr);

/// The funnel plot, with the studies that trim and fill adds.
[[nodiscard]] std::string funnel_svg(measure const& effect, studies const& given, chosen_model const& model,
                                     std::vector<accrue::estimate> const& filled);

[[nodiscard]] std::string monitoring_svg(std::vector<std::string> const& names,
                                         accrue::sequential_analysis const& analysis);

} // namespace command
