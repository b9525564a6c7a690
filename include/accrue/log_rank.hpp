#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a trial with times to an event reports when it gives the log-rank statistic.
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
