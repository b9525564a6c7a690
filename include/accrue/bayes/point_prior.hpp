#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// A value that is taken as known, of the mean or of tau: all of the prior's probability lies on it.
///
/// `point_prior{0}` for tau is the common-effect model. For the mean it is the null hypothesis against which
/// a Bayes factor compares a model with a mean that is free.
struct point_prior {
    double value; ///< finite; not negative for tau
};

} // namespace accrue
