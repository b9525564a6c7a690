#pragma once

#include "measures.hpp"
#include "models.hpp"
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/sequential/anytime/anytime_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>

#include <string>
#include <vector>

namespace command {

/// What pictures are drawn on, by the options.
struct picture_style {
    std::string theme = "light";
    double width = 960;

    /// \throws usage_error for another theme
    [[nodiscard]] accrue::canvas paper() const;
};

/// A text that begins with a capital letter, where it is of ASCII.
[[nodiscard]] std::string capitalised(std::string text);

/// Groups of studies in the order in which they first appear, and what was pooled of each.
struct pooled_groups {
    std::vector<std::string> labels{}; ///< of each study
    std::vector<std::string> names{};
    std::vector<accrue::pooled> results{};
};

/// The heterogeneity between the groups' effects; a group of which the model says nothing plays no part.
[[nodiscard]] accrue::heterogeneity_summary between(pooled_groups const& groups);

/// The forest plot as SVG; where there are groups, the studies stand in them. What a model of counts or of
/// clusters found takes the place of `model`.
[[nodiscard]] std::string forest_svg(measure const& effect, studies const& given, chosen_model const& model,
                                     double level, pooled_groups const& groups, pooled_whole const* whole,
                                     picture_style const& style);

/// The funnel plot, with the studies that trim and fill adds.
[[nodiscard]] std::string funnel_svg(measure const& effect, studies const& given, chosen_model const& model,
                                     std::vector<accrue::estimate> const& filled, picture_style const& style);

[[nodiscard]] std::string monitoring_svg(std::vector<std::string> const& names,
                                         accrue::sequential_analysis const& analysis,
                                         picture_style const& style);
/// The same with effects in place of Z.
[[nodiscard]] std::string effect_monitoring_svg(measure const& effect, std::vector<std::string> const& names,
                                                accrue::sequential_analysis const& analysis,
                                                picture_style const& style);
[[nodiscard]] std::string e_process_svg(std::vector<std::string> const& names,
                                        accrue::anytime_series const& series, picture_style const& style);

} // namespace command
