#pragma once

#include <accrue/error.hpp>

#include <cmath>
#include <string>

namespace accrue {

/// The power family: spends a t^rho by the information fraction t. `rho` = 1 spends evenly; a larger one
/// spends less at first and keeps more for the end: 3 resembles O'Brien and Fleming's boundary.
///
/// Kim K, DeMets DL (1987), Biometrika 74:149-154, doi:10.1093/biomet/74.1.149.
struct kim_demets {
    double rho; ///< positive

    /// How it is called in reports.
    [[nodiscard]] std::string name() const { return "Kim-DeMets (rho " + detail::to_text(rho) + ")"; }

    /// \throws invalid_input unless rho is positive and finite
    [[nodiscard]] double operator()(double const t, double const error) const {
        detail::require_positive("rho of kim_demets", rho);
        return error * std::pow(t, rho);
    }
    /// The error spent between two fractions, without the loss of digits of a difference.
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (!(from > 0)) {
            return (*this)(to, error);
        }
        return -(*this)(to, error) * std::expm1(-rho * std::log1p((to - from) / from));
    }
};

} // namespace accrue
