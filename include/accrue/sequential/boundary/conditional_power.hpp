#pragma once

#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace accrue {

namespace detail {

inline void require_look_before_last(std::size_t const look, std::size_t const looks) {
    if (look + 1 >= looks) {
        throw invalid_input("look (counted from 0) must come before the last of the " +
                            std::to_string(looks) + " looks, but is " + std::to_string(look));
    }
}

} // namespace detail

/// How a trial will end, given the statistic `z` at look `look` (counted from zero) and a drift from there
/// on: the exit probabilities of the looks after it. `fractions` and `bounds` are those of all looks.
///
/// \throws invalid_input as `exits` does, when z is not finite, and when no look follows
[[nodiscard]] inline exit_probabilities conditional_exits(stopping_boundaries const& bounds,
                                                          std::span<double const> const fractions,
                                                          std::size_t const look, double const z,
                                                          double const drift) {
    detail::require_fractions(fractions);
    detail::require_boundaries(bounds, fractions.size());
    detail::require_finite("z", z);
    detail::require_finite("drift", drift);
    detail::require_look_before_last(look, fractions.size());
    auto const remaining = fractions.subspan(look + 1);
    return detail::exits_of(bounds, look + 1, remaining, drift, fractions[look],
                            z * std::sqrt(fractions[look]));
}

/// The conditional power: the probability of stopping at the upper boundary at a later look, given `z` at
/// look `look` and a drift. Common choices of the drift are the planned one, none, and the current trend
/// z / sqrt(t). With a single look to come it is Phi((z sqrt(t) + drift (t_K - t) - b_K sqrt(t_K)) /
/// sqrt(t_K - t)).
///
/// Lan KKG, Simon R, Halperin M (1982), Commun Stat C 1:207-219.
///
/// \throws invalid_input as `conditional_exits` does
[[nodiscard]] inline double conditional_power(stopping_boundaries const& bounds,
                                              std::span<double const> const fractions, std::size_t const look,
                                              double const z, double const drift) {
    return conditional_exits(bounds, fractions, look, z, drift).total_upper();
}

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    conditional_exits(Z const&, Rest const&...));

template <detail::critical_values Z, class... Rest>
ACCRUE_REFUSED(
    "these are the critical values of one side: pass efficacy_boundaries(error, spending, fractions)",
    conditional_power(Z const&, Rest const&...));

} // namespace accrue
