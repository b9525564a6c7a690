#pragma once

#include <accrue/detail/sequential/score_density.hpp>

#include <cmath>
#include <limits>

namespace accrue::detail {

/// The score beyond which, on the given side, exactly `probability` of the trials still going on lies at the
/// look at `information`: infinite outwards when the probability is zero, infinite inwards when it is all
/// there is.
///
/// Halley's iteration on the logarithm of the crossing probability: the logarithm is close to a parabola in
/// the boundary however small the probability, and the second derivative costs nothing beside the first. Each
/// evaluation narrows a bracket, and a step that leaves it is replaced by bisection, so that the iteration
/// ends whatever the guess. Its error is of third order: a step that starts within 1e-6 of the root (in log
/// probability) ends at rounding level.
inline double boundary_root(score_density const& density, side const where, double const information,
                            double const probability, double guess) {
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const sign = static_cast<double>(static_cast<signed char>(where));
    if (!(probability > 0)) {
        return sign * infinity;
    }
    if (!(probability < density.mass())) {
        return -sign * infinity;
    }
    auto inside = -infinity;
    auto outside = infinity;
    auto reach = sign * guess;
    auto stride = 2 * std::sqrt(information);
    for (auto iteration = 0; iteration < 400; ++iteration) {
        auto const at = density.crossing(where, sign * reach, information);
        auto const excess = std::log(at.probability / probability);
        (excess > 0 ? inside : outside) = reach;
        auto next = std::numeric_limits<double>::quiet_NaN();
        if (at.density > 0) {
            auto const newton = excess * at.probability / at.density;
            auto const curvature = 1 + at.slope * at.probability / (at.density * at.density);
            next = reach + newton / std::max(0.5, 1 + 0.5 * excess * curvature);
        }
        if (std::abs(excess) < 1e-6 && next >= inside - stride && next <= outside + stride) {
            return sign * next;
        }
        if (!(next > inside && next < outside)) {
            if (inside > -infinity && outside < infinity) {
                next = 0.5 * (inside + outside);
                if (!(next > inside && next < outside)) {
                    return sign * reach;
                }
            } else {
                next = excess > 0 ? reach + stride : reach - stride;
                stride *= 2;
            }
        }
        reach = next;
    }
    return sign * reach;
}

} // namespace accrue::detail
