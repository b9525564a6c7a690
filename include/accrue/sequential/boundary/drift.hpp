#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace accrue {

/// A drift, the expected Z at information fraction 1, and whether it was found.
struct drift_result {
    double value;
    accrue::status status;

    /// The information at t = 1, 1 / variance of the estimate, at which an effect gives this drift: (drift /
    /// effect)².
    [[nodiscard]] double information(double const effect) const {
        return (value / effect) * (value / effect);
    }
    /// The information that a trial with this drift needs, as a multiple of that of a fixed-sample trial with
    /// the same error on each side and the same power: (drift / (z_error + z_(1 - power)))². A trial planned
    /// with looks is larger by this factor.
    [[nodiscard]] double inflation(double const error_per_side, double const power) const {
        auto const fixed = normal::upper_quantile(error_per_side) + normal::quantile(power);
        return value * value / (fixed * fixed);
    }
};

/// The drift at which a trial with these boundaries stops at the upper one with probability `power`.
///
/// Jennison C, Turnbull BW (2000), Group Sequential Methods, section 7.2.
///
/// \throws invalid_input as `exits` does, when the power is not between 0 and 1, and when no look has an
///   upper boundary
[[nodiscard]] inline drift_result drift_for_power(stopping_boundaries const& bounds,
                                                  std::span<double const> const fractions,
                                                  double const power) {
    detail::require_between_0_and_1("power", power);
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    // Of success and failure the rarer is matched: a small power is no difference from 1.
    auto const excess = [&](double const drift) {
        auto const result = exits(bounds, fractions, drift);
        return power < 0.5 ? std::log(power / result.total_upper())
                           : result.going_on + result.total_lower() + result.total_wedge() - (1 - power);
    };
    // Of single looks the one that reaches the power first.
    auto start = detail::infinity<double>();
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        if (detail::is_finite(bounds.upper[k])) {
            start = (std::min)(start, (bounds.upper[k] + normal::quantile(power)) / std::sqrt(fractions[k]));
        }
    }
    detail::require(detail::is_finite(start), "upper boundary", "finite at some look", start);
    auto const scale = 1 / std::sqrt(fractions.back());
    auto const root = detail::falling_root(excess, start, scale / 10, {scale});
    return {root.value, root.status};
}

/// The same with the fractions written where they are used: `drift_for_power(bounds, {0.5, 1}, 0.9)`.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline drift_result drift_for_power(stopping_boundaries const& bounds,
                                                  std::initializer_list<double> const fractions,
                                                  double const power) {
    return drift_for_power(bounds, std::span<double const>(fractions.begin(), fractions.size()), power);
}

/// The same for the boundaries z and -z of a two-sided error, as `boundaries` returns them. For those of a
/// one-sided error say so: `drift_for_power(stopping_boundaries::upper_only(z), fractions, power)`.
[[nodiscard]] inline drift_result
drift_for_power(std::vector<double> const& z, std::span<double const> const fractions, double const power) {
    return drift_for_power(stopping_boundaries::symmetric(z), fractions, power);
}

/// The same with the fractions written where they are used.
///
/// \throws invalid_input as with a list that has a name
[[nodiscard]] inline drift_result drift_for_power(std::vector<double> const& z,
                                                  std::initializer_list<double> const fractions,
                                                  double const power) {
    return drift_for_power(stopping_boundaries::symmetric(z), fractions, power);
}

template <class Bounds>
ACCRUE_REFUSED("there are no fractions: drift_for_power(boundaries, fractions, power)",
               drift_for_power(Bounds const&, double));

} // namespace accrue
