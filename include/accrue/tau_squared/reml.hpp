#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/tau_squared/detail/in_larger_units.hpp>
#include <accrue/tau_squared/detail/likelihood_maximum.hpp>
#include <accrue/tau_squared/detail/score_cubes.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The restricted maximum likelihood estimator of tau²: the global maximum over tau² >= 0 of
///
///     -1/2 [ sum log(v + tau²) + log sum w + sum w (y - mean)² ],   w = 1/(v + tau²),
///
/// the likelihood of the contrasts between studies. Its score is zero where sum w² (y - mean)² = tr P. Unlike
/// Fisher scoring it can neither diverge nor stop at a lesser of several maxima: see
/// `detail::likelihood_maximum`.
///
/// Harville 1977, J Am Stat Assoc 72:320-338, doi:10.1080/01621459.1977.10480998; Raudenbush 2009, in Cooper,
/// Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis, 2nd ed., 295-315.
struct reml {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "REML"; }

    /// \param guess the estimate from nearly the same studies, if there is one; it saves time and changes the
    /// result by no more than the tolerance
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies,
                                  real_t<Evidence> const& guess = real_t<Evidence>(0)) const
        -> tau_squared_estimate_of<Evidence>;

    /// The likelihood that the estimate maximises, at tau².
    template <evidence Evidence>
    [[nodiscard]] static auto log_likelihood(Evidence const& studies, real_t<Evidence> const& tau_squared) {
        return restricted_log_likelihood(studies, tau_squared);
    }

    /// The asymptotic standard error at tau² from the expected information, sqrt(2 / tr PP).
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const
        -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        Real const at = tau_squared + detail::negligible_variance(studies);
        auto const fit = inverse_variance_fit(studies, at);
        return fit.unit * sqrt(Real(2 / detail::residual_squared_trace(studies, fit, at)));
    }
};

template <evidence Evidence>
auto reml::operator()(Evidence const& studies, real_t<Evidence> const& guess) const
    -> tau_squared_estimate_of<Evidence> {
    using Real = real_t<Evidence>;
    if (studies.degrees_of_freedom() == 0) {
        return {Real(0), 0, status::ok}; // there are no contrasts: the likelihood is constant
    }
    if (detail::should_be_in_larger_units(studies)) [[unlikely]] {
        return detail::in_larger_units(studies, [&](auto const& larger) { return (*this)(larger); });
    }
    auto const terms = [&](Real const& tau_squared) -> detail::score_terms<Real> {
        auto const fit = inverse_variance_fit(studies, tau_squared);
        Real const trace = detail::residual_trace(studies, fit, tau_squared);
        // tr PP is at least (tr P)² / (k - 1); the bound stands in where an accumulator's difference has
        // cancelled.
        Real const squared_trace =
            detail::at_least(Real(trace * trace / detail::from_count<Real>(fit.degrees_of_freedom())),
                             detail::residual_squared_trace(studies, fit, tau_squared));
        return {tau_squared,
                fit.unit,
                fit.score_squares(),
                trace,
                detail::score_cubes(fit),
                squared_trace,
                detail::excess(fit, detail::from_count<Real>(fit.degrees_of_freedom())),
                fit.q()};
    };
    return detail::likelihood_maximum(studies, *this, terms, guess);
}

ACCRUE_HELD_BY_THE_LIBRARY(auto reml::operator()(study_evidence<double> const&, double const&)
                               const->tau_squared_estimate);

} // namespace accrue
