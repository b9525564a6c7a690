#pragma once

#include <accrue/error.hpp>

#include <cmath>
#include <string>

namespace accrue {

/// Spends a^(t^-nu): the logarithm of the error spent is that of the whole error over t^nu, so that nearly
/// nothing is spent early, and the less the larger `nu`. 0.75 resembles O'Brien and Fleming's boundary.
///
/// Anderson KM, Clark JB (2010), Stat Med 29:321-327.
struct exponential_spending {
    double nu = 0.75; ///< positive

    /// How it is called in reports.
    [[nodiscard]] std::string name() const { return "exponential (nu " + detail::to_text(nu) + ")"; }

    /// \throws invalid_input unless nu is positive
    [[nodiscard]] double operator()(double const t, double const error) const {
        return std::exp(exponent(t, error));
    }
    /// The error spent between two fractions, without the loss of digits of a difference.
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (!(from > 0)) {
            return (*this)(to, error);
        }
        auto const last = exponent(to, error);
        return -std::exp(last) * std::expm1(last * std::expm1(nu * std::log1p((to - from) / from)));
    }

  private:
    [[nodiscard]] double exponent(double const t, double const error) const {
        detail::require_positive("nu of exponential_spending", nu);
        return std::log(error) * std::pow(t, -nu);
    }
};

} // namespace accrue
