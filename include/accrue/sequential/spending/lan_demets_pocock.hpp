#pragma once

#include <accrue/platform.hpp>

#include <cmath>
#include <numbers>
#include <string>

namespace accrue {

/// Spends a ln(1 + (e - 1) t): close to Pocock's boundary, nearly the same critical value at every look.
///
/// Lan & DeMets 1983, Biometrika 70:659-663, doi:10.1093/biomet/70.3.659.
struct lan_demets_pocock {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Lan-DeMets Pocock"; }

    [[nodiscard]] double operator()(double const t, double const error) const {
        return error * std::log1p((std::numbers::e - 1) * t);
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        return error * std::log1p((std::numbers::e - 1) * (to - from) / (1 + (std::numbers::e - 1) * from));
    }
};

} // namespace accrue
