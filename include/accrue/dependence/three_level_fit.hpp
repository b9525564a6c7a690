#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/estimate.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <vector>

namespace accrue {

/// What a three-level model says of effects in clusters. It is a `pooled`: intervals, p-values and tests of
/// that are those of the mean, and `tau_squared` is the sum of both variances, that of a new effect in a new
/// cluster.
///
/// The effects that it was fitted to are kept, since predictions and robust variances need them.
template <real Real>
struct basic_three_level_fit : basic_pooled<Real> {
    Real tau_squared_between; ///< variance of the clusters' true means, in squared units of the effect
    Real tau_squared_within;  ///< variance of true effects about their cluster's mean
    std::size_t clusters;     ///< number of clusters; `k` is the number of effects
    Real log_likelihood;      ///< at the maximum; restricted if the estimator is `reml`
    std::vector<basic_estimate<Real>> estimates; ///< the effects, in the order given
    clustering groups;                           ///< which of them belong together
};

using three_level_fit = basic_three_level_fit<double>;

} // namespace accrue
