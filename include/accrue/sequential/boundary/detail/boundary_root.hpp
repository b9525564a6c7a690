#pragma once

#include <accrue/sequential/boundary/detail/score_density.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace accrue::detail {

/// Where a crossing probability, as a function of how far out the boundary is, equals `probability`.
/// `crossing` returns a `boundary_crossing`; the probability must fall strictly.
///
/// Halley's iteration on the logarithm of the probability: the logarithm is close to a parabola in the
/// boundary however small the probability, and the second derivative costs nothing beside the first. Each
/// evaluation narrows a bracket, and a step that leaves it is replaced by bisection, so that the iteration
/// ends whatever the guess. Its error is of third order: a step that starts within 1e-6 of the root (in log
/// probability) ends at rounding level.
template <class Crossing>
double crossing_root(Crossing const& crossing, double const probability, double const guess, double stride) {
    auto const infinity = std::numeric_limits<double>::infinity();
    auto inside = -infinity;
    auto outside = infinity;
    auto reach = guess;
    for (auto iteration = 0; iteration < 400; ++iteration) {
        auto const at = crossing(reach);
        auto const excess = std::log(at.probability / probability);
        (excess > 0 ? inside : outside) = reach;
        auto next = std::numeric_limits<double>::quiet_NaN();
        if (at.density > 0) {
            // Ratios first: the squares of probabilities like 1e-200 are zero.
            auto const ratio = at.probability / at.density;
            auto const newton = excess * ratio;
            auto const curvature = 1 + at.slope / at.density * ratio;
            next = reach + newton / (std::max)(0.5, 1 + 0.5 * excess * curvature);
        }
        if (std::abs(excess) < 1e-6 && next >= inside - stride && next <= outside + stride) {
            return next;
        }
        if (!(next > inside && next < outside)) {
            if (inside > -infinity && outside < infinity) {
                next = 0.5 * (inside + outside);
                if (!(next > inside && next < outside)) {
                    return reach;
                }
            } else {
                next = excess > 0 ? reach + stride : reach - stride;
                stride *= 2;
            }
        }
        reach = next;
    }
    return reach;
}

/// The score beyond which, on the given side, exactly `probability` of the trials still going on lies at the
/// look at `information`: infinite outwards when the probability is zero, infinite inwards when it is all
/// there is. `guess` is a score.
template <class Density>
double boundary_root(Density const& density, side const where, double const information,
                     double const probability, double const guess) {
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const sign = static_cast<double>(static_cast<signed char>(where));
    if (!(probability > 0)) {
        return sign * infinity;
    }
    if (!(probability < density.mass())) {
        return -sign * infinity;
    }
    auto const crossing = [&](double const reach) {
        return density.crossing(where, sign * reach, information);
    };
    return sign * crossing_root(crossing, probability, sign * guess, 2 * std::sqrt(information));
}

/// The score w for which `probability` of the trials still going on lies within [-w, w] at the look at
/// `information`; infinite when it is all there is.
template <class Density>
double wedge_root(Density const& density, double const information, double const probability,
                  double const guess) {
    if (!(probability < density.mass())) {
        return std::numeric_limits<double>::infinity();
    }
    // The further out -w is, the less lies within.
    auto const crossing = [&](double const reach) {
        auto const below_top = density.crossing(side::lower, -reach, information);
        auto const below_bottom = density.crossing(side::lower, reach, information);
        return boundary_crossing{.probability =
                                     (std::max)(0.0, below_top.probability - below_bottom.probability),
                                 .density = below_top.density + below_bottom.density,
                                 .slope = below_top.slope - below_bottom.slope};
    };
    return -crossing_root(crossing, probability, -guess, 0.25 * std::sqrt(information));
}

} // namespace accrue::detail
