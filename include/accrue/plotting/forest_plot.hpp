#pragma once

#include <accrue/interval.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// One study's row of a forest plot, on the scale of the axis: a name and the members of a `forest_row`.
struct forest_plot_row {
    std::string name{};
    double effect = 0;
    accrue::interval interval{}; ///< confidence interval of the effect
    /// Share in the pooled effect, in per cent: the area of the square, and the last column. NaN where rows
    /// have no weights, as those of a cumulative analysis.
    double weight = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::string> cells{}; ///< the row's texts in the plot's own `columns`, such as "4/119"
};

/// A pooled effect, drawn as a diamond: its width is the confidence interval, its middle the effect.
struct forest_plot_summary {
    std::string name{};
    double effect = 0;
    accrue::interval interval{};
};

/// Studies under a heading of their own, with their pooled effects and a line of text, such as their
/// heterogeneity.
struct forest_plot_group {
    std::string name{};
    std::vector<forest_plot_row> studies{};
    std::vector<forest_plot_summary> summaries{};
    std::string note{};
};

/// A forest plot (Lewis & Clarke 2001, BMJ 322:1479-1480, doi:10.1136/bmj.322.7300.1479): each study's effect
/// with its confidence interval and a square of an area in proportion to its weight, and the pooled effects
/// below.
///
/// How to read it: a whisker that crosses the vertical line is compatible with no effect; a diamond that does
/// not touch the line shows an effect of all studies together. The diamond is about the mean effect; the
/// prediction interval is about the effect in one more setting, and the wider of the two when studies differ.
/// An interval, whether of a study, a diamond or a prediction, that goes beyond the axis ends there in an
/// arrow.
///
/// Values are shown as given; back-transform log ratios first and set `logarithmic`, so that 1/2 and 2 are as
/// far from 1. `plot_of(measure, names, model, estimates)` does all of it; `svg(plot)` draws it.
struct forest_plot {
    std::string title{};
    std::string effect_name = "Effect"; ///< heads the column of numbers
    std::string axis_name = "Effect";   ///< stands below the axis
    std::string favours_lower{};        ///< what an effect below `no_effect` means: "favours treatment"
    std::string favours_higher{};       ///< what an effect above `no_effect` means
    /// Where the vertical line stands: 0 for differences, 1 for ratios; none for proportions and means.
    std::optional<double> no_effect = 0;
    bool logarithmic = false;               ///< a logarithmic axis, for ratios
    int digits = 2;                         ///< decimals of the numbers, unless all would be 0
    std::optional<accrue::interval> axis{}; ///< where the axis begins and ends; from the data unless given
    std::vector<std::string> columns{};     ///< heads of columns of one's own between the names and the axis
    std::vector<forest_plot_row> studies{};
    std::vector<forest_plot_group> groups{}; ///< below the studies that stand in none
    std::vector<forest_plot_summary> summaries{};
    std::optional<accrue::interval> prediction{}; ///< the interval for a new study's true effect, if wanted
    std::string note{};                           ///< a line at the foot, such as the heterogeneity
};

} // namespace accrue
