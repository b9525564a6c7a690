#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/distribution/normal.hpp>

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>

namespace accrue::detail {

/// P(x < Z < x + width) for x >= 0, to full relative accuracy: integrates the density where the difference of
/// the two tails would lose digits.
inline double normal_between(double const x, double const width) {
    if ((x + width) * width > 1) {
        return normal::survival(x) - normal::survival(x + width);
    }
    using gauss = boost::math::quadrature::gauss<double, 10, boost_policy>;
    auto const relative_density = [&](double const u) {
        auto const distance = 0.5 * width * (1 + u);
        return std::exp(-distance * (x + 0.5 * distance));
    };
    return 0.5 * width * normal::density(x) * gauss::integrate(relative_density);
}

} // namespace accrue::detail
