// Cumulative Z-curves, whose cost a study must not grow with the number of studies.

#include "counted.hpp"
#include "simulated.hpp"
#include <accrue/inference/z_curve.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>

namespace {

using namespace accrue;

template <class Model>
void run(benchmark::State& state, Model const& model) {
    auto const studies = benchmarks::simulated(static_cast<std::size_t>(state.range(0)), 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(z_curve(model, studies));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// Beyond the first hundred studies a fit divides once at each of the 20 points of each of the bands of a
/// factor of 4 that the variances, which spread by a factor of 50, fall in; and each study takes a logarithm.
void count(benchmark::State& state, double const fits) {
    constexpr double points = 20 * 4;
    if (state.range(0) >= 1000) {
        state.counters["divisions"] = points * fits;
        state.counters["logarithms"] = static_cast<double>(state.range(0));
    }
}

template <class Estimator>
void run_iterated(benchmark::State& state, Estimator const& estimator) {
    run(state, random_effects{estimator});
    std::size_t passes = 0;
    auto const studies = benchmarks::simulated(static_cast<std::size_t>(state.range(0)), 1);
    static_cast<void>(
        cumulative(random_effects{benchmarks::counted<Estimator>{estimator, &passes}}, studies));
    count(state, static_cast<double>(passes + studies.size()));
}

void z_curve_common(benchmark::State& state) {
    run(state, common_effect{});
    state.counters["divisions"] = 2 * static_cast<double>(state.range(0)); // 1/v and effect / weight
}
void z_curve_dl(benchmark::State& state) {
    run(state, random_effects{dersimonian_laird{}});
    count(state, 2 * static_cast<double>(state.range(0)));
}
void z_curve_reml(benchmark::State& state) {
    run_iterated(state, reml{});
}
void z_curve_pm(benchmark::State& state) {
    run_iterated(state, paule_mandel{});
}

void sizes(benchmark::internal::Benchmark* const benchmark) {
    for (int const k : {4, 20, 100, 200, 1'000, 10'000, 100'000, 1'000'000}) {
        benchmark->Arg(k);
    }
}

BENCHMARK(z_curve_common)->Apply(sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(z_curve_dl)->Apply(sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(z_curve_reml)->Apply(sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(z_curve_pm)->Apply(sizes)->Unit(benchmark::kMicrosecond);

} // namespace
