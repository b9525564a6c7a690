#pragma once

#include <accrue/real.hpp>

#include <cmath>

namespace accrue {

/// A distribution of tau² as a prior of tau: log density(tau²) + log(2 tau).
///
///     .heterogeneity = on_tau_squared{log_normal{-2.56, 1.74}}
///
/// Published priors are of tau² or of tau; the same numbers mean different things.
template <class Prior>
struct on_tau_squared {
    Prior prior; ///< tau² -> its log density

    /// The log density of tau at tau > 0.
    ///
    /// \throws invalid_input as the prior does
    template <real Real>
    [[nodiscard]] Real operator()(Real const& tau) const {
        return prior(Real(tau * tau)) + log(Real(2 * tau));
    }
    [[nodiscard]] double typical() const
        requires requires(Prior const& p) { p.typical(); }
    {
        return std::sqrt(prior.typical());
    }
    [[nodiscard]] double largest() const
        requires requires(Prior const& p) { p.largest(); }
    {
        return std::sqrt(prior.largest());
    }
};

template <class Prior>
on_tau_squared(Prior) -> on_tau_squared<Prior>;

} // namespace accrue
