#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/normal.hpp>

#include <cmath>

namespace accrue::detail {

/// P(x < Z < x + width) for x >= 0, to full relative accuracy: integrates the density where the difference of
/// the two tails would lose digits.
inline double normal_between(double const x, double const width) {
    if ((x + width) * width > 1) {
        return normal::survival(x) - normal::survival(x + width);
    }
    auto const relative_density = [&](double const u) {
        auto const distance = 0.5 * width * (1 + u);
        return std::exp(-distance * (x + 0.5 * distance));
    };
    return 0.5 * width * normal::density(x) * gauss_legendre<double, 10>().integral(relative_density);
}

} // namespace accrue::detail
