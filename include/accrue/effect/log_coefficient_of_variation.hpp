#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>

namespace accrue {

/// Logarithm of one group's coefficient of variation: how much its participants differ, relative to their
/// mean (Nakagawa et al. 2015, doi:10.1111/2041-210X.12309; metafor "CVLN" before version 5).
///
///     effect = ln(s/x̄) + 1/(2(n-1)),   variance = 1/(2(n-1)) + s²/(n x̄²).
///
/// For outcomes with a true zero. Two groups' values differ by the `log_coefficient_of_variation_ratio`.
/// `back_transform` gives the coefficient of variation. Throws `invalid_input` for a mean that is not
/// positive, or a group that is not valid.
struct log_coefficient_of_variation {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        detail::require_positive("mean in a log coefficient of variation", group.mean);
        Real const half = 1 / (2 * (group.n - 1));
        return {detail::log_ratio(group.sd, group.mean) + half,
                half + detail::square(Real(group.sd / group.mean)) / group.n};
    }

    static constexpr exponential_back_transform back_transform{};
};

} // namespace accrue
