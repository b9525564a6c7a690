#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/detail/moderated_clusters.hpp>
#include <accrue/dependence/detail/nested_maximum.hpp>
#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/known_mean_evidence.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/detail/refused_regressions.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

namespace accrue {

/// Confidence sets for both variances of a three-level model.
template <real Real>
struct basic_variance_intervals {
    basic_tau_squared_interval<Real> between;
    basic_tau_squared_interval<Real> within;
};

using variance_intervals_by_level = basic_variance_intervals<double>;

/// Profile likelihood sets for both variances of a three-level model: those values of one at which twice the
/// log-likelihood, with the other at its own maximum, is no more than the `level` quantile of chi²(1) below
/// the maximum. Their coverage is approximate, better with `reml`.
///
/// If no cluster has two effects, either set is that of the sum and begins at 0; with one cluster nothing is
/// known of the variance between clusters: all values are possible, status `undefined`. Cheung 2014, Psychol
/// Methods 19:211-229, doi:10.1037/a0032968.
///
/// \throws invalid_input as the model does, and unless 0 < level < 1
template <class Estimator, class Uncertainty, estimates Range, detail::says_clusters Clusters>
[[nodiscard]] auto variance_intervals(three_level<Estimator, Uncertainty> const& model,
                                      Range const& estimates, Clusters const& clusters, double const level)
    -> basic_variance_intervals<detail::range_real<Range>> {
    using Real = detail::range_real<Range>;
    detail::require_between_0_and_1("level", level);
    auto const effects = detail::as_span(estimates);
    auto const groups = detail::clustering_of(clusters, effects.size());
    auto const studies = detail::nested_studies<Real>(effects, groups);
    constexpr bool restricted = detail::is_restricted<Estimator>;
    Real const rise = basic_chi_squared<Real>{Real(1)}.upper_quantile(1 - Real(level));
    auto const best = detail::maximise_nested(studies, model.estimator, restricted);
    auto const search = detail::root_search<Real>{studies.smallest_variance(), Real(1e-12)};
    auto const unknown = detail::unlimited_interval<Real>();

    // With the variance between clusters fixed, the search is along that within.
    auto const deviance_at_between = [&](Real const& between) -> Real {
        auto const fixed = [&](auto const&, Real const&) {
            return basic_tau_squared_estimate<Real>{between, 0, status::ok};
        };
        auto const problem = detail::nested_means<Real, decltype(fixed)>(studies, fixed, restricted,
                                                                         studies.squares_about_mean());
        return detail::nested_search(problem, Real(model.estimator.tolerance)).maximum().deviance;
    };
    // With that within fixed, the clusters' means are a problem of one variance.
    auto const deviance_at_within = [&](Real const& within) -> Real {
        auto const at = studies.means(within);
        auto const means = study_evidence<Real>(at.means);
        return detail::nested_deviance(studies, at, means, model.estimator(means).value, restricted);
    };
    bool const separable = studies.size() > studies.clusters();
    bool const single = studies.clusters() == 1;
    auto const between =
        single ? unknown
               : detail::profile_interval(deviance_at_between, best.between, best.deviance, rise, search);
    if (!separable) {
        // All that is between could be within.
        auto const all =
            single ? unknown
                   : basic_tau_squared_interval<Real>{Real(0), between.upper, true, false, between.status};
        return {all, all};
    }
    return {between, detail::profile_interval(deviance_at_within, best.within, best.deviance, rise, search)};
}

/// The same of a three-level model with moderators. Where the data tell neither variance apart from the
/// other or from the moderators, all values are possible, status `undefined`.
///
/// \throws invalid_input as the model does, and unless 0 < level < 1
template <class Estimator, class Uncertainty, real Real, detail::estimates_of<Real> Range,
          detail::says_clusters Clusters>
[[nodiscard]] basic_variance_intervals<Real>
variance_intervals(three_level<Estimator, Uncertainty> const& model, Range const& estimates,
                   basic_moderators<Real> const& given, Clusters const& clusters, double const level) {
    detail::require_between_0_and_1("level", level);
    auto const evidence = moderated(estimates, given);
    auto const studies = detail::moderated_clusters<Real>(
        evidence, detail::clustering_of(clusters, evidence.size()), detail::is_restricted<Estimator>,
        Real(model.estimator.tolerance), model.estimator.max_iterations);
    auto const fit = model(evidence, clusters);
    auto const unknown = detail::unlimited_interval<Real>();
    if (!detail::is_finite(fit.tau_squared_between)) {
        return {unknown, unknown};
    }
    Real const tolerance(model.estimator.tolerance);
    Real const rise = basic_chi_squared<Real>{Real(1)}.upper_quantile(1 - Real(level));
    Real const least = studies.deviance(fit.tau_squared_within, fit.tau_squared_between);
    auto const search = detail::root_search<Real>{studies.smallest_variance(), Real(1e-12)};
    auto const at_between = [&](Real const& between) -> Real {
        auto const problem = detail::moderated_clusters_at<Real>{studies, between};
        return detail::nested_search(problem, tolerance).maximum().deviance;
    };
    auto const between = detail::profile_interval(at_between, fit.tau_squared_between, least, rise, search);
    if (!studies.separable()) {
        auto const all =
            basic_tau_squared_interval<Real>{Real(0), between.upper, true, false, between.status};
        return {all, all};
    }
    auto const at_within = [&](Real const& within) -> Real {
        return studies.deviance(within, studies.best_between(studies.reduced(within), Real(0)).value);
    };
    return {between, detail::profile_interval(at_within, fit.tau_squared_within, least, rise, search)};
}

/// The profile likelihood interval of a three-level mean: those values at which twice the log-likelihood,
/// with both variances at their own maximum, is no more than the `level` quantile of chi²(1) below the
/// maximum. It allows for the variances' being estimated, and needs no degrees of freedom. It is by the full
/// likelihood whatever the model's estimator is: restricted likelihoods say nothing of means. Hardy &
/// Thompson 1996, Stat Med 15:619-629.
///
/// \throws invalid_input as the model does, and unless 0 < level < 1; and for a single cluster, of which any
/// mean is as likely as any other
template <class Estimator, class Uncertainty, estimates Range, detail::says_clusters Clusters>
[[nodiscard]] auto likelihood_interval(three_level<Estimator, Uncertainty> const& model,
                                       Range const& estimates, Clusters const& clusters, double const level)
    -> basic_interval<detail::range_real<Range>> {
    using Real = detail::range_real<Range>;
    detail::require_between_0_and_1("level", level);
    auto const effects = detail::as_span(estimates);
    auto const groups = detail::clustering_of(clusters, effects.size());
    auto const studies = detail::nested_studies<Real>(effects, groups);
    detail::require_that(groups.count >= 2, "likelihood_interval needs at least two clusters");
    auto const estimator = maximum_likelihood{model.estimator.tolerance, model.estimator.max_iterations};
    auto const best = detail::maximise_nested(studies, estimator, false);
    Real const rise = basic_chi_squared<Real>{Real(1)}.upper_quantile(1 - Real(level));
    Real const centre = unweighted_fit(study_evidence<Real>(effects)).mean;
    auto const excess = [&](Real const& mean) -> Real {
        auto const between = [&](auto const& evidence, Real const& guess) {
            return estimator(evidence, guess);
        };
        auto const view = [&](study_evidence<Real> const& means) {
            return detail::known_mean_evidence<Real>(means, mean);
        };
        Real const squares = studies.squares_about_mean() +
                             detail::from_count<Real>(studies.size()) * detail::square(Real(mean - centre));
        auto const problem = detail::nested_means<Real, decltype(between), decltype(view)>(
            studies, between, false, squares, view);
        return rise -
               (detail::nested_search(problem, Real(estimator.tolerance)).maximum().deviance - best.deviance);
    };
    auto const at = studies.means(best.within);
    auto const fit = inverse_variance_fit(study_evidence<Real>(at.means), best.between);
    Real const standard_error = sqrt(fit.variance());
    // Distances from the mean, in standard errors, either way.
    auto const distance = [&](int const sign) -> Real {
        auto const along = [&](Real const& steps) -> Real {
            return steps > 0 ? excess(Real(fit.mean + sign * steps * standard_error)) : rise;
        };
        return detail::falling_root(along, Real(0), Real(1), {Real(1), Real(1e-12)}).value;
    };
    return {fit.mean - distance(-1) * standard_error, fit.mean + distance(1) * standard_error};
}

} // namespace accrue
