#pragma once

#include <accrue/distribution/detail/log1p.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <concepts>
#include <limits>

namespace accrue {

/// The standard normal distribution. Tails are computed as tails (by `erfc`), so `survival(40)` is 3.6e-350
/// rather than 1 - 1 wherever the type can hold it.
template <real Real>
struct basic_normal {
    /// How it is called in reports.
    [[nodiscard]] static constexpr char const* name() { return "normal"; }

    /// exp(-x²/2) / sqrt(2 pi).
    [[nodiscard]] static Real density(Real const& x) { return exp(-x * x / 2) / detail::root_two_pi<Real>(); }
    /// P(Z <= x).
    [[nodiscard]] static Real cumulative(Real const& x) { return survival(-x); }
    /// P(Z > x).
    ///
    /// For the types of the processor the rounding error of x / sqrt(2) is corrected: it alone would cost x²
    /// units in the last place.
    [[nodiscard]] static Real survival(Real const& x) {
        Real const y = x / detail::root_two<Real>();
        if constexpr (std::floating_point<Real>) {
            Real const tail = std::erfc(y) / 2;
            if (y > 1 && tail > 0) {
                // sqrt(2) in two parts; the correction needs the logarithmic derivative of erfc, which lies
                // within 5 % of -(y + sqrt(y² + 4/pi)), only roughly.
                Real const root = detail::root_two<Real>();
                Real const root_rest = std::fma(-root, root, Real(2)) / (2 * root);
                Real const lost = (std::fma(-y, root, x) - y * root_rest) / root;
                return tail * (1 - lost * (y + std::sqrt(y * y + Real(1.2732395447351628))));
            }
            return tail;
        } else {
            return detail::error_function_complement(y) / 2;
        }
    }
    /// log P(Z > x), also where the probability itself is too small for the type: from -1e6 and beyond.
    [[nodiscard]] static Real log_survival(Real const& x) {
        if (x < 0) {
            return detail::log1p_of(Real(-survival(-x)));
        }
        Real const probability = survival(x);
        if (!(probability <= (std::numeric_limits<Real>::min)() / std::numeric_limits<Real>::epsilon())) {
            return log(probability); // NaN as well
        }
        return log_mills_ratio(x) - x * x / 2 - log(detail::root_two_pi<Real>());
    }
    /// The logarithm of Mills' ratio, P(Z > x) over the density at x: what is left of log P(Z > x) beside
    /// -x²/2 - log sqrt(2 pi). In the far tail by Laplace's continued fraction, 1 / (x + 1 / (x + 2 / (x + 3
    /// / ...))).
    [[nodiscard]] static Real log_mills_ratio(Real const& x) {
        if (!(x > 10)) {
            return log_survival(x) + x * x / 2 + log(detail::root_two_pi<Real>());
        }
        Real fraction(x);
        for (int term = 100; term >= 1; --term) {
            fraction = x + Real(term) / fraction;
        }
        return -log(fraction);
    }
    /// The x with P(Z <= x) = p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] static Real quantile(Real const& p) { return -upper_quantile(p); }
    /// The x with P(Z > x) = p, exact in the tail for tiny p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] static Real upper_quantile(Real const& p) {
        return detail::root_two<Real>() * detail::error_function_complement_inverse(Real(2 * p));
    }
};

using normal = basic_normal<double>;

} // namespace accrue
