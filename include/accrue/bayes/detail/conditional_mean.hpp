#pragma once

#include <accrue/bayes/detail/log_one_plus_square.hpp>
#include <accrue/bayes/flat_prior.hpp>
#include <accrue/bayes/mean_prior.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/bayes/point_prior.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>

#include <variant>

namespace accrue::detail {

/// What the studies say at one tau: their log marginal likelihood, and the normal posterior of the mean.
template <real Real>
struct at_one_tau {
    Real log_likelihood;
    Real mean;
    Real sd;
};

inline void check(normal_prior const& prior) {
    require_finite("mean of the prior", prior.mean);
    require_positive("sd of the prior", prior.sd);
}
inline void check(flat_prior const&) {}
inline void check(point_prior const& prior) {
    require_finite("value of the prior", prior.value);
}

/// The normal prior N(m0, g²) meets a fit with mean y, weights that sum to W: with d = y - m0 the
/// log-likelihood gains -1/2 ln(1 + g²W) - 1/2 W d² / (1 + g²W), in which nothing cancels. The mean is told
/// from the nearer of m0 and y, of which it keeps the distance, and its sd from the lesser of g and 1 /
/// sqrt(W), as g² may be no number of the type.
template <class Real>
[[nodiscard]] at_one_tau<Real> update(normal_prior const& prior, weighted_fit<Real> const& fit) {
    Real const sd(prior.sd);
    Real const alone = sqrt(fit.unit) / sqrt(fit.weights);
    Real const root = sd / alone;
    Real const gain = square(root);
    Real const shift = (fit.mean - Real(prior.mean)) / (1 + gain);
    Real const misfit = (fit.mean - Real(prior.mean)) * (fit.weights / fit.unit) * shift;
    Real const log_likelihood = -(log_one_plus_square(root) + misfit) / 2;
    if (gain < 1) {
        return {log_likelihood, Real(Real(prior.mean) + shift * gain), Real(sd / sqrt(Real(1 + gain)))};
    }
    return {log_likelihood, Real(fit.mean - shift), Real(alone / sqrt(Real(1 + square(Real(1 / root)))))};
}

template <class Real>
[[nodiscard]] at_one_tau<Real> update(flat_prior const&, weighted_fit<Real> const& fit) {
    Real const two_pi = 8 * atan(Real(1));
    return {(log(two_pi) - fit.log_information()) / 2, fit.mean, Real(sqrt(fit.variance()))};
}

template <class Real>
[[nodiscard]] at_one_tau<Real> update(point_prior const& prior, weighted_fit<Real> const& fit) {
    Real const value(prior.value);
    return {-square(Real(fit.mean - value)) * (fit.weights / fit.unit) / 2, value, Real(0)};
}

inline void check(mean_prior const& prior) {
    std::visit([](auto const& alternative) { check(alternative); }, prior);
}

template <class Real>
[[nodiscard]] at_one_tau<Real> update(mean_prior const& prior, weighted_fit<Real> const& fit) {
    return std::visit([&](auto const& alternative) { return update(alternative, fit); }, prior);
}

/// Whether the prior leaves the mean's spread to the studies alone.
inline bool is_flat(mean_prior const& prior) {
    return std::holds_alternative<flat_prior>(prior);
}

/// ln m(tau) = -1/2 sum ln(2 pi (v + tau²)) - Q/2 + what the prior of the mean adds; mean | tau is normal.
template <evidence Evidence, class MeanPrior>
[[nodiscard]] auto condition(Evidence const& studies, MeanPrior const& prior,
                             typename Evidence::real_type const& tau)
    -> at_one_tau<typename Evidence::real_type> {
    using Real = typename Evidence::real_type;
    Real const two_pi = 8 * atan(Real(1));
    Real const tau_squared = tau * tau;
    auto const fit = inverse_variance_fit(studies, tau_squared);
    auto result = update(prior, fit);
    Real const log_variances =
        studies.sum([&](Real const& variance) { return Real(log(Real(two_pi * (variance + tau_squared)))); });
    result.log_likelihood = result.log_likelihood - (log_variances + fit.q()) / 2;
    return result;
}

} // namespace accrue::detail
