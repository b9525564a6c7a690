// Meta-regressions: of 13 trials, of 10,000, and a batch of many with one design.

#include "simulated.hpp"
#include <accrue/regression.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

namespace {

using namespace accrue;

moderators numbered(std::size_t const studies, std::size_t const columns) {
    auto result = moderators{};
    for (std::size_t j = 0; j < columns; ++j) {
        auto values = std::vector<double>{};
        for (auto const& study : benchmarks::simulated(studies, static_cast<unsigned>(j) + 2)) {
            values.push_back(1990 + 10 * study.effect);
        }
        result = result.with(j == 0 ? "year" : "dose", values);
    }
    return result;
}

/// From estimates and columns to coefficients, the design included.
template <class Model>
void run(benchmark::State& state, Model const& model) {
    auto const k = static_cast<std::size_t>(state.range(0));
    auto const studies = benchmarks::simulated(k, 1);
    auto const given = numbered(k, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(meta_regression(model, studies, given));
    }
}

void regression_reml(benchmark::State& state) {
    run(state, random_effects{});
}
void regression_dl(benchmark::State& state) {
    run(state, random_effects{dersimonian_laird{}});
}
BENCHMARK(regression_reml)->Arg(13)->Arg(100)->Arg(10000);
BENCHMARK(regression_dl)->Arg(13)->Arg(10000);

/// Regressions of 20 studies on two moderators, REML, on one core.
void regressions_of_a_batch(benchmark::State& state) {
    constexpr std::size_t k = 20;
    auto const size = static_cast<std::size_t>(state.range(0));
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (auto const& study : benchmarks::simulated(size * k, 1)) {
        effects.push_back(study.effect);
        variances.push_back(study.variance);
    }
    auto const given = numbered(k, 2);
    for (auto _ : state) {
        benchmark::DoNotOptimize(regress_each(random_effects{}, study_matrix{effects, variances, k}, given));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(regressions_of_a_batch)->Arg(100000)->Unit(benchmark::kMillisecond);

} // namespace
