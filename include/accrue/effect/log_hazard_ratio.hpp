#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/log_rank.hpp>

namespace accrue {

/// Log hazard ratio, treatment over control, from the log-rank statistic (Yusuf et al. 1985; Parmar, Torri &
/// Stewart 1998, Stat Med 17:2815-2834,
/// <https://doi.org/10.1002/(SICI)1097-0258(19981230)17:24%3C2815%3A%3AAID-SIM110%3E3.0.CO%3B2-8>; Tierney et
/// al. 2007, doi:10.1186/1745-6215-8-16).
///
///     effect = (O - E)/V,   variance = 1/V.
///
/// Negative when treatment delays or prevents the event; `back_transform` gives the hazard ratio. Where a
/// paper gives the hazard ratio and its interval, use `from_ratio_interval`. Throws `invalid_input` for a
/// variance that is not positive.
struct log_hazard_ratio {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_log_rank<Real> const& trial) const {
        detail::check(trial);
        return {trial.observed_minus_expected / trial.variance, 1 / trial.variance};
    }

    static constexpr exponential_back_transform back_transform{};
};

} // namespace accrue
