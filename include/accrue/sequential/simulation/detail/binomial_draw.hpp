#pragma once

#include <accrue/sequential/simulation/random_stream.hpp>

#include <cmath>
#include <numbers>

namespace accrue::detail {

/// What Stirling's formula lacks of log n!, for n above 15, to 1e-13.
inline double stirling_remainder(double const n) {
    double const square = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / square) / square) / square) / n;
}

/// P(X = k) for a binomial X, for k and n - k above 15; as Loader 2000, with logarithms of ratios near 1.
inline double central_binomial(double const k, double const n, double const p) {
    double const rest = n - k;
    double const exponent = stirling_remainder(n) - stirling_remainder(k) - stirling_remainder(rest) -
                            k * std::log(k / (n * p)) - rest * std::log(rest / (n * (1 - p)));
    return std::sqrt(n / (2 * std::numbers::pi * k * rest)) * std::exp(exponent);
}

/// Binomial by inversion, from one uniform number: the probabilities of the values are taken off it until
/// nothing is left, from 0 upwards where the mean is small, and from the mode to both sides elsewhere. Takes
/// about as many steps as the mean, or the standard deviation, is large.
inline double binomial_draw(random_stream& random, double const n, double const p) {
    if (p > 0.5) {
        return n - binomial_draw(random, n, 1 - p);
    }
    double left = random.uniform();
    double const odds = p / (1 - p);
    if (n * p < 30) {
        double probability = std::exp(n * std::log1p(-p));
        double k = 0;
        for (; k < n; ++k) {
            left -= probability;
            if (left < 0) {
                break;
            }
            probability *= (n - k) / (k + 1) * odds;
        }
        return k;
    }
    double const mode = std::floor((n + 1) * p);
    double const largest = central_binomial(mode, n, p);
    double up = largest;
    double down = largest;
    left -= largest;
    for (double distance = 1; left >= 0 && (up > 0 || down > 0); ++distance) {
        double const above = mode + distance;
        up *= above <= n ? (n - above + 1) / above * odds : 0;
        left -= up;
        if (left < 0) {
            return above;
        }
        double const below = mode - distance;
        down *= below >= 0 ? (below + 1) / (n - below) / odds : 0;
        left -= down;
        if (left < 0) {
            return below;
        }
    }
    return mode; // the uniform number is the last of its 2^52, within rounding
}

} // namespace accrue::detail
