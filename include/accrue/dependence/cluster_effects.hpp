#pragma once

#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/estimate.hpp>
#include <accrue/inference/detail/shrunk_estimate.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <vector>

namespace accrue {

/// The best linear unbiased prediction of each cluster's true mean, mean + u_j: the cluster's own mean,
/// shrunk towards the mean of all by as much as it is uncertain,
///
///     prediction = l ybar + (1 - l) mean,   variance = l/a + (1 - l)² V,
///     l = tau²_between / (tau²_between + 1/a),
///
/// with a = sum 1/(v + tau²_within) over the cluster and V the variance of the mean if both variances are
/// known, as they are taken here. Raudenbush & Bryk 1985, J Educ Stat 10:75-98,
/// doi:10.3102/10769986010002075.
///
/// \return an estimate for each cluster, in the order of first appearance
template <real Real>
[[nodiscard]] std::vector<basic_estimate<Real>> cluster_effects(basic_three_level_fit<Real> const& fit) {
    auto const studies = detail::nested_studies<Real>(fit.estimates, fit.groups);
    auto const at = studies.means(fit.tau_squared_within);
    Real const between = fit.tau_squared_between;
    Real const variance = inverse_variance_fit(study_evidence<Real>(at.means), between).variance();
    auto predictions = std::vector<basic_estimate<Real>>{};
    predictions.reserve(at.means.size());
    for (auto const& own : at.means) {
        predictions.push_back(detail::shrunk_estimate<Real>(own, {fit.effect, variance}, between));
    }
    return predictions;
}

/// The best linear unbiased prediction of each effect's own true value, mean + u_j + w_ij: the effect, shrunk
/// towards the prediction of its cluster,
///
///     prediction = l y + (1 - l) cluster,   variance = l v + (1 - l)² variance of cluster,
///     l = tau²_within / (tau²_within + v).
///
/// \return an estimate for each effect, in the order given
template <real Real>
[[nodiscard]] std::vector<basic_estimate<Real>> study_effects(basic_three_level_fit<Real> const& fit) {
    auto const clusters = cluster_effects(fit);
    auto predictions = std::vector<basic_estimate<Real>>{};
    predictions.reserve(fit.estimates.size());
    for (std::size_t i = 0; i < fit.estimates.size(); ++i) {
        predictions.push_back(
            detail::shrunk_estimate(fit.estimates[i], clusters[fit.groups.of[i]], fit.tau_squared_within));
    }
    return predictions;
}

} // namespace accrue
