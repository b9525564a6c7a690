#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The exponential distribution: density exp(-x / mean) / mean. It is what a penalty proportional to tau
/// comes to. Simpson, Rue, Riebler, Martins & Sørbye 2017, doi:10.1214/16-STS576.
struct exponential {
    double mean; ///< positive, in units of the effect; one over the rate

    /// The log density at x >= 0.
    ///
    /// \throws invalid_input unless mean is positive and finite
    template <real Real>
    [[nodiscard]] Real operator()(Real const& x) const {
        detail::require_positive("mean", mean);
        Real const m(mean);
        return -log(m) - x / m;
    }
    [[nodiscard]] double typical() const { return mean; }
};

} // namespace accrue
