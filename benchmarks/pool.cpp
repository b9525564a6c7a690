// One meta-analysis: the library against the loop that one would write by hand for it.

#include "counted.hpp"
#include "plain_loop.hpp"
#include "simulated.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace accrue;

template <class Pool>
void run(benchmark::State& state, Pool const& pool_studies) {
    auto const sets = benchmarks::simulated_sets(static_cast<std::size_t>(state.range(0)));
    std::size_t set = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(pool_studies(sets[set]));
        set = set + 1 < sets.size() ? set + 1 : 0;
    }
}

template <class Model>
void run_model(benchmark::State& state, Model const& model) {
    run(state, [&](auto const& studies) { return pool(model, studies); });
}

/// As many divisions as passes over the studies, and as the last fit takes.
template <class Estimator>
void count_divisions(benchmark::State& state, Estimator const& estimator) {
    std::size_t passes = 0;
    auto const sets = benchmarks::simulated_sets(static_cast<std::size_t>(state.range(0)));
    for (auto const& studies : sets) {
        static_cast<void>(pool(random_effects{benchmarks::counted<Estimator>{estimator, &passes}}, studies));
    }
    state.counters["divisions"] = static_cast<double>(state.range(0)) *
                                  (static_cast<double>(passes) / static_cast<double>(sets.size()) + 1);
}

void pool_dl_plain(benchmark::State& state) {
    run(state, benchmarks::plain_dersimonian_laird);
}
void pool_dl(benchmark::State& state) {
    run_model(state, random_effects{dersimonian_laird{}});
    state.counters["divisions"] = 2 * static_cast<double>(state.range(0)); // 1/v and 1/(v + tau²)
}
void pool_reml_plain(benchmark::State& state) {
    run(state, benchmarks::plain_reml);
}
void pool_reml(benchmark::State& state) {
    run_model(state, random_effects{reml{}});
    count_divisions(state, reml{});
}
void pool_reml_hksj(benchmark::State& state) {
    run_model(state, random_effects{reml{}, hartung_knapp{}});
    count_divisions(state, reml{});
}
void pool_pm(benchmark::State& state) {
    run_model(state, random_effects{paule_mandel{}});
    count_divisions(state, paule_mandel{});
}

void sizes(benchmark::internal::Benchmark* const benchmark) {
    for (int const k : {4, 13, 100, 10'000}) {
        benchmark->Arg(k);
    }
}

BENCHMARK(pool_dl_plain)->Apply(sizes);
BENCHMARK(pool_dl)->Apply(sizes);
BENCHMARK(pool_reml_plain)->Apply(sizes);
BENCHMARK(pool_reml)->Apply(sizes);
BENCHMARK(pool_reml_hksj)->Apply(sizes);
BENCHMARK(pool_pm)->Apply(sizes);

} // namespace
