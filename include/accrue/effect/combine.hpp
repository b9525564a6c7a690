#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>

/// \file
/// Two groups made one, for trials with more than two arms: two doses against one control group, say.
/// Comparing each with the same control would count the control group twice (Cochrane Handbook, ch. 23.3.4).

namespace accrue {

/// The group of all participants of two: their n, mean and SD as if they had been reported together (Cochrane
/// Handbook, table 6.5.a), with sd² = ((n1-1) s1² + (n2-1) s2² + n1 n2/(n1+n2) (x̄1 - x̄2)²)/(n1+n2-1). Fold
/// more than two one by one, in any order. Throws `invalid_input` for arms that are not valid.
template <real Real>
[[nodiscard]] basic_arm<Real> combine(basic_arm<Real> const& first, basic_arm<Real> const& second) {
    detail::check_part("first", first);
    detail::check_part("second", second);
    Real const n = first.n + second.n;
    Real const gap = second.mean - first.mean;
    // The largest is taken out of the root, so that squares neither overflow nor vanish.
    Real scale = first.sd < second.sd ? second.sd : first.sd;
    Real const distance = detail::magnitude(gap);
    scale = scale < distance ? distance : scale;
    Real const a = first.sd / scale;
    Real const b = second.sd / scale;
    Real const c = gap / scale;
    Real const within = (first.n - 1) * a * a + (second.n - 1) * b * b;
    Real const between = first.n / n * second.n * c * c;
    return {n, first.mean + gap * (second.n / n), scale * sqrt(Real((within + between) / (n - 1)))};
}

/// Events and totals added. Throws `invalid_input` for groups that are not valid.
template <real Real>
[[nodiscard]] basic_events<Real> combine(basic_events<Real> const& first, basic_events<Real> const& second) {
    detail::check_part("first", first);
    detail::check_part("second", second);
    return {first.count + second.count, first.total + second.total};
}

/// Events and times added. Throws `invalid_input` for groups that are not valid.
template <real Real>
[[nodiscard]] basic_rate<Real> combine(basic_rate<Real> const& first, basic_rate<Real> const& second) {
    detail::check_part("first", first);
    detail::check_part("second", second);
    return {first.events + second.events, first.time + second.time};
}

} // namespace accrue
