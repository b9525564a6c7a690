#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/flat_prior.hpp>
#include <accrue/bayes/mean_prior.hpp>
#include <accrue/bayes/posterior.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/refused.hpp>

#include <concepts>
#include <iterator>
#include <vector>

namespace accrue {

/// The Bayesian random-effects model y_i ~ N(mean, v_i + tau²), with a normal, flat or known prior of the
/// mean and any prior of tau.
///
///     auto const after = bayesian_random_effects{.mean = normal_prior{0, 2.8},
///                                                .heterogeneity = half_normal{0.5}}(estimates);
///
/// Given tau, everything is normal; what is left is an integral over tau, which is computed to 12 digits and
/// more for smooth priors (`heterogeneity_prior_for`). There is no sampling, no burn-in and no seed. Röver
/// 2020, doi:10.18637/jss.v093.i06, describes the approach.
///
/// With W = sum 1/(v + tau²), y the weighted mean and Q the weighted squares about it, the density of the
/// studies at tau is for the prior N(m, g²) of the mean
///
///     -1/2 [ sum ln 2 pi (v + tau²) + ln(1 + g²W) + Q + W (y - m)² / (1 + g²W) ].
///
/// With few studies the prior of tau decides much: with three studies, say how much, by giving the posterior
/// under two priors. See `heterogeneity_prior_for` for those that there are, and for your own.
///
/// It computes in `double`. With more digits `basic_posterior` takes the priors as they are:
/// `basic_posterior(studies, normal_prior{0, 2.8}, half_normal{0.5})` for estimates of any `real`.
struct bayesian_random_effects {
    mean_prior mean = flat_prior{};        ///< `normal_prior`, `flat_prior` or `point_prior`
    any_heterogeneity_prior heterogeneity; ///< of tau: `half_normal`, ..., `point_prior` or your own

    /// The posterior after the studies.
    ///
    /// \throws invalid_input when there is no study, an effect or variance is unusable, and for options of
    /// the priors that mean nothing
    template <estimates Range>
        requires std::same_as<detail::range_real<Range>, double>
    [[nodiscard]] random_effects_posterior operator()(Range const& estimates) const {
        auto const* const first = std::data(estimates);
        return {std::vector<estimate>(first, first + std::size(estimates)), mean, heterogeneity};
    }
    template <estimates Range>
        requires(!std::same_as<detail::range_real<Range>, double>)
    ACCRUE_REFUSED(
        "this computes in double: basic_posterior(studies, normal_prior{0, 2.8}, half_normal{0.5}) "
        "takes studies of other types",
        operator()(Range const&) const);

    /// The posterior after other evidence, such as an accumulator, which knows no single study.
    template <evidence_with_mean Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const {
        return basic_posterior<Evidence, mean_prior, any_heterogeneity_prior, double>(studies, mean,
                                                                                      heterogeneity);
    }
    template <evidence Evidence>
        requires(!evidence_with_mean<Evidence>)
    ACCRUE_REFUSED("a posterior is of one mean: not of groups, nor of studies with moderators",
                   operator()(Evidence const&) const);
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);
};

} // namespace accrue
