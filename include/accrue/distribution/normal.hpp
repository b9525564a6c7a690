#pragma once

#include <accrue/detail/boost_policy.hpp>
#include <accrue/real.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <cmath>

namespace accrue {

/// The standard normal distribution. Tails are computed as tails (by `erfc`), so `survival(40)` is 3.6e-350
/// rather than 1 - 1 wherever the type can hold it.
template <real Real>
struct basic_normal {
    /// exp(-x²/2) / sqrt(2 pi).
    [[nodiscard]] static Real density(Real const& x) {
        using std::exp;
        return exp(-x * x / 2) / boost::math::constants::root_two_pi<Real>();
    }
    /// P(Z <= x).
    [[nodiscard]] static Real cumulative(Real const& x) {
        return boost::math::erfc(Real(-x / boost::math::constants::root_two<Real>()),
                                 detail::boost_policy{}) /
               2;
    }
    /// P(Z > x).
    [[nodiscard]] static Real survival(Real const& x) { return cumulative(-x); }
    /// The x with P(Z <= x) = p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] static Real quantile(Real const& p) { return -upper_quantile(p); }
    /// The x with P(Z > x) = p, exact in the tail for tiny p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] static Real upper_quantile(Real const& p) {
        return boost::math::constants::root_two<Real>() *
               boost::math::erfc_inv(Real(2 * p), detail::boost_policy{});
    }
};

using normal = basic_normal<double>;

} // namespace accrue
