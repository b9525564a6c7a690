#pragma once

#include <accrue/distribution/detail/log1p.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/distribution/detail/student_t_tail.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <limits>

namespace accrue {

/// Student's t distribution: of a normal quantity over an estimate of its standard error, when that estimate
/// has its own error, independent of the quantity. Its tails are the heavier the fewer degrees of freedom the
/// estimate has: beyond 1.96 standard errors lie 5 % of a normal distribution, but with 3 degrees of freedom
/// it takes 3.18. Student 1908, Biometrika 6:1-25, doi:10.1093/biomet/6.1.1.
///
/// Infinite degrees of freedom mean the standard normal, so that one code path serves tests that estimate a
/// variance and tests that know it. Zero degrees of freedom say nothing: half of the distribution lies beyond
/// every number on either side, and every quantile above the median is infinite.
template <real Real>
struct basic_student_t {
    Real degrees_of_freedom; ///< zero or positive, infinite for the normal; need not be whole

    /// P(T > x).
    [[nodiscard]] Real survival(Real const& x) const {
        if (is_normal()) {
            return basic_normal<Real>::survival(x);
        }
        if (degrees_of_freedom <= 0) {
            return detail::is_finite(x) ? Real(0.5) : x > 0 ? Real(0) : x < 0 ? Real(1) : x;
        }
        if constexpr (std::same_as<Real, double> || !detail::has_log1p<Real>) {
            return x < 0 ? Real(1 - detail::student_t_tail(degrees_of_freedom, Real(-x)))
                         : detail::student_t_tail(degrees_of_freedom, x);
        } else {
            return detail::student_t_cumulative(degrees_of_freedom, Real(-x));
        }
    }
    /// P(T <= x).
    [[nodiscard]] Real cumulative(Real const& x) const { return survival(-x); }
    /// log P(T > x), also where the probability itself is too small for the type.
    ///
    /// In the far tail, with a = df / 2 and z = df / (df + x²), by the continued fraction of the incomplete
    /// beta function in P(T > x) = z^a sqrt(1 - z) / (2 B(a, 1/2)) / (a + ...).
    [[nodiscard]] Real log_survival(Real const& x) const {
        if (is_normal()) {
            return basic_normal<Real>::log_survival(x);
        }
        if constexpr (!detail::has_log1p<Real>) {
            return log(survival(x));
        } else if (degrees_of_freedom <= 0) {
            return log(survival(x));
        } else {
            return far_log_survival(x);
        }
    }
    /// The x with P(T > x) = p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] Real upper_quantile(Real const& p) const {
        if (is_normal()) {
            return basic_normal<Real>::upper_quantile(p);
        }
        if (degrees_of_freedom <= 0) {
            if (!(p >= 0 && p <= 1)) {
                return detail::not_a_number<Real>();
            }
            return p < Real(0.5)   ? detail::infinity<Real>()
                   : p > Real(0.5) ? Real(-detail::infinity<Real>())
                                   : Real(0);
        }
        // Boost is short of digits far out, and of range where x² is beyond the type.
        Real const tail = p < Real(0.5) ? p : Real(1 - p);
        if (tail > 0 && tail < exp(Real(-18 * degrees_of_freedom))) {
            Real const found = far_quantile(tail);
            if (found > sqrt(degrees_of_freedom / std::numeric_limits<Real>::epsilon())) {
                return p < Real(0.5) ? found : Real(-found);
            }
        }
        return -detail::student_t_quantile(degrees_of_freedom, p);
    }

  private:
    /// NaN is no number of degrees of freedom, and says nothing.
    [[nodiscard]] bool is_normal() const { return degrees_of_freedom > (std::numeric_limits<Real>::max)(); }
    [[nodiscard]] Real far_log_survival(Real const& x) const {
        if (x < 0) {
            return log1p(Real(-survival(-x)));
        }
        Real const probability = survival(x);
        if (!(probability <= (std::numeric_limits<Real>::min)() / std::numeric_limits<Real>::epsilon())) {
            return log(probability); // NaN as well
        }
        Real const a = degrees_of_freedom / 2;
        // B(a, 1/2) = Gamma(1/2) Gamma(a) / Gamma(a + 1/2)
        Real const beta = detail::root_pi<Real>() * detail::gamma_ratio(a, Real(0.5));
        // x² may be beyond the type.
        Real const log_ratio = 2 * log(x) - log(degrees_of_freedom);
        Real const ratio = exp(log_ratio);
        Real const log_z = ratio < 1 ? Real(-log1p(ratio)) : Real(-log_ratio - log1p(Real(1 / ratio)));
        Real const log_rest = -log1p(Real(1 / ratio));
        Real const z = 1 / (1 + ratio);
        return a * log_z + log_rest / 2 - log(Real(2 * beta)) +
               log(detail::half_beta_fraction(a, z, Real(1 / (1 + 1 / ratio))));
    }
    /// The quantile by the first term of the tail, P(T > x) = Gamma(a + 1/2) / (2 Gamma(1/2) Gamma(a + 1))
    /// (df / x²)^a with a = df / 2, which is all there is of it where df / x² is below rounding.
    [[nodiscard]] Real far_quantile(Real const& p) const {
        Real const a = degrees_of_freedom / 2;
        Real const gammas = detail::gamma_ratio(Real(a + Real(0.5)), Real(0.5));
        Real const share = gammas / (2 * detail::root_pi<Real>());
        Real const power = 1 / degrees_of_freedom;
        Real const tail = share / p; // beyond the type where p is below its normal numbers
        return (detail::is_finite(tail) ? Real(pow(tail, power))
                                        : Real(pow(share, power) * pow(p, Real(-power)))) *
               sqrt(degrees_of_freedom);
    }
};

using student_t = basic_student_t<double>;

} // namespace accrue
