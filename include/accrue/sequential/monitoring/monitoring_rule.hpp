#pragma once

#include <accrue/sequential/boundary/stopping_boundaries.hpp>

#include <functional>
#include <span>

namespace accrue {

struct sequential_design;

/// How a design and the information fractions of its looks become boundaries, as Z values: a callable value
/// such as `exact_monitoring` or `copenhagen_monitoring`, or your own. The fractions are those of the looks
/// and, when none of them has reached the required information, of a final look to come at 1.
using monitoring_rule = std::function<stopping_boundaries(sequential_design const&, std::span<double const>)>;

} // namespace accrue
