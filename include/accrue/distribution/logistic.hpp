#pragma once

#include <cmath>

namespace accrue {

/// The standard logistic distribution, 1 / (1 + exp(-x)).
struct logistic {
    [[nodiscard]] static double cumulative(double const x) { return 1 / (1 + std::exp(-x)); }
    [[nodiscard]] static double survival(double const x) { return cumulative(-x); }
    [[nodiscard]] static double density(double const x) { return cumulative(x) * cumulative(-x); }
    /// The x with P(X <= p) = p.
    [[nodiscard]] static double quantile(double const p) { return std::log(p) - std::log1p(-p); }
};

} // namespace accrue
