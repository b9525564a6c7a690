#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace accrue {

/// The repeated confidence interval at a look: estimate ± boundary x standard error. The intervals of all
/// looks cover the effect together with the confidence that the boundaries were made for, whether or not the
/// trial stops; one excludes no effect exactly when Z is beyond the boundary. Infinite where the boundary is.
///
/// Jennison C, Turnbull BW (1989), J R Stat Soc B 51:305-361.
///
/// \param effect the estimate, on the analysis scale, with its standard error
/// \param boundary the critical Z of the look, or infinity where it has none
/// \throws invalid_input unless the effect is finite, and the standard error and the boundary are positive
[[nodiscard]] inline interval repeated_confidence_interval(double const effect, double const standard_error,
                                                           double const boundary) {
    detail::require_finite("effect", effect);
    detail::require_positive("standard error", standard_error);
    detail::require(boundary > 0, "boundary", "positive", boundary);
    return {effect - boundary * standard_error, effect + boundary * standard_error};
}

/// The repeated p-value at the last of the given looks: the error at which its boundary would be just at |z|
/// (at z for a one-sided error); 0 where it is below 1e-307. `Error` is `two_sided` or `one_sided`:
/// `repeated_p_value<two_sided>(lan_demets_pocock{}, fractions, 2.7)`. The smallest over the looks so far is
/// the sequential p-value, the smallest error at which the trial would have stopped.
///
/// Jennison & Turnbull (2000), section 9.4; Liu Q, Anderson KM (2008), J Am Stat Assoc 103:1621-1630.
///
/// \throws invalid_input when z is not finite or the fractions do not rise
template <single_error Error, spending_function Spending>
[[nodiscard]] double repeated_p_value(Spending const& spending, std::span<double const> const fractions,
                                      double const z) {
    detail::require_fractions(fractions);
    detail::require_finite("z", z);
    auto const target = Error::is_symmetric ? std::abs(z) : z;
    // In the logarithm of the error a boundary falls almost along a straight line.
    constexpr auto largest = 1 - 1e-9;
    constexpr auto smallest = 1e-307;
    auto const excess = [&](double const log_error) {
        auto const error = (std::clamp)(std::exp(log_error), smallest, largest);
        return boundaries(Error{error}, spending, fractions).back() - target;
    };
    if (excess(std::log(largest)) >= 0) {
        return 1;
    }
    if (normal::survival(target) < smallest || !(excess(std::log(smallest)) > 0)) {
        return 0;
    }
    auto const tail = (Error::is_symmetric ? 2 : 1) * normal::survival(target);
    auto const start = std::log((std::max)(tail, smallest));
    return (std::min)(1.0, std::exp(detail::falling_root(excess, start, 0.5, {1}).value));
}

} // namespace accrue
