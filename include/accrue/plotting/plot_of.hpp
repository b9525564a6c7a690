#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/monitoring/trial_sequential_analysis.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// \file
/// Plots from results. They hold the numbers; titles, the meaning of the axis and summaries are yours to add:
///
///     auto plot = plot_of(names, trial_sequential_analysis(model, design, estimates, participants));
///     plot.title = "Pain after six weeks";
///     plot.favours_negative = "favours treatment";
///     std::ofstream("tsa.gp") << gnuplot_script(plot);

namespace accrue {

namespace detail {

inline void require_a_name_for_each(std::size_t const names, std::size_t const studies) {
    if (names != studies) [[unlikely]] {
        throw invalid_input("names must be given for each of the " + std::to_string(studies) +
                            " studies, but are " + std::to_string(names));
    }
}

/// The boundaries of one look as the plot wants them. A one-sided design with futility keeps its futility
/// boundary on the side away from the benefit; in the plot it bounds the futility region.
template <class Look>
void set_boundaries(Look& to, sequential_design const& design, double const lower, double const upper,
                    double const wedge) {
    double const none = infinity<double>();
    to.lower = lower;
    to.upper = upper;
    if (std::isfinite(wedge)) {
        to.futility = interval{-wedge, wedge};
    }
    if (!design.futility || !std::holds_alternative<one_sided>(design.error)) {
        return;
    }
    bool const benefit_is_positive = design.information.effect > 0;
    if (std::isfinite(benefit_is_positive ? lower : upper)) {
        to.futility = benefit_is_positive ? interval{-none, lower} : interval{upper, none};
    }
    (benefit_is_positive ? to.lower : to.upper) = benefit_is_positive ? -none : none;
}

} // namespace detail

/// A forest plot of these rows, on their own scale.
///
/// \throws invalid_input unless there is one name for each row
[[nodiscard]] inline forest_plot plot_of(std::span<std::string const> const names,
                                         std::span<forest_row const> const rows) {
    detail::require_a_name_for_each(names.size(), rows.size());
    auto plot = forest_plot{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        plot.studies.push_back({names[i], rows[i].effect, rows[i].interval, rows[i].weight});
    }
    return plot;
}

/// A monitoring plot of this analysis. Each look bears the name of the last trial in it; where the required
/// information is not reached, the boundaries go on, dashed, to one final look there. A design with futility
/// brings its futility region: the inner wedge when two-sided, all on the far side of its futility boundary
/// when one-sided.
///
/// \throws invalid_input unless there is one name for each trial
[[nodiscard]] inline monitoring_plot plot_of(std::span<std::string const> const names,
                                             sequential_analysis const& analysis) {
    detail::require_a_name_for_each(names.size(), analysis.information.accrued.size());
    auto const& design = analysis.design;
    auto plot = monitoring_plot{
        .information_name = analysis.information.unit,
        .information_unit = analysis.information.unit,
        .required_information = analysis.information.required,
        .conventional = normal::upper_quantile(benefit_error(design.error, design.information.effect))};
    for (auto const& look : analysis.looks) {
        auto& drawn = plot.looks.emplace_back();
        drawn.name = names[look.trials - 1];
        drawn.information = look.information;
        drawn.z = look.z;
        detail::set_boundaries(drawn, design, look.lower_boundary, look.upper_boundary, look.wedge);
    }
    if (analysis.fractions.size() > analysis.looks.size()) {
        auto const& last = analysis.boundaries;
        auto& drawn = plot.planned.emplace_back();
        drawn.information = analysis.information.required;
        detail::set_boundaries(drawn, design, last.lower.back(), last.upper.back(),
                               last.wedge.empty() ? -detail::infinity<double>() : last.wedge.back());
    }
    return plot;
}

} // namespace accrue
