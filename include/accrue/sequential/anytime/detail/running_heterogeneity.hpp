#pragma once

#include <accrue/estimate.hpp>
#include <accrue/real.hpp>

#include <cstddef>

namespace accrue::detail {

/// DerSimonian and Laird's tau² of the trials so far, from sums that a trial is added to. Weights are
/// relative to the first trial's.
struct running_heterogeneity {
    std::size_t size = 0;
    double unit = 0; ///< the first variance
    double mean = 0;
    double weights = 0; ///< sum u, u = unit / v
    double pairs = 0;   ///< sum of u_i u_j over pairs; (sum u)² - sum u² is twice that
    double squares = 0; ///< sum u (y - mean)²

    void add(estimate const& study) {
        if (size++ == 0) {
            unit = study.variance;
        }
        double const weight = unit / study.variance;
        double const others = weights;
        weights += weight;
        pairs += weight * others;
        double const before = study.effect - mean;
        mean += before * (weight / weights);
        squares += weight * before * (before * (others / weights));
    }
    [[nodiscard]] double tau_squared() const {
        double const excess = squares - static_cast<double>(size - 1) * unit;
        return size > 1 && excess > 0 ? excess / (2 * (pairs / weights)) : 0;
    }

    friend bool operator==(running_heterogeneity const&, running_heterogeneity const&) = default;
};

} // namespace accrue::detail
