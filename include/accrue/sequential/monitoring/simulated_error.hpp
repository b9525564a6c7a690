#pragma once

#include <accrue/platform.hpp>

#include <cstdint>

namespace accrue {

/// The error of monitoring at one value of tau², by simulation: the share of reviews without an effect that
/// crossed a boundary at any look so far.
struct simulated_error {
    double tau_squared;    ///< on the scale of the trials' variances; NaN where the null has none
    double lower;          ///< the probability of crossing the lower boundary
    double upper;          ///< the probability of crossing the upper one
    double standard_error; ///< Monte Carlo standard error of their sum, sqrt(p (1 - p) / replicates)
    std::uint64_t replicates;

    /// The probability of crossing either boundary.
    [[nodiscard]] double either() const { return lower + upper; }
};

} // namespace accrue
