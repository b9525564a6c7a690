#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared/detail/in_larger_units.hpp>
#include <accrue/tau_squared/detail/negligible_variance.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The Hartung-Makambi estimator of tau², a smooth and positive relative of DerSimonian and Laird's:
///
///     tau² = Q² / ((2 (k - 1) + Q) (sum w - sum w² / sum w)),   w = 1/v.
///
/// It needs no truncation at 0, and so is biased upwards where there is little heterogeneity. Closed form; 0
/// for a single study or equal effects. Hartung & Makambi 2003, Commun Stat Simul Comput 32:1179-1190,
/// doi:10.1081/SAC-120023884.
struct hartung_makambi {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Hartung-Makambi"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if (detail::should_be_in_larger_units(studies)) [[unlikely]] {
            return detail::in_larger_units(studies, [&](auto const& larger) { return (*this)(larger); });
        }
        Real const negligible = detail::negligible_variance(studies);
        auto const fit = inverse_variance_fit(studies, negligible);
        Real const trace = detail::residual_trace(studies, fit, negligible);
        if (fit.squares <= 0 || trace <= 0) {
            return {Real(0), 0, status::ok};
        }
        Real const expected = 2 * detail::from_count<Real>(fit.degrees_of_freedom()) * fit.unit;
        return detail::moment_estimate(Real(fit.squares / (1 + expected / fit.squares) / trace));
    }

    /// The standard error of the estimate at tau² for normal effects, by the first derivative of the formula
    /// at the expectation of Q: that of `dersimonian_laird` times q (q + 4 (k - 1)) / (q + 2 (k - 1))².
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const
        -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, Real(0));
        Real const twice = 2 * detail::from_count<Real>(fit.degrees_of_freedom());
        Real const expected = twice / 2 + tau_squared / fit.unit * detail::residual_trace(studies, fit);
        // q (q + 2 n) / (q + n)² with n = 2 (k - 1), of a q whose square may be beyond the type
        Real const slope = 1 - detail::square(Real(twice / (expected + twice)));
        return slope * detail::moment_standard_error(studies, inverse_variance_weights{}, tau_squared);
    }
};

} // namespace accrue
