#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The Hunter-Schmidt estimator of tau²: the weighted variance of the effects less that of their errors, with
/// w = 1/v,
///
///     tau² = max(0, (Q - k) / sum w).
///
/// It is biased downwards by about (tau² + 1 / mean w) / k. Closed form. Hunter & Schmidt 2004, Methods of
/// Meta-Analysis, 2nd ed.; Viechtbauer 2005, J Educ Behav Stat 30:261-293, doi:10.3102/10769986030003261.
struct hunter_schmidt {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Hunter-Schmidt"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, Real(0));
        Real const excess = detail::excess(fit, detail::from_count<Real>(fit.k));
        return detail::moment_estimate(Real(excess / fit.weights));
    }

    /// The standard error of the estimate at tau² for normal effects.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const
        -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        auto const weights = inverse_variance_weights{};
        auto const form = detail::make_quadratic_form(studies, weights);
        return detail::quadratic_form_deviation(studies, weights, form, tau_squared) /
               studies.sum(detail::relative_weight_at(studies, Real(0)));
    }
};

/// `hunter_schmidt` with the variance of the effects made unbiased for few studies by the factor k / (k - 1):
///
///     tau² = max(0, (Q k / (k - 1) - k) / sum w).
///
/// 0 for a single study. Brannick, Potter, Benitez & Morris 2019, Organ Res Methods 22:490-514,
/// doi:10.1177/1094428117741966.
struct hunter_schmidt_small_sample {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "small-sample Hunter-Schmidt"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, Real(0));
        if (fit.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        Real const factor =
            detail::from_count<Real>(fit.k) / detail::from_count<Real>(fit.degrees_of_freedom());
        Real const excess = fit.squares * factor - detail::from_count<Real>(fit.k) * fit.unit;
        return detail::moment_estimate(Real(excess / fit.weights));
    }

    /// The standard error of the estimate at tau² for normal effects.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const
        -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        Real const factor =
            detail::from_count<Real>(studies.size()) / detail::from_count<Real>(studies.degrees_of_freedom());
        return factor * hunter_schmidt{}.standard_error(studies, tau_squared);
    }
};

} // namespace accrue
