#pragma once

#include <accrue/bayes/flat_prior.hpp>
#include <accrue/bayes/half_normal.hpp>
#include <accrue/bayes/heterogeneity_prior.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/bayes/posterior.hpp>
#include <accrue/evidence/evidence.hpp>

#include <iterator>
#include <type_traits>
#include <vector>

namespace accrue {

/// The Bayesian random-effects model y_i ~ N(mean, v_i + tau²), with a normal, flat or known prior of the
/// mean and any prior of tau.
///
///     auto const after = bayesian_random_effects{.mean = normal_prior{0, 2.8},
///                                                .heterogeneity = half_normal{0.5}}(estimates);
///
/// Given tau, everything is normal; what is left is an integral over tau, which is computed to 12 digits and
/// more. There is no sampling, no burn-in and no seed. Röver 2020, doi:10.18637/jss.v093.i06, describes the
/// approach.
///
/// With W = sum 1/(v + tau²), y the weighted mean and Q the weighted squares about it, the density of the
/// studies at tau is for the prior N(m, g²) of the mean
///
///     -1/2 [ sum ln 2 pi (v + tau²) + ln(1 + g²W) + Q + W (y - m)² / (1 + g²W) ].
///
/// With few studies the prior of tau decides much: with three studies, say how much, by giving the posterior
/// under two priors. See `heterogeneity_prior_for` for those that there are, and for your own.
template <class MeanPrior = flat_prior, class TauPrior = half_normal>
struct bayesian_random_effects {
    MeanPrior mean{};       ///< `normal_prior`, `flat_prior` or `point_prior`
    TauPrior heterogeneity; ///< of tau: `half_normal`, ..., `on_tau_squared`, `point_prior` or your own

    /// The posterior after the studies: any contiguous range of estimates, or other evidence, which then
    /// knows no single study.
    ///
    /// \throws invalid_input as `pool` does, and for options of the priors that mean nothing
    template <class Range>
    [[nodiscard]] auto operator()(Range const& estimates) const {
        if constexpr (evidence<Range>) {
            using Real = typename Range::real_type;
            return basic_posterior<Range, MeanPrior, TauPrior, Real>(estimates, mean, heterogeneity);
        } else {
            using Real = detail::range_real<Range>;
            auto const first = std::data(estimates);
            auto studies = std::vector<basic_estimate<Real>>(first, first + std::size(estimates));
            return basic_posterior<std::vector<basic_estimate<Real>>, MeanPrior, TauPrior, Real>(
                std::move(studies), mean, heterogeneity);
        }
    }
};

template <class MeanPrior, class TauPrior>
bayesian_random_effects(MeanPrior, TauPrior) -> bayesian_random_effects<MeanPrior, TauPrior>;

} // namespace accrue
