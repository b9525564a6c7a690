#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>

#include <cstddef>
#include <iterator>
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
    if (groups.count < 2) {
        throw invalid_input("leave_one_cluster_out needs at least two clusters");
    }
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
    auto const groups = detail::clustering_of(clusters, static_cast<std::size_t>(std::size(estimates)));
    auto fits = std::vector<decltype(model(estimates, groups))>{};
    for (std::size_t last = 0; last < groups.count; ++last) {
        fits.push_back(detail::fit_clusters(model, estimates, groups,
                                            [&](std::size_t const cluster) { return cluster <= last; }));
    }
    return fits;
}

} // namespace accrue
