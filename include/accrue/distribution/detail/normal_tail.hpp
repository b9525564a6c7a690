#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue::detail {

/// The x with log P(Z > x) = `log_tail` for a standard normal Z: in the far tail, where the probability
/// leaves the type, by Newton's method on the logarithm.
template <real Real>
[[nodiscard]] Real upper_quantile_of_log(Real const& log_tail) {
    using standard = basic_normal<Real>;
    Real const tail = exp(log_tail);
    if (!(tail <= (std::numeric_limits<Real>::min)() * Real(1e6)) || !is_finite(log_tail)) {
        return standard::upper_quantile(tail < 1 ? tail : Real(1));
    }
    // log P(Z > x) is -x²/2 but for the logarithm of x sqrt(2 pi).
    Real x = sqrt(Real(-2 * log_tail));
    for (int step = 0; step < 20; ++step) {
        x = x + (standard::log_survival(x) - log_tail) / (x + 1 / x);
    }
    return x;
}

} // namespace accrue::detail
