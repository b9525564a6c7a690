#pragma once

#include <accrue/report/arm.hpp>

namespace accrue::detail {

// The standard deviation common to both groups. The larger SD is taken out of the root, so that squares
// neither overflow nor vanish.
template <real Real>
Real pooled_sd(basic_arm<Real> const& first, basic_arm<Real> const& second) {
    Real const scale = first.sd < second.sd ? second.sd : first.sd;
    Real const a = first.sd / scale;
    Real const b = second.sd / scale;
    return scale * sqrt(Real(((first.n - 1) * a * a + (second.n - 1) * b * b) / (first.n + second.n - 2)));
}

} // namespace accrue::detail
