#pragma once

#include <accrue/real.hpp>

namespace accrue::detail {

/// ln(1 + x²), also where x² can't be represented.
template <real Real>
[[nodiscard]] Real log_one_plus_square(Real const& x) {
    Real const size = magnitude(x);
    return size > 1 ? Real(2 * log(size) + log1p(square(Real(1 / size)))) : Real(log1p(square(size)));
}

} // namespace accrue::detail
