#pragma once

#include "accuracy/table.hpp"

#include <boost/math/special_functions/erf.hpp>

namespace accrue::test {

inline exact pi() {
    return 4 * atan(exact(1));
}

/// The upper tail of the standard normal.
inline exact upper_tail(exact const& z) {
    return erfc(exact(z / sqrt(exact(2)))) / 2;
}

inline exact upper_quantile(exact const& p) {
    return sqrt(exact(2)) * boost::math::erfc_inv(exact(2 * p));
}

/// n over x.
inline exact choose(int const n, int const x) {
    exact product(1);
    for (int i = 1; i <= x; ++i) {
        product = product * (n - x + i) / i;
    }
    return product;
}

} // namespace accrue::test
