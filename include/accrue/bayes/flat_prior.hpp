#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// Nothing is believed of the mean effect: a density of 1 everywhere, which is not a probability density. The
/// posterior is one all the same, from the first study on.
///
/// The marginal likelihood then has an arbitrary factor: it compares models which all have this prior of the
/// mean, and no others.
struct flat_prior {};

} // namespace accrue
