#pragma once

#include "measures.hpp"
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/information/information_size.hpp>

#include <limits>
#include <string>

namespace command {

/// The effect to be detected and how surely, by the options of `monitor` and `size`. NaN is not given.
struct target_options {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    bool is_ratio = false;   ///< whether the effect is a ratio, whose 1 is no effect
    double effect = none;    ///< on the scale of reports: 0.8 for a ratio, -1 for a difference
    double reduction = none; ///< 0.2: the risk falls by a fifth
    double control_risk = none;
    double sd = none;
    double alpha = 0.05;
    int sides = 2;
    double harm_alpha =
        none; ///< error of the boundary for harm, where it is another; alpha is that for benefit
    double power = 0.9;
    double diversity = none;     ///< D² by which the size is adjusted
    double inconsistency = none; ///< I² by which the size is adjusted
    double participants = none;  ///< the size itself, as from a protocol

    /// \param analysed the anticipated effect on the analysis scale: its sign is the side of the benefit
    [[nodiscard]] accrue::error_rate error(double analysed) const;
    [[nodiscard]] std::string cpp_error(double analysed) const;
};

/// The required information size and the C++ that computes it.
struct target {
    accrue::information_size size;
    std::string cpp;
};

/// The effect to be detected, on the analysis scale; for what needs no size.
///
/// \throws usage_error when neither --effect nor --reduction is given or both are, a ratio is not positive,
/// or sides are not 1 or 2
[[nodiscard]] double anticipated_effect(measure const& effect, target_options const& options);

/// \throws usage_error when the measure has no target, or an option that it needs is missing
[[nodiscard]] target target_of(std::string const& measure, target_options const& options);

} // namespace command
