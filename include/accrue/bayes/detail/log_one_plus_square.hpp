#pragma once

#include <accrue/real.hpp>

namespace accrue::detail {

/// ln(1 + x²), also where x² can't be represented.
template <real Real>
[[nodiscard]] Real log_one_plus_square(Real const& x) {
    Real const size = magnitude(x);
    return size > 1 ? Real(2 * log(size) + log1p(square(Real(1 / size)))) : Real(log1p(square(size)));
}

/// sqrt(a² + b²) of numbers that are not negative, also where squares can't be represented.
template <real Real>
[[nodiscard]] Real root_of_squares(Real const& a, Real const& b) {
    Real const larger = a < b ? b : a;
    Real const smaller = a < b ? a : b;
    return larger > 0 ? Real(larger * sqrt(Real(1 + square(Real(smaller / larger)))))
                      : Real(larger + smaller);
}

} // namespace accrue::detail
