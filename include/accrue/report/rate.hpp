#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a trial reports of one group whose participants can have several events, or were observed for
/// different lengths of time. The rate is events / time; unlike a risk it has a unit, 1 / time, so that all
/// trials must count time in the same one. Measures of it take events as Poisson: their number's variance is
/// its mean. They throw `invalid_input` for a report outside the limits below.
template <real Real>
struct basic_rate {
    Real events; ///< events counted in the group, zero or positive
    Real time;   ///< time at risk summed over participants (person-years, say), positive
};

using rate = basic_rate<double>;

namespace detail {

template <real Real>
void check(basic_rate<Real> const& group) {
    require_not_negative("events", group.events);
    require_positive("time", group.time);
}

} // namespace detail
} // namespace accrue
