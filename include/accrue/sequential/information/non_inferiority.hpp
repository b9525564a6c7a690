#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/sequential/information/information_size.hpp>
#include <accrue/sequential/information/information_target.hpp>

#include <span>
#include <vector>

/// \file
/// A margin in place of no effect: is a treatment at worst so much inferior? The null hypothesis is that the
/// effect lies at the margin. Everything in this library that tests against 0 tests against the margin when
/// the margin is taken off the estimates, since every model moves with them; the required information is
/// that of `non_inferiority_target`.
///
///     double const margin = std::log(1.25); // of a ratio of bad events: up to a quarter more is accepted
///     auto const information = required_information_size(
///         non_inferiority_target{.margin = margin, .unit_variance = 4 / 0.2}, one_sided{0.025}, 0.9);
///     trial_sequential_analysis(model, design, relative_to_margin(estimates, margin), participants)
///
/// The conclusion 'benefit' then reads 'not inferior'. An effect of the analysis plus the margin is on the
/// scale of the estimates again.

namespace accrue {

/// What is to be excluded is an effect at the margin, if the true one is `expected`: the information is
/// q / (expected - margin)². On the analysis scale, log for ratios.
///
/// The unit variance is the variance of an estimate times its participants, both arms together. In 1:1 arms
/// that is 4 for a standardised mean difference, 4 sd² for a mean difference, 4 / [p (1 - p)] for a log odds
/// ratio and 4 (1 - p) / p for a log risk ratio at a risk of p in both arms, 4 p (1 - p) for a risk
/// difference.
struct non_inferiority_target {
    double margin;
    double expected = 0; ///< usually no difference
    double unit_variance;

    /// \throws invalid_input unless the margin and the expected effect are finite and differ, and the unit
    ///   variance is positive
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::require_finite("margin", margin);
        detail::require_finite("expected effect", expected);
        detail::require_positive("unit_variance", unit_variance);
        double const distance = expected - margin;
        detail::require(distance < 0 || distance > 0, "margin", "other than the expected effect", margin);
        return detail::size_for(quantiles, distance, unit_variance,
                                {{"non-inferiority margin", margin}, {"expected effect", expected}});
    }
};

/// The estimates less the margin, so that 0 is an effect at the margin.
///
/// \throws invalid_input unless the margin is finite
template <class Range>
    requires requires(Range const& range) { std::span<estimate const>(range); }
[[nodiscard]] std::vector<estimate> relative_to_margin(Range const& estimates, double const margin) {
    detail::require_finite("margin", margin);
    auto const all = std::span<estimate const>(estimates);
    auto result = std::vector<estimate>(all.begin(), all.end());
    for (auto& study : result) {
        study.effect -= margin;
    }
    return result;
}

} // namespace accrue
