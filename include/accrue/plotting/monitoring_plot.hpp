#pragma once

#include <accrue/interval.hpp>

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

/// The boundaries at a look that is still to come; members as in `monitoring_plot_look`.
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
/// `plot_of(names, analysis)` fills in the numbers; `gnuplot_script(plot)` draws it.
struct monitoring_plot {
    std::string title{};
    std::string information_name = "Participants"; ///< of the horizontal axis
    std::string information_unit = "participants"; ///< follows the number of the required information
    std::string favours_negative{};                ///< what a negative Z means: "favours treatment"
    std::string favours_positive{};                ///< what a positive Z means
    double required_information = 0;               ///< positive
    std::string required_information_name = "required information size";
    std::string boundary_name = "monitoring boundary";
    std::string futility_name = "futility";  ///< stands in the futility region
    double conventional = 1.959963984540054; ///< |Z| of a single test; 0 draws no line
    std::string conventional_name = "single test";
    /// The axis ends here at the latest; boundaries beyond are cut, and their value is written at the edge.
    double largest_z = 8;
    std::vector<monitoring_plot_look> looks{};       ///< in the order of their information
    std::vector<monitoring_plot_boundary> planned{}; ///< drawn dashed, after the last look
    std::string note{};                              ///< a line at the foot, such as the settings
};

} // namespace accrue
