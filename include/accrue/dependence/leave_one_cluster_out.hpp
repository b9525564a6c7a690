#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/three_level_regression.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

namespace accrue {

namespace detail {

/// The fit of a model to the effects whose clusters are wanted.
template <class Model, class Range, class Wanted>
[[nodiscard]] auto fit_clusters(Model const& model, Range const& estimates, clustering const& clusters,
                                Wanted const& wanted) {
    auto chosen = std::vector<basic_estimate<range_real<Range>>>{};
    auto labels = std::vector<std::size_t>{};
    for (std::size_t i = 0; i < clusters.of.size(); ++i) {
        if (wanted(clusters.of[i])) {
            chosen.push_back(std::data(estimates)[i]);
            labels.push_back(clusters.of[i]);
        }
    }
    return model(chosen, labels);
}

/// A callable (estimates, clusters) -> fit, such as `three_level`.
template <class Model, class Range>
concept fits_clusters =
    estimates<Range> && requires(Model const& model, Range const& estimates, clustering const& clusters) {
        model(estimates, clusters);
    };

/// The same of a model with moderators; none where the effects do not determine the coefficients.
template <class Model, class Range, real Real, class Wanted>
[[nodiscard]] std::optional<basic_three_level_regression<Real>>
fit_clusters(Model const& model, Range const& estimates, basic_moderators<Real> const& given,
             clustering const& clusters, Wanted const& wanted) {
    auto const all = given.design(clusters.of.size());
    auto chosen = std::vector<basic_estimate<Real>>{};
    auto labels = std::vector<std::size_t>{};
    matrix<Real> rows(all.columns().rows(), all.columns().cols());
    for (std::size_t i = 0; i < clusters.of.size(); ++i) {
        if (wanted(clusters.of[i])) {
            rows.row(index(chosen.size())) = all.columns().row(index(i));
            chosen.push_back(std::data(estimates)[i]);
            labels.push_back(clusters.of[i]);
        }
    }
    rows.conservativeResize(index(chosen.size()), rows.cols());
    auto factors = rows;
    auto triangle = std::vector<Real>(all.coefficients() * all.coefficients());
    bool const determined = chosen.size() > all.coefficients() &&
                            orthonormalise(factors.data(), all.coefficients(), chosen.size(), triangle.data(),
                                           least_independent_share<Real>()) == all.coefficients();
    if (!determined) {
        return {};
    }
    auto fit = model(moderated_evidence<Real>(std::span<basic_estimate<Real> const>(chosen),
                                              basic_design_matrix<Real>(rows, all.names())),
                     labels);
    fit.terms = given.terms();
    return fit;
}

} // namespace detail

/// The fit without the first cluster, without the second, and so on, in the order of first appearance: which
/// of them carries the conclusion? With dependent effects it is the clusters that have to be left out, not
/// single effects.
///
/// \param model a callable (estimates, clusters) -> fit, such as `three_level`
/// \throws invalid_input as the model does, and when there are fewer than two clusters
template <class Model, class Range, detail::says_clusters Clusters>
    requires detail::fits_clusters<Model, Range>
[[nodiscard]] auto leave_one_cluster_out(Model const& model, Range const& estimates,
                                         Clusters const& clusters) {
    auto const groups = detail::clustering_of(clusters, static_cast<std::size_t>(std::size(estimates)));
    auto fits = std::vector<decltype(model(estimates, groups))>{};
    detail::require_that(groups.count >= 2, "leave_one_cluster_out needs at least two clusters");
    [[maybe_unused]] auto const all =
        model(estimates, groups); // names an invalid study by its place among all
    for (std::size_t out = 0; out < groups.count; ++out) {
        fits.push_back(detail::fit_clusters(model, estimates, groups,
                                            [&](std::size_t const cluster) { return cluster != out; }));
    }
    return fits;
}

/// The fit to the first cluster, the first two, and so on to all, in the order of first appearance (usually
/// by date).
///
/// \param model a callable (estimates, clusters) -> fit, such as `three_level`, whose first fit, to one
/// cluster of several effects, has the status `undefined`
/// \throws invalid_input as the model does
template <class Model, class Range, detail::says_clusters Clusters>
    requires detail::fits_clusters<Model, Range>
[[nodiscard]] auto cumulative(Model const& model, Range const& estimates, Clusters const& clusters) {
    // names an invalid study by its place among all
    auto const groups = detail::clustering_of(clusters, detail::as_evidence(estimates).size());
    auto fits = std::vector<decltype(model(estimates, groups))>{};
    for (std::size_t last = 0; last < groups.count; ++last) {
        fits.push_back(detail::fit_clusters(model, estimates, groups,
                                            [&](std::size_t const cluster) { return cluster <= last; }));
    }
    return fits;
}

/// `leave_one_cluster_out` of a model with moderators. A fit is missing where the other clusters do not
/// determine all coefficients, as when only the one left out is at some level of a factor.
///
/// \throws invalid_input as the model does, and when there are fewer than two clusters
template <class Model, class Range, real Real, detail::says_clusters Clusters>
[[nodiscard]] std::vector<std::optional<basic_three_level_regression<Real>>>
leave_one_cluster_out(Model const& model, Range const& estimates, basic_moderators<Real> const& given,
                      Clusters const& clusters) {
    auto const groups = detail::clustering_of(clusters, moderated(estimates, given).size());
    detail::require_that(groups.count >= 2, "leave_one_cluster_out needs at least two clusters");
    auto fits = std::vector<std::optional<basic_three_level_regression<Real>>>{};
    for (std::size_t out = 0; out < groups.count; ++out) {
        fits.push_back(detail::fit_clusters(model, estimates, given, groups,
                                            [&](std::size_t const cluster) { return cluster != out; }));
    }
    return fits;
}

/// `cumulative` of a model with moderators. The first fits are missing, up to the cluster with which all
/// coefficients are determined.
///
/// \throws invalid_input as the model does
template <class Model, class Range, real Real, detail::says_clusters Clusters>
[[nodiscard]] std::vector<std::optional<basic_three_level_regression<Real>>>
cumulative(Model const& model, Range const& estimates, basic_moderators<Real> const& given,
           Clusters const& clusters) {
    auto const groups = detail::clustering_of(clusters, moderated(estimates, given).size());
    auto fits = std::vector<std::optional<basic_three_level_regression<Real>>>{};
    for (std::size_t last = 0; last < groups.count; ++last) {
        fits.push_back(detail::fit_clusters(model, estimates, given, groups,
                                            [&](std::size_t const cluster) { return cluster <= last; }));
    }
    return fits;
}

} // namespace accrue
