#pragma once

#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/status.hpp>

namespace accrue {

/// Boundaries of a trial that also stops for futility, and the effect at which it has its planned power.
struct boundaries_with_futility {
    /// One-sided: `lower` stops for futility. Two-sided: `wedge` does, -infinity at looks without one.
    stopping_boundaries bounds;
    /// Expected Z at t = 1 that gives the planned power: effect x sqrt(information at t = 1).
    double drift;
    /// The information needed at t = 1, as a multiple of a fixed-sample trial's: (drift / (z_error +
    /// z_futility))².
    double inflation;
    accrue::status status;
};

} // namespace accrue
