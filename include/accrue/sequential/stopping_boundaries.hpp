#pragma once

#include <vector>

namespace accrue {

/// Two boundaries for the Z statistic at each look: the trial stops when Z is at or below `lower` or at or
/// above `upper`. An infinite entry means that this boundary cannot be crossed at that look.
struct stopping_boundaries {
    std::vector<double> lower;
    std::vector<double> upper;
};

} // namespace accrue
