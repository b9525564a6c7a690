#pragma once

#include <accrue/interval.hpp>

#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// One study's row of a forest plot, on the scale of the axis: a name and the members of a `forest_row`.
struct forest_plot_row {
    std::string name{};
    double effect = 0;
    accrue::interval interval{}; ///< confidence interval of the effect
    double weight = 0;           ///< share in the pooled effect, in per cent; the area of the square
};

/// A pooled effect, drawn as a diamond: its width is the confidence interval, its middle the effect.
struct forest_plot_summary {
    std::string name{};
    double effect = 0;
    accrue::interval interval{};
};

/// A forest plot (Lewis & Clarke 2001, BMJ 322:1479-1480, doi:10.1136/bmj.322.7300.1479): each study's effect
/// with its confidence interval and a square of an area in proportion to its weight, and the pooled effects
/// below.
///
/// How to read it: a whisker that crosses the vertical line is compatible with no effect; a diamond that does
/// not touch the line shows an effect of all studies together. The diamond is about the mean effect; the
/// prediction interval is about the effect in one more setting, and the wider of the two when studies differ.
///
/// Values are shown as given; back-transform log ratios first and set `logarithmic`, so that 1/2 and 2 are as
/// far from 1. `plot_of(names, rows)` fills in the studies; `gnuplot_script(plot)` draws it.
struct forest_plot {
    std::string title{};
    std::string effect_name = "Effect"; ///< heads the column of numbers
    std::string axis_name = "Effect";   ///< stands below the axis
    std::string favours_lower{};        ///< what an effect below `no_effect` means: "favours treatment"
    std::string favours_higher{};       ///< what an effect above `no_effect` means
    double no_effect = 0;               ///< where the vertical line stands: 0 for differences, 1 for ratios
    bool logarithmic = false;           ///< a logarithmic axis, for ratios
    int digits = 2;                     ///< decimals of the numbers
    std::vector<forest_plot_row> studies{};
    std::vector<forest_plot_summary> summaries{};
    std::optional<accrue::interval> prediction{}; ///< the interval for a new study's true effect, if wanted
    std::string note{};                           ///< a line at the foot, such as the heterogeneity
};

} // namespace accrue
