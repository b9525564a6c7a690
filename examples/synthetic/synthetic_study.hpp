#pragma once

#include <accrue/estimate.hpp>

#include <cmath>
#include <cstdint>

/// A number in [0, 1) that depends on x alone: the finaliser of SplitMix64.
inline double uniform(std::uint64_t x) {
    x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27U) * 0x94D049BB133111EBU;
    return static_cast<double>((x ^ x >> 31U) >> 11U) * 0x1p-53;
}

/// Study i of an endless series, whoever asks for it: log odds ratios about -0.2 with tau² = 0.04.
inline accrue::estimate synthetic_study(std::uint64_t const i) {
    std::uint64_t const odd = 0x9E3779B97F4A7C15U;
    double const variance = 0.01 * std::exp(4 * uniform(odd * (3 * i + 1)));
    double const radius = std::sqrt(-2 * std::log(1 - uniform(odd * (3 * i + 2))));
    double const normal = radius * std::cos(6.283185307179586 * uniform(odd * (3 * i + 3)));
    return {-0.2 + std::sqrt(0.04 + variance) * normal, variance};
}
