#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The method-of-moments estimator of tau² with any weights a that do not depend on it:
///
///     Q_a  = sum a (y - mean_a)²,   mean_a = sum a y / sum a
///     tau² = max(0, (Q_a - [sum a v - sum a² v / sum a]) / (sum a - sum a² / sum a))
///
/// equates Q_a to its expectation. `dersimonian_laird` has a = 1/v, `hedges_olkin` a = 1; a = 1/sqrt(v), the
/// default here, is a compromise between those two. Closed form; 0 for a single study.
///
/// DerSimonian & Kacker 2007, Contemp Clin Trials 28:105-114, doi:10.1016/j.cct.2006.04.004; Jackson 2013,
/// Res Synth Methods 4:220-229, doi:10.1002/jrsm.1081.
template <class Weights = inverse_standard_error_weights>
struct generalised_q {
    Weights weights{}; ///< such as `inverse_variance_weights`, `equal_weights` or `user_weights`

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "generalised Q"; }

    template <evidence Evidence>
        requires weighting_for<Weights, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        return detail::moment_estimate(detail::make_quadratic_form(studies, weights).excess());
    }

    /// The standard error of the estimate at tau² for normal effects, sqrt(2 tr (P V)²) / tr P.
    template <evidence Evidence>
        requires weighting_for<Weights, Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::moment_standard_error(studies, weights, tau_squared);
    }
};

template <class Weights>
generalised_q(Weights) -> generalised_q<Weights>;

} // namespace accrue
