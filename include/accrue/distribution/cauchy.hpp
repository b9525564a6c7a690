#pragma once

#include <accrue/platform.hpp>

#include <cmath>
#include <limits>
#include <numbers>

namespace accrue {

/// The standard Cauchy distribution, Student's t with one degree of freedom, F(x) = 1/2 + atan(x) / pi. Its
/// tails are so heavy that it has no mean, so that `cauchy_spending` spends more at the first looks than the
/// other distributions' spending functions. Both tails keep their relative precision.
struct cauchy {
    /// How it is called in reports.
    [[nodiscard]] static constexpr char const* name() { return "Cauchy"; }

    [[nodiscard]] static double cumulative(double const x) { return std::atan2(1.0, -x) / std::numbers::pi; }
    [[nodiscard]] static double survival(double const x) { return cumulative(-x); }
    [[nodiscard]] static double density(double const x) { return 1 / (std::numbers::pi * (1 + x * x)); }
    /// The x with P(X <= x) = p, infinite at 0 and 1, NaN unless 0 <= p <= 1.
    [[nodiscard]] static double quantile(double const p) {
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        if (!(p >= 0 && p <= 1)) {
            return std::numeric_limits<double>::quiet_NaN();
        }
        if (p < 0.5) {
            return p > 0 ? -1 / std::tan(std::numbers::pi * p) : -infinity;
        }
        return p < 1 ? 1 / std::tan(std::numbers::pi * (1 - p)) : infinity;
    }
};

} // namespace accrue
