#pragma once

#include <accrue/evidence.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

namespace accrue {

/// The moment estimator of tau² from Cochran's Q with the common-effect weights w = 1/v:
///
///     tau² = max(0, (Q - (k - 1)) / (sum w - sum w² / sum w))
///
/// It equates Q to its expectation under the random-effects model. Closed form; 0 for a single study.
/// DerSimonian & Laird 1986, Control Clin Trials 7:177-188, doi:10.1016/0197-2456(86)90046-2.
struct dersimonian_laird {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const
        -> basic_tau_squared_estimate<typename Evidence::real_type> {
        using Real = typename Evidence::real_type;
        auto const fit = inverse_variance_fit(studies, Real(0));
        Real const excess = fit.squares - detail::from_count<Real>(fit.k - 1) * fit.unit;
        return {excess > 0 ? Real(excess / fit.trace()) : Real(0), 0, status::ok};
    }
};

} // namespace accrue
