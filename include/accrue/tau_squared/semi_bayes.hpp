#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/tau_squared/detail/exponential_mean.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The inverse gamma distribution as a prior for tau²: density proportional to tau²^(-shape - 1) exp(-scale /
/// tau²). Its mode is scale / (shape + 1), its mean scale / (shape - 1).
struct inverse_gamma_prior {
    double shape; ///< above 1, so that there is a mean
    double scale; ///< positive, in squared units of the effect

    /// The log density of tau², up to a constant.
    ///
    /// \throws invalid_input unless shape is above 1 and scale positive
    template <real Real>
    [[nodiscard]] Real operator()(Real const& tau_squared) const {
        detail::require(shape > 1 && detail::is_finite(shape), "shape", "above 1 and finite", shape);
        detail::require_positive("scale", scale);
        return -(Real(shape) + 1) * log(tau_squared) - Real(scale) / tau_squared;
    }
};

/// The log-normal distribution as a prior for tau²: log tau² ~ N(mean, sd²). Predictive distributions from
/// thousands of meta-analyses, by outcome and comparison, have this form (Turner et al. 2012, Int J Epidemiol
/// 41:818-827, doi:10.1093/ije/dys041).
struct log_normal_prior {
    double mean; ///< of log tau²
    double sd;   ///< of log tau², positive

    /// The log density of tau², up to a constant.
    ///
    /// \throws invalid_input unless mean is finite and sd positive
    template <real Real>
    [[nodiscard]] Real operator()(Real const& tau_squared) const {
        detail::require_finite("mean", mean);
        detail::require_positive("sd", sd);
        Real const logarithm = log(tau_squared);
        return -logarithm - detail::square(Real((logarithm - Real(mean)) / Real(sd))) / 2;
    }
};

namespace detail {

template <real Real>
[[nodiscard]] Real prior_mean(inverse_gamma_prior const& prior) {
    return Real(prior.scale) / (Real(prior.shape) - 1);
}

template <real Real>
[[nodiscard]] Real prior_mean(log_normal_prior const& prior) {
    return exp(Real(Real(prior.mean) + square(Real(prior.sd)) / 2));
}

} // namespace detail

/// The posterior mean of tau² under an informative prior, with the effect treated as in any other model
/// ('semi-Bayes').
///
/// With few trials the data say next to nothing about tau²: classical estimators are often 0, and monitoring
/// stops far too often. A prior from earlier meta-analyses of the field gives the first looks a plausible
/// tau², and later trials overrule it. The posterior density is the prior's times the restricted likelihood
/// (see `reml`). Its mean is computed by the trapezoidal rule in log tau², which converges exponentially for
/// such integrands. With one trial it is the prior's mean.
///
/// Higgins, Whitehead & Simmonds 2011, Stat Med 30:903-921, doi:10.1002/sim.4088, propose the approach and
/// approximate the update in closed form; here it is exact.
template <class Prior = inverse_gamma_prior>
struct semi_bayes {
    Prior prior; ///< tau² -> log density, up to a constant

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "semi-Bayes"; }

    /// \throws invalid_input as the prior does
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if constexpr (requires { detail::prior_mean<Real>(prior); }) {
            if (studies.degrees_of_freedom() == 0) {
                (void)prior(Real(1)); // refuses what is no prior
                return detail::moment_estimate(detail::prior_mean<Real>(prior));
            }
        }
        int passes = 0;
        // With respect to log tau², hence the Jacobian; times tau², which the mean integrates.
        auto const log_integrand = [&](Real const& log_tau_squared) -> Real {
            ++passes;
            Real const tau_squared = exp(log_tau_squared);
            return prior(tau_squared) + 2 * log_tau_squared + restricted_log_likelihood(studies, tau_squared);
        };
        Real const start = log(studies.smallest_variance());
        auto const mass = detail::exponential_mean(log_integrand, start);
        return detail::moment_estimate(mass.value, passes,
                                       mass.converged ? status::ok : status::not_converged);
    }
};

semi_bayes(inverse_gamma_prior) -> semi_bayes<inverse_gamma_prior>;
template <class Prior>
semi_bayes(Prior) -> semi_bayes<Prior>;

} // namespace accrue
