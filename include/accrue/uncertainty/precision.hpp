#pragma once

#include <accrue/real.hpp>

namespace accrue {

/// How well a pooled effect is known: its variance, and the degrees of freedom of the t distribution that
/// goes with it (infinite for the normal). Methods of uncertainty turn a `weighted_fit` into this.
template <real Real>
struct basic_precision {
    Real variance;
    Real degrees_of_freedom;
};

} // namespace accrue
