#include "results.hpp"

#include <accrue/batch/pool_each.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference/cumulative.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

std::vector<double> ACCRUE_RESULTS() {
    using namespace accrue;
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto estimates = std::vector<estimate>{};
    auto accumulator = evidence_accumulator{};
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    // Long enough for a list to be halved.
    for (int i = 0; i < 40000; ++i) {
        estimates.push_back({std::sin(i * i) / 2 + 0.3, 0.01 + std::abs(std::sin(3 * i))});
        accumulator.add(estimates.back());
        effects.push_back(estimates.back().effect);
        variances.push_back(estimates.back().variance);
    }
    auto results = std::vector<double>{};
    auto const keep = [&](pooled const& result) {
        results.insert(results.end(), {result.effect, result.variance, result.tau_squared});
    };
    keep(pool(model, estimates));
    keep(pool(model, accumulator));
    keep(cumulative(model, std::span(estimates).first(300)).back());
    std::size_t const studies = 20;
    auto const batch = pool_each(model, study_matrix{effects, variances, studies});
    for (std::size_t i = 0; i < 50; ++i) {
        keep(batch[i]);
    }
    return results;
}
