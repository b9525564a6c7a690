#pragma once

#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/real.hpp>

#include <cstddef>

namespace accrue {

/// How the variance of the three-level mean depends on the variances between (s) and within (t) clusters, and
/// what the data say of those: all that the expected information gives of the precision of a precision.
///
/// With M the covariance of the effects, P its inverse with the mean projected out, A_s = 1 1' within
/// clusters and A_t the identity, the information of (s, t) is tr(P A P A')/2, or with the inverse of M in
/// place of P for `maximum_likelihood`. The excesses are V² 1'M⁻¹A P A'M⁻¹1, V the variance of the mean: by
/// how much, to second order and in units of the covariance of s and t, the mean varies more than V says as s
/// and t are estimated. Kenward and Roger's variance is V and twice their sum, weighted by that covariance.
///
/// Kenward & Roger 1997, Biometrics 53:983-997, doi:10.2307/2533558.
template <real Real>
struct nested_information {
    Real variance;               ///< 1 / 1'M⁻¹1, of the mean
    Real slope_between;          ///< its derivative by s
    Real slope_within;           ///< its derivative by t
    Real between_between;        ///< information of s
    Real between_within;         ///< of both
    Real within_within;          ///< information of t
    bool between_free;           ///< s was estimated and is not at its bound of 0
    bool within_free;            ///< t likewise
    Real excess_between_between; ///< by s
    Real excess_between_within;  ///< by both
    Real excess_within_within;   ///< by t
};

namespace detail {

template <real Real>
[[nodiscard]] nested_information<Real> information_of(nested_studies<Real> const& studies,
                                                      Real const& between, Real const& within,
                                                      bool const restricted) {
    auto const at = studies.means(within);
    Real const ratio = between / at.unit;
    // Sums over clusters, in powers of `unit`, of 1'M⁻¹1 and the like; u = M⁻¹1, and J = 1 1' within
    // clusters.
    Real total(0), uu(0), u_j_u(0), m_m(0), m_j_m(0), m_j_m_j(0), u_m_u(0), u_m_j_u(0), u_j_m_j_u(0);
    for (std::size_t j = 0; j < studies.clusters(); ++j) {
        Real const growth = 1 + ratio * at.weights[j];
        Real const shrink = ratio / growth;
        Real const one = at.weights[j] / growth;         // 1'M⁻¹1
        Real const two = at.squares[j] / square(growth); // 1'M⁻²1
        total += one;
        uu += two;
        u_j_u += square(one);
        m_m += at.squares[j] - 2 * shrink * at.cubes[j] + square(Real(shrink * at.squares[j]));
        m_j_m += two;
        m_j_m_j += square(one);
        u_m_u += (at.cubes[j] - shrink * square(at.squares[j])) / square(growth);
        u_m_j_u += two * one;
        u_j_m_j_u += one * one * one;
    }
    Real const less = restricted ? Real(1) : Real(0);
    Real const half_unit_squared = 2 * square(at.unit);
    Real const ww = m_m + less * (-2 * u_m_u / total + square(Real(uu / total)));
    Real const bw = m_j_m + less * (-2 * u_m_j_u / total + (uu / total) * (u_j_u / total));
    Real const bb = m_j_m_j + less * (-2 * u_j_m_j_u / total + square(Real(u_j_u / total)));
    auto const excess = [&](Real const& product, Real const& one, Real const& other) -> Real {
        return (product - one * (other / total)) / square(total) / at.unit;
    };
    return {at.unit / total,
            u_j_u / square(total),
            uu / square(total),
            bb / half_unit_squared,
            bw / half_unit_squared,
            ww / half_unit_squared,
            between > 0,
            within > 0,
            excess(u_j_m_j_u, u_j_u, u_j_u),
            excess(u_m_j_u, u_j_u, uu),
            excess(u_m_u, uu, uu)};
}

} // namespace detail
} // namespace accrue
