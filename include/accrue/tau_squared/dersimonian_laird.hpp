#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/detail/negligible_variance.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The moment estimator of tau² from Cochran's Q with the common-effect weights w = 1/v:
///
///     tau² = max(0, (Q - (k - 1)) / (sum w - sum w² / sum w))
///
/// It equates Q to its expectation under the random-effects model. Closed form; 0 for a single study.
/// DerSimonian & Laird 1986, Control Clin Trials 7:177-188, doi:10.1016/0197-2456(86)90046-2.
struct dersimonian_laird {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "DerSimonian-Laird"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        Real const negligible = detail::negligible_variance(studies);
        auto const fit = inverse_variance_fit(studies, negligible);
        Real const excess = detail::excess(fit, detail::from_count<Real>(fit.degrees_of_freedom()));
        return excess <= 0
                   ? detail::moment_estimate(Real(0)) // also of a single study
                   : detail::moment_estimate(Real(excess / detail::residual_trace(studies, fit, negligible)));
    }

    /// The standard error of the estimate at tau² for normal effects, sqrt(2 tr (P V)²) / tr P.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::moment_standard_error(studies, inverse_variance_weights{}, tau_squared);
    }
};

} // namespace accrue
