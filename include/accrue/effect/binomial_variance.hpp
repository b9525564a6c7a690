#pragma once

#include <accrue/error.hpp>
#include <accrue/events.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// p q / n for each group, the large-sample variance of a proportion (metafor "LS").
struct binomial_variance {
    template <template <real> class Group, real Real>
    [[nodiscard]] Real operator()(Group<Real> const& group) const {
        return group.count / group.total * (non_events(group) / group.total) / group.total;
    }
};

/// p q / (n - 1) for each group, unbiased (metafor "UB"). Needs more than one participant in each.
struct unbiased_binomial_variance {
    template <template <real> class Group, real Real>
    [[nodiscard]] Real operator()(Group<Real> const& group) const {
        detail::require(group.total > 1, "total", "above 1 for an unbiased variance", group.total);
        return group.count / group.total * (non_events(group) / group.total) / (group.total - 1);
    }
};

} // namespace accrue
