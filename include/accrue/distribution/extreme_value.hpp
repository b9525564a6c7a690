#pragma once

#include <accrue/platform.hpp>

#include <cmath>

namespace accrue {

/// The standard extreme value distribution of maxima (Gumbel), exp(-exp(-x)).
struct extreme_value_maximum {
    /// How it is called in reports.
    [[nodiscard]] static constexpr char const* name() { return "extreme value (maximum)"; }

    [[nodiscard]] static double cumulative(double const x) { return std::exp(-std::exp(-x)); }
    [[nodiscard]] static double survival(double const x) { return -std::expm1(-std::exp(-x)); }
    [[nodiscard]] static double density(double const x) { return std::exp(-x - std::exp(-x)); }
    /// The x with P(X <= x) = p, infinite at 0 and 1.
    [[nodiscard]] static double quantile(double const p) { return -std::log(-std::log(p)); }
};

/// The standard extreme value distribution of minima, 1 - exp(-exp(x)).
struct extreme_value_minimum {
    /// How it is called in reports.
    [[nodiscard]] static constexpr char const* name() { return "extreme value (minimum)"; }

    [[nodiscard]] static double cumulative(double const x) { return extreme_value_maximum::survival(-x); }
    [[nodiscard]] static double survival(double const x) { return extreme_value_maximum::cumulative(-x); }
    [[nodiscard]] static double density(double const x) { return extreme_value_maximum::density(-x); }
    /// The x with P(X <= x) = p, infinite at 0 and 1.
    [[nodiscard]] static double quantile(double const p) { return std::log(-std::log1p(-p)); }
};

} // namespace accrue
