#pragma once

#include <accrue/detail/boost_policy.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/real.hpp>

#include <boost/math/distributions/students_t.hpp>

namespace accrue {

/// Student's t distribution. Infinite degrees of freedom mean the standard normal, so that one code path
/// serves tests that estimate a variance and tests that know it. Zero degrees of freedom say nothing: every
/// quantile above the median is infinite.
template <real Real>
struct basic_student_t {
    Real degrees_of_freedom;

    /// P(T > x).
    [[nodiscard]] Real survival(Real const& x) const {
        if (!detail::is_finite(degrees_of_freedom)) {
            return basic_normal<Real>::survival(x);
        }
        return cdf(complement(distribution(), x));
    }
    /// P(T <= x).
    [[nodiscard]] Real cumulative(Real const& x) const { return survival(-x); }
    /// The x with P(T > x) = p; infinite at p = 0 and 1, NaN outside [0, 1].
    [[nodiscard]] Real upper_quantile(Real const& p) const {
        if (!detail::is_finite(degrees_of_freedom)) {
            return basic_normal<Real>::upper_quantile(p);
        }
        if (!(degrees_of_freedom > 0)) {
            return p < Real(0.5) ? detail::infinity<Real>() : Real(-detail::infinity<Real>());
        }
        return boost::math::quantile(complement(distribution(), p));
    }

  private:
    [[nodiscard]] boost::math::students_t_distribution<Real, detail::boost_policy> distribution() const {
        return boost::math::students_t_distribution<Real, detail::boost_policy>(degrees_of_freedom);
    }
};

using student_t = basic_student_t<double>;

} // namespace accrue
