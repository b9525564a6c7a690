#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>

namespace accrue {

/// Logarithm of one group's standard deviation: how much its participants differ (Raudenbush & Bryk 1987,
/// doi:10.3102/10769986012003241; Nakagawa et al. 2015, doi:10.1111/2041-210X.12309; metafor "SDLN").
///
///     effect = ln s + 1/(2(n-1)),   variance = 1/(2(n-1)).
///
/// The small term makes the log SD unbiased for normal outcomes. Two groups' values differ by the
/// `log_variability_ratio`. `back_transform` gives the SD, in the outcome's units. Throws `invalid_input` for
/// a group that is not valid.
struct log_standard_deviation {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        Real const half = 1 / (2 * (group.n - 1));
        return {log(group.sd) + half, half};
    }

    static constexpr exponential_back_transform back_transform{};
};

} // namespace accrue
