#pragma once

#include <accrue/sequential/boundary/any_futility.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/information/information_size.hpp>
#include <accrue/sequential/monitoring/monitoring_rule.hpp>
#include <accrue/sequential/spending/any_spending_function.hpp>

#include <optional>

namespace accrue {

/// How evidence is to be monitored while trials accrue: a plain value, fixed before the results are known.
///
///     auto const design = sequential_design{
///         .error = two_sided{0.05}, .power = 0.90, .spending = lan_demets_obrien_fleming{},
///         .information = required_information_size(
///             standardized_mean_difference_target{.difference = -0.3}, two_sided{0.05}, 0.90),
///         .futility = futility{0.10, lan_demets_obrien_fleming{}}};
struct sequential_design {
    error_rate error;               ///< `two_sided{0.05}`, `one_sided{0.025}`, `asymmetric{...}`
    double power;                   ///< to detect the anticipated effect at the required size
    any_spending_function spending; ///< how the error is spent as information accrues
    information_size information;   ///< what a conclusive answer needs; the sign of its effect is the benefit
    /// When to stop because the anticipated effect will not be shown; its error is usually 1 - power. Never,
    /// unless given.
    std::optional<any_futility> futility = {};
    /// How this becomes boundaries; `exact_monitoring` unless given.
    monitoring_rule boundaries = {};
};

} // namespace accrue
