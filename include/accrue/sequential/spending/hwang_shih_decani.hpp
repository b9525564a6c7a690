#pragma once

#include <accrue/error.hpp>

#include <cmath>
#include <string>

namespace accrue {

/// The gamma family: spends a (1 - exp(-gamma t)) / (1 - exp(-gamma)), and a t at gamma = 0. Positive `gamma`
/// spends early (1 resembles Pocock's boundary), negative late (-4 resembles O'Brien and Fleming's).
///
/// Hwang IK, Shih WJ, DeCani JS (1990), Stat Med 9:1439-1445, doi:10.1002/sim.4780091207.
struct hwang_shih_decani {
    double gamma; ///< any finite number

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "Hwang-Shih-DeCani (gamma " + detail::to_text(gamma) + ")";
    }

    /// \throws invalid_input unless gamma is finite
    [[nodiscard]] double operator()(double const t, double const error) const {
        return increment(0, t, error);
    }
    /// The error spent between two fractions, without the loss of digits of a difference.
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        detail::require_finite("gamma of hwang_shih_decani", gamma);
        auto const width = to - from;
        if (std::abs(gamma) < 1e-300) {
            return error * width;
        }
        // Multiplied by exp(gamma) above and below when gamma is negative, so that nothing overflows.
        if (gamma > 0) {
            return error * std::exp(-gamma * from) * (std::expm1(-gamma * width) / std::expm1(-gamma));
        }
        return error * std::exp(gamma * (1 - to)) * (std::expm1(gamma * width) / std::expm1(gamma));
    }
};

} // namespace accrue
