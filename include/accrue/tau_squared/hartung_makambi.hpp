#pragma once

#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

namespace accrue {

/// The Hartung-Makambi estimator of tau², a smooth and positive relative of DerSimonian and Laird's:
///
///     tau² = Q² / ((2 (k - 1) + Q) (sum w - sum w² / sum w)),   w = 1/v.
///
/// It needs no truncation at 0, and so is biased upwards where there is little heterogeneity. Closed form; 0
/// for a single study or equal effects. Hartung & Makambi 2003, Commun Stat Simul Comput 32:1179-1190,
/// doi:10.1081/SAC-120023884.
struct hartung_makambi {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const
        -> basic_tau_squared_estimate<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, Real(0));
        Real const trace = detail::residual_trace(studies, fit);
        if (!(fit.squares > 0 && trace > 0)) {
            return {Real(0), 0, status::ok};
        }
        Real const expected = 2 * detail::from_count<Real>(fit.degrees_of_freedom()) * fit.unit;
        return {fit.squares / (1 + expected / fit.squares) / trace, 0, status::ok};
    }
};

} // namespace accrue
