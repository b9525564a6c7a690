#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/detail/moderated_clusters.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/meta_regression.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// What a three-level model with moderators says of effects in clusters. It is a `regression`: `predict`,
/// `omnibus_test`, `moderator_test`, `contrast_test`, `confidence_intervals`, `p_values`, `marginal_means`
/// and whatever else takes one can be applied to it. `tau_squared` is the sum of both variances, that of a
/// new effect in a new cluster at given moderators.
///
/// The effects that it was fitted to are kept, since predictions and robust variances need them.
template <real Real>
struct basic_three_level_regression : basic_regression<Real> {
    Real tau_squared_between; ///< variance of clusters beyond the moderators, in squared units of the effect
    Real tau_squared_within;  ///< variance of true effects about their cluster's
    std::size_t clusters;     ///< number of clusters; `k` is the number of effects
    Real log_likelihood;      ///< at the maximum; restricted if the estimator is `reml`
    std::vector<basic_estimate<Real>> estimates; ///< the effects, in the order given
    basic_design_matrix<Real> design;            ///< their moderators
    clustering groups;                           ///< which of them belong together
};

using three_level_regression = basic_three_level_regression<double>;

namespace detail {

/// What the model predicts: clusters beyond their moderators, and effects.
template <real Real>
struct nested_predictions {
    std::vector<basic_estimate<Real>> clusters;
    std::vector<basic_estimate<Real>> studies;
};

template <real Real>
[[nodiscard]] nested_predictions<Real> predictions_of(basic_three_level_regression<Real> const& fit) {
    auto const evidence =
        moderated_evidence<Real>(std::span<basic_estimate<Real> const>(fit.estimates), fit.design);
    auto const studies = moderated_clusters<Real>(evidence, fit.groups, false, Real(1), 1);
    Real const between = fit.tau_squared_between;
    Real const within = fit.tau_squared_within;
    auto const at = studies.reduced(within);
    auto const projection = at.projection(between);
    matrix<Real> root = inverse_triangle(triangle_of(projection));
    auto const coefficients =
        basis_coefficients(std::vector<Real>(studies.coefficients(), Real(0)), projection, root);
    root *= Real(sqrt(Real(at.least + between)));
    auto const p = index(studies.coefficients());
    // x'Cx of a row in the basis
    auto const variance_of = [&](auto const& entry) -> Real {
        Real total(0);
        for (Eigen::Index c = 0; c < p; ++c) {
            Real part(0);
            for (Eigen::Index l = 0; l <= c; ++l) {
                part += entry(l) * root(l, c);
            }
            total += part * part;
        }
        return total;
    };
    auto result = nested_predictions<Real>{{}, std::vector<basic_estimate<Real>>(fit.estimates.size())};
    for (std::size_t j = 0; j < at.clusters; ++j) {
        Real const own = at.variances[j];
        Real const share = between / (between + own);
        Real const shrunk = share * (at.effects[j] - studies.fitted_mean(at, j, coefficients));
        Real const rest = own / (between + own) * between;
        auto const mean = [&](Eigen::Index const l) -> Real { return share * at.rows(index(j), l); };
        result.clusters.push_back({shrunk, rest + variance_of(mean)});
        for (std::size_t i = studies.first(j); i < studies.end(j); ++i) {
            auto const& [effect, variance] = fit.estimates[studies.place(i)];
            Real const kept = within / (within + variance);
            Real const lost = variance / (within + variance);
            // What the unweighted fit took out of the effect is in the difference of both.
            Real const left = studies.effect(i) - studies.fitted(i, coefficients) - shrunk;
            auto const row = [&](Eigen::Index const l) -> Real {
                return studies.row(i, static_cast<std::size_t>(l)) - mean(l);
            };
            result.studies[studies.place(i)] = {effect - lost * left,
                                                kept * variance + lost * lost * (rest + variance_of(row))};
        }
    }
    return result;
}

} // namespace detail

/// The best linear unbiased prediction of what each cluster's true mean is beyond its moderators, u_j: the
/// difference of the cluster's own mean from the regression, shrunk by as much as it is uncertain, with the
/// variance of its error if both variances are known. Without moderators `cluster_effects` adds the mean.
/// Henderson 1975, Biometrics 31:423-447, doi:10.2307/2529430.
///
/// \return an estimate for each cluster, in the order of first appearance
template <real Real>
[[nodiscard]] std::vector<basic_estimate<Real>>
cluster_deviations(basic_three_level_regression<Real> const& fit) {
    return detail::predictions_of(fit).clusters;
}

/// The best linear unbiased prediction of each effect's own true value, x'b + u_j + w_ij: the effect, shrunk
/// towards the regression and its cluster's deviation from it.
///
/// \return an estimate for each effect, in the order given
template <real Real>
[[nodiscard]] std::vector<basic_estimate<Real>> study_effects(basic_three_level_regression<Real> const& fit) {
    return detail::predictions_of(fit).studies;
}

} // namespace accrue
