#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/error/error_rate.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// A quantity that a report has to state for others to repeat the calculation: `{"control risk", 0.12}`.
struct reported_parameter {
    std::string name;
    double value;
};

/// The information that a conclusive meta-analysis needs, and everything it was computed from.
///
/// It is the same requirement in up to three units; NaN where the target does not define one. The members
/// hold the exact real numbers, on which information fractions are based; `participants_rounded_up` is for
/// print. A size taken from a publication is written down directly: `information_size{.effect = -0.3,
/// .participants = 467}`.
struct information_size {
    /// The anticipated effect on the analysis scale (log for ratios). Its sign says which direction is the
    /// benefit.
    double effect = detail::not_a_number<double>();
    double participants = detail::not_a_number<double>(); ///< in both arms together
    double events = detail::not_a_number<double>();       ///< in both arms together
    /// (z_alpha + z_power)² / effect²: one over the variance that the pooled effect must reach.
    double statistical_information = detail::not_a_number<double>();
    /// Variance of the estimated effect times the participants (for a hazard ratio: events) that yield it.
    double unit_variance = detail::not_a_number<double>();
    /// The number of trials, where trials are what is counted (`trials_accrued`). No target defines it and no
    /// adjustment changes it: see `required_trials`.
    double trials = detail::not_a_number<double>();
    double heterogeneity_factor = 1; ///< what heterogeneity adds to the three sizes, which include it
    double looks_factor = 1;         ///< what repeated looks add to the three sizes, which include it
    error_rate error = two_sided{detail::not_a_number<double>()};
    double power = detail::not_a_number<double>();
    std::vector<reported_parameter> parameters = {}; ///< of the target, then of the adjustments

    /// All adjustments together: the sizes over those of a common-effect analysis with a single look.
    [[nodiscard]] double adjustment() const { return heterogeneity_factor * looks_factor; }
    [[nodiscard]] double participants_rounded_up() const { return rounded_up(participants); }
    [[nodiscard]] double events_rounded_up() const { return rounded_up(events); }

  private:
    /// A size that exceeds a whole number by no more than its rounding error is that whole number.
    static double rounded_up(double const exact) { return std::ceil(exact * (1 - 1e-14)); }
};

/// The information size at which a test with the given error reaches the given power, if the effect is the
/// target's:
///
///     information = (z_alpha + z_power)² / effect²
///
/// with z_alpha the quantile that leaves the error of the benefit's side above it (half of a two-sided
/// error), turned into participants and events by the target. For example, 467 participants for a
/// standardised mean difference of 0.3 at two-sided 5 % and power 90 %:
///
///     required_information_size(standardized_mean_difference_target{.difference = 0.3}, two_sided{0.05},
///                               0.90)
///     required_information_size(mean_difference_target{.difference = 1, .sd = 1.6}, two_sided{0.05}, 0.90,
///                               diversity_adjustment{.d_squared = 0.4})
///
/// Wetterslev, Thorlund, Brok & Gluud 2008, J Clin Epidemiol 61:64-75, doi:10.1016/j.jclinepi.2007.03.013.
///
/// \param target what is to be detected: a callable value from (z_alpha + z_power)² to an `information_size`
/// \param adjustments callable values from an `information_size` to the adjusted one, applied in turn:
///   `diversity_adjustment`, `inconsistency_adjustment`, `heterogeneity_correction`, `inflation_for_looks`
/// \throws invalid_input unless error and power are between 0 and 1 and the power exceeds the error, or when
///   the target or an adjustment is unusable
template <class Target, class... Adjustment>
[[nodiscard]] information_size required_information_size(Target const& target, error_rate const& error,
                                                         double const power,
                                                         Adjustment const&... adjustments) {
    detail::require_between_0_and_1("power", power);
    double const alpha = benefit_error(error, target(1.0).effect);
    detail::require(power > alpha, "power", "above the error", power);
    double const quantiles = normal::upper_quantile(alpha) + normal::quantile(power);
    auto size = information_size{target(quantiles * quantiles)};
    size.error = error;
    size.power = power;
    ((size = adjustments(std::move(size))), ...);
    return size;
}

template <std::convertible_to<double> Number, class... Rest>
ACCRUE_REFUSED("say what the number is: mean_difference_target, standardized_mean_difference_target, "
               "odds_ratio_target, ...",
               required_information_size(Number const&, Rest const&...));

} // namespace accrue
