#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// The mean effect is believed to be `mean`, give or take `sd`: N(mean, sd²), on the analysis scale (log for
/// ratios).
///
/// An sd of 2.8 on the scale of log odds ratios holds as little information as one participant (unit
/// information, Röver 2020, doi:10.18637/jss.v093.i06).
struct normal_prior {
    double mean; ///< finite
    double sd;   ///< positive
};

} // namespace accrue
