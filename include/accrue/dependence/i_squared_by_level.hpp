#pragma once

#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The shares of the variance of a typical effect that are heterogeneity, by level; what is missing from 1 is
/// sampling error.
template <real Real>
struct basic_i_squared_by_level {
    Real between; ///< tau²_between / (tau²_between + tau²_within + v)
    Real within;  ///< tau²_within / (tau²_between + tau²_within + v)

    /// The share of both levels together: I² as it is known.
    [[nodiscard]] Real total() const { return between + within; }
};

using i_squared_levels = basic_i_squared_by_level<double>;

/// I² by level, with Higgins and Thompson's `typical_variance` as v. As I² does, it depends on how large the
/// studies are; the variances don't.
///
/// Cheung 2014, Psychol Methods 19:211-229, doi:10.1037/a0032968; Nakagawa & Santos 2012, Evol Ecol
/// 26:1253-1274, doi:10.1007/s10682-012-9555-5. NaN for a single effect.
template <real Real>
[[nodiscard]] basic_i_squared_by_level<Real> i_squared_by_level(basic_three_level_fit<Real> const& fit) {
    Real const all = fit.tau_squared_between + fit.tau_squared_within + Real(typical_variance(fit.estimates));
    return {fit.tau_squared_between / all, fit.tau_squared_within / all};
}

} // namespace accrue
