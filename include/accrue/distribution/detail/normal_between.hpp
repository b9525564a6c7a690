#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// P(from < Z < from + width), to full relative accuracy but for the rounding of from + width, which matters
/// far below 0: integrates the density where the difference of the two tails would lose digits.
template <real Real>
[[nodiscard]] Real normal_between(Real const& from, Real const& width) {
    using standard = basic_normal<Real>;
    Real const to = from + width;
    if (width * (magnitude(from) + 1) > Real(1)) {
        return from < 0 && to > 0 ? Real(1 - standard::survival(Real(-from)) - standard::survival(to))
                                  : Real(standard::survival(from < 0 ? Real(-to) : from) -
                                         standard::survival(from < 0 ? Real(-from) : to));
    }
    auto const relative_density = [&](Real const& u) {
        Real const distance = width * (1 + u) / 2;
        return Real(exp(Real(-distance * (from + distance / 2))));
    };
    return standard::density(from) * (width / 2) * gauss_legendre<Real, 20>().integral(relative_density);
}

} // namespace accrue::detail
