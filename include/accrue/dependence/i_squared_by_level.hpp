#pragma once

#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/evidence/evidence.hpp>
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

/// I² by level, with the typical sampling variance v = (k - 1) sum w / [(sum w)² - sum w²], w = 1/v, of
/// Higgins and Thompson. As I² does, it depends on how large the studies are; the variances don't.
///
/// Cheung 2014, Psychol Methods 19:211-229, doi:10.1037/a0032968; Nakagawa & Santos 2012, Evol Ecol
/// 26:1253-1274, doi:10.1007/s10682-012-9555-5. NaN for a single effect.
template <real Real>
[[nodiscard]] basic_i_squared_by_level<Real> i_squared_by_level(basic_three_level_fit<Real> const& fit) {
    auto const evidence = study_evidence<Real>(fit.estimates);
    auto const common = inverse_variance_fit(evidence, Real(0));
    Real const typical = detail::from_count<Real>(common.degrees_of_freedom()) * common.unit / common.trace();
    Real const all = fit.tau_squared_between + fit.tau_squared_within + typical;
    return {fit.tau_squared_between / all, fit.tau_squared_within / all};
}

} // namespace accrue
