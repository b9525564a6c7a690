#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// The rule of Haybittle and Peto: the same high critical value at every look but the last, whose value is
/// chosen so that the whole error is spent. (It is close to the fixed-sample value, which the original rule
/// uses.)
///
/// Haybittle JL (1971), Br J Radiol 44:793-797, doi:10.1259/0007-1285-44-526-793; Peto R et al. (1976), Br J
/// Cancer 34:585-612, doi:10.1038/bjc.1976.220.
struct haybittle_peto {
    double interim = 3; ///< critical Z at every look but the last
};

} // namespace accrue
