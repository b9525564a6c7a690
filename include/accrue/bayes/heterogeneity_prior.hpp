#pragma once

#include <accrue/real.hpp>

#include <concepts>

namespace accrue {

/// What is believed of tau, the standard deviation of the studies' true effects, before the studies are seen:
/// a callable value from tau > 0 to the natural logarithm of its density, in units of one over the effect's.
///
///     // exponential with mean 0.3
///     auto const mine = [](auto const& tau) { return -tau / 0.3 - std::log(0.3); };
///
/// `half_normal`, `half_cauchy`, `half_student_t`, `exponential`, `uniform`, `log_normal`, `log_student_t`
/// and `inverse_gamma` are; `on_tau_squared` turns a density of tau² into one of tau; `point_prior` is tau
/// known. The density should integrate to 1: a constant factor changes nothing but the marginal likelihood
/// (`universal_inference` bets by it, and refuses one that integrates to more). It should be smooth: a part
/// of a mixture that is narrower than a fifth of its tau may lie between the nodes of the quadrature and be
/// lost, with nothing to tell of it. Fit such a part as a model of its own, and weigh the two by their
/// marginal likelihoods. Two members are used if they are there: `typical()`, a value in the bulk of the
/// density, where integration starts (needed for a density that is concentrated far from the scale of the
/// data), and `largest()`, the largest tau with a density above 0.
template <class Prior, class Real>
concept heterogeneity_prior_for = real<Real> && requires(Prior const& prior, Real const& tau) {
    { prior(tau) } -> std::convertible_to<Real>;
};

} // namespace accrue
