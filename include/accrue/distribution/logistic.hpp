#pragma once

#include <accrue/platform.hpp>

#include <cmath>

namespace accrue {

/// The standard logistic distribution, F(x) = 1 / (1 + exp(-x)): that of the log odds of a uniform
/// probability. Its quantile function is the logit, the scale of `logistic_spending`.
struct logistic {
    /// How it is called in reports.
    [[nodiscard]] static constexpr char const* name() { return "logistic"; }

    [[nodiscard]] static double cumulative(double const x) { return 1 / (1 + std::exp(-x)); }
    [[nodiscard]] static double survival(double const x) { return cumulative(-x); }
    [[nodiscard]] static double density(double const x) { return cumulative(x) * cumulative(-x); }
    /// The x with P(X <= x) = p, infinite at 0 and 1.
    [[nodiscard]] static double quantile(double const p) { return std::log(p) - std::log1p(-p); }
};

} // namespace accrue
