#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a trial with times to an event reports when it gives the log-rank statistic.
///
/// Both numbers are sums over the times at which events occurred, given who was at risk: O - E and V, whose
/// ratio estimates the log hazard ratio (`log_hazard_ratio`) and V its precision. A log-rank chi² is
/// (O - E)²/V, from which O - E follows with its sign when V is known; with equal groups V is near a quarter
/// of the number of events.
template <real Real>
struct basic_log_rank {
    Real observed_minus_expected; ///< events under treatment, less those expected if the groups were alike
    Real variance;                ///< hypergeometric variance of that difference, positive
};

using log_rank = basic_log_rank<double>;

namespace detail {

template <real Real>
void check(basic_log_rank<Real> const& trial) {
    require_finite("observed_minus_expected", trial.observed_minus_expected);
    require_positive("variance", trial.variance);
}

} // namespace detail
} // namespace accrue
