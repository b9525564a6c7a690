#pragma once

#include <accrue/sequential/any_spending_function.hpp>
#include <accrue/sequential/error_rate.hpp>
#include <accrue/sequential/information_size.hpp>
#include <accrue/sequential/monitoring_rule.hpp>

#include <functional>
#include <span>

namespace accrue {

/// How evidence is to be monitored while trials accrue: a plain value, fixed before the results are known.
///
///     auto const design = sequential_design{
///         .error = two_sided{0.05}, .power = 0.90, .spending = lan_demets_obrien_fleming{},
///         .information = required_information_size(
///             standardized_mean_difference_target{.difference = -0.3}, two_sided{0.05}, 0.90)};
struct sequential_design {
    error_rate error;               ///< `two_sided{0.05}`, `one_sided{0.025}`
    double power;                   ///< to detect the anticipated effect at the required size
    any_spending_function spending; ///< how the error is spent as information accrues
    information_size information;   ///< what a conclusive answer needs; its effect's sign is the benefit
    /// Turns error, spending and information fractions into boundaries: the exact ones, or a peer's
    /// convention.
    monitoring_rule boundaries = exact_monitoring{};
};

} // namespace accrue
