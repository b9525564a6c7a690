#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>

namespace accrue {

/// The variance of a proportion p = x/n from its binomial distribution, with q = 1 - p: a choice of the
/// measures `proportion` and `risk_difference`, called with one group.
///
/// p q / n, the large-sample variance (metafor "LS"). It is 0 where p is 0 or 1, which is why those measures
/// correct zero cells.
struct binomial_variance {
    template <template <real> class Group, real Real>
    [[nodiscard]] Real operator()(Group<Real> const& group) const {
        return group.count / group.total * (non_events(group) / group.total) / group.total;
    }
};

/// p q / (n - 1), whose expectation is the true variance (metafor "UB"). Throws `invalid_input` for a group
/// of one participant or fewer.
struct unbiased_binomial_variance {
    template <template <real> class Group, real Real>
    [[nodiscard]] Real operator()(Group<Real> const& group) const {
        detail::require(group.total > 1, "total", "above 1 for an unbiased variance", group.total);
        return group.count / group.total * (non_events(group) / group.total) / (group.total - 1);
    }
};

} // namespace accrue
