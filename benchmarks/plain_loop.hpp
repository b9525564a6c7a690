#pragma once

#include <accrue/estimate.hpp>
#include <accrue/pooled.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace accrue::benchmarks {

// The loops that a careful programmer writes for one method and one type: no checks of the input, no choice
// of parts, Fisher scoring from the DerSimonian-Laird value without a guarantee of convergence. The library
// is measured against these.

inline pooled plain_pool(std::span<estimate const> const studies, double const tau_squared) {
    double weights = 0;
    double moments = 0;
    for (auto const& study : studies) {
        double const w = 1 / (study.variance + tau_squared);
        weights += w;
        moments += w * study.effect;
    }
    return {moments / weights, 1 / weights, tau_squared, std::numeric_limits<double>::infinity(),
            studies.size(),    status::ok};
}

inline double plain_dersimonian_laird_tau_squared(std::span<estimate const> const studies) {
    double weights = 0;
    double squared_weights = 0;
    double moments = 0;
    for (auto const& study : studies) {
        double const w = 1 / study.variance;
        weights += w;
        squared_weights += w * w;
        moments += w * study.effect;
    }
    double const mean = moments / weights;
    double q = 0;
    for (auto const& study : studies) {
        double const d = study.effect - mean;
        q += d * d / study.variance;
    }
    double const degrees_of_freedom = static_cast<double>(studies.size()) - 1;
    return std::max(0.0, (q - degrees_of_freedom) / (weights - squared_weights / weights));
}

inline pooled plain_dersimonian_laird(std::span<estimate const> const studies) {
    return plain_pool(studies, plain_dersimonian_laird_tau_squared(studies));
}

inline pooled plain_reml(std::span<estimate const> const studies) {
    double tau_squared = plain_dersimonian_laird_tau_squared(studies);
    for (int iteration = 0; iteration < 100; ++iteration) {
        double w1 = 0;
        double w2 = 0;
        double w3 = 0;
        double moments = 0;
        for (auto const& study : studies) {
            double const w = 1 / (study.variance + tau_squared);
            w1 += w;
            w2 += w * w;
            w3 += w * w * w;
            moments += w * study.effect;
        }
        double const mean = moments / w1;
        double squares = 0;
        for (auto const& study : studies) {
            double const wd = (study.effect - mean) / (study.variance + tau_squared);
            squares += wd * wd;
        }
        double const trace = w1 - w2 / w1;
        double const squared_trace = w2 - 2 * w3 / w1 + w2 * w2 / (w1 * w1);
        double const next = std::max(0.0, tau_squared + (squares - trace) / squared_trace);
        double const change = std::abs(next - tau_squared);
        tau_squared = next;
        if (change * w1 <= 1e-10 * static_cast<double>(studies.size())) {
            break;
        }
    }
    return plain_pool(studies, tau_squared);
}

} // namespace accrue::benchmarks
