#pragma once

#include <accrue/distribution/detail/normal_between.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>

#include <cmath>
#include <string>

namespace accrue {

/// Spends 2 (1 - Phi(z / t^(rho/2))) with z the upper a/2 quantile: almost nothing at early looks, close to
/// O'Brien and Fleming's boundary at rho = 1.
///
/// `a` is what one boundary spends: a two-sided error of 0.05 takes z at 0.025 / 2 for each of its two sides.
/// Peers that insert the whole two-sided error into this formula get boundaries that are too low.
///
/// Lan & DeMets 1983, Biometrika 70:659-663, doi:10.1093/biomet/70.3.659.
struct lan_demets_obrien_fleming {
    double rho = 1; ///< positive; a larger one spends later

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Lan-DeMets O'Brien-Fleming"; }

    /// \throws invalid_input unless rho is positive and finite
    [[nodiscard]] double operator()(double const t, double const error) const {
        return 2 * normal::survival(quantile_at(t, upper_quantile(error)));
    }
    /// The probability of a normal variable between the quantiles at the two fractions; their distance is
    /// computed from that of the fractions.
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        auto const z = upper_quantile(error);
        auto const low = quantile_at(to, z);
        if (!(from > 0)) {
            return 2 * normal::survival(low);
        }
        return 2 * detail::normal_between(low, low * std::expm1(0.5 * rho * std::log1p((to - from) / from)));
    }

  private:
    [[nodiscard]] double upper_quantile(double const error) const {
        detail::require_positive("rho of lan_demets_obrien_fleming", rho);
        return normal::upper_quantile(error / 2);
    }
    [[nodiscard]] double quantile_at(double const t, double const z) const {
        return z / (rho < 1 || rho > 1 ? std::pow(t, 0.5 * rho) : std::sqrt(t));
    }
};

} // namespace accrue
