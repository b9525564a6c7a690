#pragma once

#include <accrue/estimate.hpp>
#include <accrue/regression/moderators.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace accrue::test {

/// Studies with moderators: years as they are, a factor and a dose.
struct example {
    std::vector<estimate> estimates;
    std::vector<double> year;
    std::vector<double> dose;
    std::vector<std::string> kind;

    [[nodiscard]] moderators all() const {
        return moderators{}.with("year", year).with_factor("kind", kind).with("dose", dose);
    }
};

/// `spread` is the standard deviation of the logarithms of the variances.
inline example simulated(unsigned const seed, std::size_t const k, double const spread,
                         double const offset = 0) {
    auto random = std::mt19937(seed);
    auto normal = std::normal_distribution<double>();
    auto result = example{};
    for (std::size_t i = 0; i < k; ++i) {
        result.year.push_back(std::round(1990 + 15 * normal(random)));
        result.dose.push_back(std::exp(normal(random)));
        result.kind.push_back(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c");
        double const variance = 0.05 * std::exp(spread * normal(random));
        double const mean = 0.02 * (result.year.back() - 1990) + 0.3 * result.dose.back();
        result.estimates.push_back(
            {offset + mean + 0.4 * normal(random) + std::sqrt(variance) * normal(random), variance});
    }
    return result;
}

} // namespace accrue::test
