#pragma once

#include <accrue/real.hpp>

#include <concepts>

namespace accrue::detail {

/// Weights 1/(variance + tau²), relative to that of a study with variance + tau² = unit, of one variance or
/// of a pack of them.
template <real Real>
struct inverse_variance_weight {
    using elementwise = void; ///< marks functions that may be called with a pack

    Real unit;
    Real tau_squared;

    template <class Number>
    [[nodiscard, gnu::always_inline]] Number operator()(Number const& variance) const {
        return unit / (variance + tau_squared);
    }
};

/// Whether sums of such weights may be taken a pack at a time.
template <class Real, class Weight>
inline constexpr bool takes_packs = std::same_as<Real, double> && requires { typename Weight::elementwise; };

} // namespace accrue::detail
