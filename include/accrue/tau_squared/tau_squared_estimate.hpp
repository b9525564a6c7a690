#pragma once

#include <accrue/real.hpp>
#include <accrue/status.hpp>

namespace accrue {

/// An estimate of the between-study variance tau², in squared units of the effect, never negative.
template <real Real>
struct basic_tau_squared_estimate {
    Real value;
    int iterations;        ///< passes over the studies beyond the first; 0 for closed forms
    accrue::status status; ///< `not_converged` when the iteration limit came first
};

using tau_squared_estimate = basic_tau_squared_estimate<double>;

} // namespace accrue
