#pragma once

#include <accrue/estimate.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace accrue::benchmarks {

/// Studies like those of a meta-analysis of log odds ratios: variances spread by a factor of 50 about 0.1,
/// effects about 0.3 with tau² = 0.05.
inline std::vector<estimate> simulated(std::size_t const k, unsigned const seed) {
    auto engine = std::mt19937_64{seed};
    auto normal = std::normal_distribution<>{};
    auto log_variance = std::uniform_real_distribution<>{std::log(0.015), std::log(0.75)};
    auto studies = std::vector<estimate>(k);
    for (auto& study : studies) {
        study.variance = std::exp(log_variance(engine));
        study.effect = 0.3 + std::sqrt(0.05 + study.variance) * normal(engine);
    }
    return studies;
}

/// Several such meta-analyses, so that branch predictors can't learn one of them by heart, that fit in the
/// cache.
inline std::vector<std::vector<estimate>> simulated_sets(std::size_t const k) {
    auto sets = std::vector<std::vector<estimate>>{};
    for (unsigned seed = 1; seed <= (k > 1000 ? 1 : 512 * 4 / static_cast<unsigned>(k) + 16); ++seed) {
        sets.push_back(simulated(k, seed));
    }
    return sets;
}

} // namespace accrue::benchmarks
