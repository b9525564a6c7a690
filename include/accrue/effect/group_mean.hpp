#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>

namespace accrue {

/// One group's mean, in the outcome's units, with variance s²/n: for pooling what is typical (a normal value,
/// a baseline) rather than a difference, from studies with one group or one group of each. All studies must
/// measure in the same units. Throws `invalid_input` for a group that is not valid.
struct group_mean {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        return {group.mean, group.sd * group.sd / group.n};
    }

    static constexpr identity_back_transform back_transform{};
};

/// Logarithm of one group's mean, with variance s²/(n x̄²) by the delta method; for outcomes that are positive
/// and skewed. Throws `invalid_input` for a mean that is not positive, or a group that is not valid.
struct log_group_mean {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        detail::require_positive("mean in a log mean", group.mean);
        return {log(group.mean), detail::square(Real(group.sd / group.mean)) / group.n};
    }

    static constexpr exponential_back_transform back_transform{};
};

} // namespace accrue
