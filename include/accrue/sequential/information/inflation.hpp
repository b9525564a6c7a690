#pragma once

#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/information/information_adjustment.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <span>

namespace accrue {

/// By how much a design with looks at the given fractions must grow to reach the power of one with a single
/// look: (drift / (z_alpha + z_power))², where the drift gives the power with the boundaries. Without looks
/// it is 1; for O'Brien-Fleming spending it is a few per cent, for Pocock's 20 to 30.
///
/// Fractions are of the size that has grown, at which the drift is the expected Z. So one that ends before it
/// grows by more, and one that ends beyond it by less, but by 1 at least.
///
/// Jennison & Turnbull 2000, Group Sequential Methods, section 2.3.
///
/// \param error `two_sided` or `one_sided`
/// \param fractions of the planned looks; the last is the end of the trial
/// \throws invalid_input when the error, the power, the spending function or the fractions are unusable, and
///   when the power is not above the error
template <single_error Error, spending_function Spending>
[[nodiscard]] inflation_for_looks inflation_for(Error const& error, Spending const& spending,
                                                double const power, std::span<double const> const fractions) {
    detail::require_between_0_and_1("power", power);
    detail::require(power > error.per_side(), "power", "above the error", power);
    auto const drift = drift_for_power(efficacy_boundaries(error, spending, fractions), fractions, power);
    // No test needs less than that with a single look: what is below is rounding, or lies beyond the size.
    return {(std::max)(drift.inflation(error.per_side(), power), 1.0)};
}

} // namespace accrue
