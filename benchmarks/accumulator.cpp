// The accumulator's operations, none of which depends on the number of studies that it holds.

#include "simulated.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>

namespace {

using namespace accrue;

evidence_accumulator accumulated(std::size_t const k, unsigned const seed) {
    auto result = evidence_accumulator{};
    for (auto const& study : benchmarks::simulated(k, seed)) {
        result.add(study);
    }
    return result;
}

void accumulator_add(benchmark::State& state) {
    auto const studies = benchmarks::simulated(1024, 1);
    auto all = evidence_accumulator{};
    for (auto _ : state) {
        for (auto const& study : studies) {
            all.add(study);
        }
        benchmark::DoNotOptimize(all);
    }
    state.SetItemsProcessed(state.iterations() * 1024);
    state.counters["logarithms"] = 1024;
}

void accumulator_merge(benchmark::State& state) {
    auto all = accumulated(1000, 1);
    auto const other = accumulated(1000, 2);
    for (auto _ : state) {
        all += other;
        benchmark::DoNotOptimize(all);
    }
}

void accumulator_pool_dl(benchmark::State& state) {
    auto const all = accumulated(static_cast<std::size_t>(state.range(0)), 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(pool(random_effects{dersimonian_laird{}}, all));
    }
}

void accumulator_bytes(benchmark::State& state) {
    auto const all = accumulated(1000, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(evidence_accumulator::from_bytes(all.bytes()));
    }
}

BENCHMARK(accumulator_add);
BENCHMARK(accumulator_merge);
BENCHMARK(accumulator_pool_dl)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(accumulator_bytes);

} // namespace
