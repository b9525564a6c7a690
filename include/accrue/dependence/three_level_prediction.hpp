#pragma once

#include <accrue/error.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace accrue {

namespace detail {

/// The number type of a pooled result.
template <class Fit>
using real_of_fit = std::remove_cvref_t<decltype(Fit::effect)>;

/// A pooled mean of effects in clusters, which it counts: that of `three_level`, of `hierarchical_effects`,
/// or of `cluster_robust`.
template <class Fit>
concept pooled_clusters = std::derived_from<Fit, basic_pooled<real_of_fit<Fit>>> && requires(Fit const& fit) {
    { fit.clusters } -> std::convertible_to<std::size_t>;
};

} // namespace detail

/// Prediction with two degrees of freedom less than there are clusters, the units that are independent.
struct clusters_minus_two {
    template <detail::pooled_clusters Fit>
    [[nodiscard]] detail::real_of_fit<Fit> operator()(Fit const& fit) const {
        return detail::from_count<detail::real_of_fit<Fit>>(fit.clusters) - 2;
    }
};

/// The prediction interval for a new true effect in a new cluster,
///
///     effect ± c sqrt(tau²_between + tau²_within + SE²).
///
/// Higgins, Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x,
/// with clusters for studies. A result with one tau², as of random effects, has that in place of the sum.
///
/// \param fit of `three_level` or `hierarchical_effects`, or what `cluster_robust` makes of any mean
/// \param rule callable value: fit -> degrees of freedom of t; any that a `pooled` takes, such as
/// `degrees_of_freedom_of_effect`, will do
/// \throws invalid_input unless 0 < level < 1, and when the rule leaves no degrees of freedom
template <detail::pooled_clusters Fit, class DegreesOfFreedom = clusters_minus_two>
[[nodiscard]] basic_interval<detail::real_of_fit<Fit>>
prediction_interval(Fit const& fit, double const level, DegreesOfFreedom const& rule = {}) {
    using Real = detail::real_of_fit<Fit>;
    detail::require_between_0_and_1("level", level);
    if constexpr (std::same_as<DegreesOfFreedom, clusters_minus_two>) {
        if (fit.clusters < 3) [[unlikely]] {
            throw invalid_input("a prediction interval needs more clusters: at least 3 with m - 2 degrees of "
                                "freedom, but there " +
                                std::string(fit.clusters == 1 ? "is " : "are ") +
                                std::to_string(fit.clusters));
        }
    }
    auto const fixed = [&](basic_pooled<Real> const&) -> Real { return rule(fit); };
    return prediction_interval(static_cast<basic_pooled<Real> const&>(fit), level, fixed);
}

} // namespace accrue
