#pragma once

#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/three_level_regression.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <utility>

namespace accrue {

/// The design matrix of moderators, for `hierarchical_effects`: a row for each of `studies` effects, columns
/// in the order of `moderators`, an intercept first unless it was taken away.
///
/// \throws invalid_input when a moderator has not a value for each study, or columns depend on each other
[[nodiscard]] inline Eigen::MatrixXd design_of(moderators const& given, std::size_t const studies) {
    return given.design(studies).columns();
}

/// The linear model that a meta-regression is: independent effects with variances v + tau².
///
/// \param fit of `meta_regression`
/// \param studies the estimates that it was fitted to
/// \param given the moderators that it was fitted with
/// \throws invalid_input as `meta_regression` does, and when these are not the moderators of the regression
template <estimates Range>
[[nodiscard]] linear_fit working_model(regression const& fit, Range const& studies, moderators const& given) {
    fit.terms.require_same(given.terms());
    auto model = working_model(pooled{0, 1, fit.tau_squared, 0, fit.k, fit.status}, studies);
    model.design = design_of(given, static_cast<std::size_t>(model.effects.size()));
    return model;
}

/// `cluster_robust` of a meta-regression, in the order of its coefficients.
///
/// \throws invalid_input also where these are not the studies that it was fitted to, or its model is another,
/// such as `three_level` or one of selection
template <estimates Range, detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_coefficients cluster_robust(regression const& fit, Range const& studies,
                                                 moderators const& given, Clusters const& clusters,
                                                 Correction const& correction = {}) {
    auto robust = cluster_robust(working_model(fit, studies, given), clusters, correction);
    return detail::of_model(fit.status, detail::of_the_same(fit.coefficients, std::move(robust)));
}

/// The linear model that a three-level one with moderators is: in each cluster the covariance tau²_between,
/// with v + tau²_within added on the diagonal.
[[nodiscard]] inline linear_fit working_model(three_level_regression const& fit) {
    auto model = detail::nested_working_model(fit.estimates, fit.groups, fit.tau_squared_between,
                                              fit.tau_squared_within);
    model.design = fit.design.columns();
    return model;
}

/// `cluster_robust` of a three-level model with moderators, in the order of its coefficients.
template <detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_coefficients cluster_robust(three_level_regression const& fit, Clusters const& clusters,
                                                 Correction const& correction = {}) {
    return detail::of_model(fit.status, cluster_robust(working_model(fit), clusters, correction));
}

} // namespace accrue
