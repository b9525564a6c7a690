#pragma once

#include <accrue/sequential/boundary/any_futility.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/information/information_size.hpp>
#include <accrue/sequential/monitoring/monitoring_rule.hpp>
#include <accrue/sequential/spending/any_spending_function.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace accrue {

/// What is left of an earlier version of a living review: its required information, and the information at
/// its last look, both over the required information of the design that holds this.
struct earlier_version {
    double required;
    double last;
};

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
    /// The versions that this design continues, oldest first (`continued` fills it).
    std::vector<earlier_version> earlier = {};

    /// The required information of the version that took the look at this fraction, over that of the design:
    /// 1 for looks since.
    [[nodiscard]] double required_at(double const fraction) const {
        auto const version = std::find_if(earlier.begin(), earlier.end(), [&](auto const& past) {
            return is_at_or_before(fraction, past.last);
        });
        return version == earlier.end() ? 1 : version->required;
    }
    /// Whether the look at this information fraction is the final one or comes after it: it lies at or past
    /// the required information of the version that took it.
    [[nodiscard]] bool is_final(double const fraction) const {
        return has_all(fraction / required_at(fraction));
    }
    /// The information fraction of the final look to come after one at `fraction`: 1 or, where the required
    /// information fell below what had accrued, a hundredth beyond.
    [[nodiscard]] double final_fraction_after(double const fraction) const {
        return has_all(fraction) ? 1.01 * fraction : 1;
    }
    /// The fractions at which `spending` is called for looks at the given information fractions: at looks of
    /// an earlier version those of that version, later on the fractions themselves, and never less than has
    /// been reached before. So what was spent stays spent, and where the design would have spent less by now
    /// nothing is spent until it has caught up.
    [[nodiscard]] std::vector<double> spending_times(std::span<double const> const fractions) const {
        auto times = std::vector<double>{};
        double reached = 0;
        for (double const fraction : fractions) {
            double const share = fraction / required_at(fraction);
            double const time = has_all(share) ? 1 : share;
            // An increment that is rounding is none.
            reached = is_at_or_before(time, reached) ? reached : time;
            times.push_back(reached);
        }
        return times;
    }

  private:
    [[nodiscard]] static bool has_all(double const fraction) { return fraction >= 1 - 1e-9; }
    [[nodiscard]] static bool is_at_or_before(double const fraction, double const other) {
        return fraction <= other * (1 + 1e-12);
    }
};

} // namespace accrue
