#pragma once

#include <accrue/estimate.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test::seams {

/// Studies that every combination of parts is run on.
struct data_set {
    std::string name;
    std::vector<estimate> studies;
    bool
        regular; ///< laws hold to 1e-8; where not, rounding alone may decide, and only what is exact is asked
};

/// The studies in reverse order.
[[nodiscard]] inline std::vector<estimate> reversed(std::vector<estimate> const& studies) {
    return {studies.rbegin(), studies.rend()};
}

/// Every effect times `factor` and more by `shift`, every variance times the square of the factor.
[[nodiscard]] inline std::vector<estimate> changed(std::vector<estimate> studies, double const factor,
                                                   double const shift) {
    for (auto& [effect, variance] : studies) {
        effect = effect * factor + shift;
        variance *= factor * factor;
    }
    return studies;
}

/// The studies in two groups, by turns; a single study is a group alone.
[[nodiscard]] inline std::vector<std::vector<estimate>> by_turns(std::vector<estimate> const& studies) {
    auto halves = std::vector<std::vector<estimate>>(studies.size() < 2 ? 1 : 2);
    for (std::size_t i = 0; i < studies.size(); ++i) {
        halves[i % halves.size()].push_back(studies[i]);
    }
    return halves;
}

/// Labels that put studies in clusters of two.
[[nodiscard]] inline std::vector<int> in_pairs(std::size_t const k) {
    auto clusters = std::vector<int>{};
    for (std::size_t i = 0; i < k; ++i) {
        clusters.push_back(static_cast<int>(i / 2));
    }
    return clusters;
}

/// Ordinary, tiny, degenerate and extreme studies.
[[nodiscard]] inline std::vector<data_set> const& data_sets() {
    static auto const ordinary =
        std::vector<estimate>{{-0.89, 0.326}, {-1.59, 0.195}, {-1.35, 0.415}, {-1.44, 0.02},
                              {-0.22, 0.051}, {-0.79, 0.007}, {-1.62, 0.223}, {0.01, 0.004}};
    static auto const sets = std::vector<data_set>{
        {"ordinary", ordinary, true},
        {"homogeneous", {{0.31, 0.04}, {0.29, 0.09}, {0.3, 0.02}, {0.32, 0.16}, {0.295, 0.05}}, true},
        {"equal variances", {{0.1, 0.04}, {0.9, 0.04}, {0.4, 0.04}, {-0.3, 0.04}, {0.2, 0.04}}, true},
        {"one study dominates", {{0.1, 1e-6}, {0.9, 1}, {-0.4, 2}, {1.3, 0.5}}, true},
        {"three studies", {{0.1, 0.03}, {0.8, 0.05}, {-0.2, 0.02}}, true},
        {"two studies", {{0.1, 0.03}, {0.8, 0.05}}, true},
        {"two studies that agree", {{0.41, 0.03}, {0.4, 0.05}}, true},
        {"one study", {{0.4, 0.05}}, false},
        {"equal effects", {{0.4, 0.05}, {0.4, 0.02}, {0.4, 0.3}}, false},
        {"two equal studies", {{0.4, 0.05}, {0.4, 0.05}}, false},
        {"equal studies", {{0.4, 0.05}, {0.4, 0.05}, {0.4, 0.05}, {0.4, 0.05}}, false},
        {"no effect at all", {{0, 0.05}, {0, 0.02}, {0, 0.3}}, false},
        {"effects of 1e-165 with the smallest variances",
         {{1e-165, 5e-324}, {2e-165, 1e-323}, {-3e-165, 5e-324}},
         false},
        {"effects of 1e-165 beside variances of 1", {{1e-165, 1}, {2e-165, 2}, {-3e-165, 0.5}}, false},
        {"effects of 1e-150", changed(ordinary, 1e-150, 0), false},
        {"effects of 1e150", changed(ordinary, 1e150, 0), false},
        {"effects of 1e150 beside variances of 1", {{1e150, 1}, {2e150, 2}, {-3e150, 0.5}}, false},
        {"effects of 1e160 beside variances of 1", {{1e160, 1}, {2e160, 2}, {-3e160, 0.5}}, false},
        {"effects of 1e308", {{1e308, 1}, {-1e308, 2}, {1.5e308, 0.5}}, false},
        {"equal effects of 1e308", {{1e308, 1}, {1e308, 2}, {1e308, 0.5}}, false},
        {"variances of 1e308", {{0.1, 1e308}, {0.9, 1.5e308}, {-0.4, 1e308}}, false},
        {"variances of 1e-308", {{0.1, 3e-308}, {0.9, 4e-308}, {-0.4, 5e-308}}, false},
        {"the smallest variances", {{0.1, 5e-324}, {0.9, 5e-324}, {-0.4, 1e-323}}, false},
        {"variances from 1e-308 to 1e308", {{0.1, 3e-308}, {0.9, 1e308}, {-0.4, 1}}, false},
        {"variances a factor of 1e24 apart", {{0.1, 1e-12}, {0.9, 1e12}, {-0.4, 1}, {0.2, 1e-6}}, false},
        {"two precise studies of a factor of 1e24", {{0.1, 1e-12}, {0.9, 2e-12}, {-0.4, 1e12}}, false},
        {"an offset of 1e12", changed(ordinary, 1, 1e12), false},
    };
    return sets;
}

} // namespace accrue::test::seams
