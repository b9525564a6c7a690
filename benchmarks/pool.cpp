// One meta-analysis: the library against the loop that one would write by hand for it.

#include "plain_loop.hpp"
#include "simulated.hpp"
#include <accrue/model/random_effects.hpp>
#include <accrue/pool.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace accrue;

template <class Pool>
void run(benchmark::State& state, Pool const& pool_studies) {
    auto const studies = accrue::benchmarks::simulated_sets(static_cast<std::size_t>(state.range(0)));
    std::size_t set = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(pool_studies(studies[set]));
        set = (set + 1) % studies.size();
    }
}

void dersimonian_laird_plain(benchmark::State& state) {
    run(state, [](auto const& studies) { return accrue::benchmarks::plain_dersimonian_laird(studies); });
}
void dersimonian_laird_accrue(benchmark::State& state) {
    run(state, [](auto const& studies) { return pool(random_effects{dersimonian_laird{}}, studies); });
}
void reml_plain(benchmark::State& state) {
    run(state, [](auto const& studies) { return accrue::benchmarks::plain_reml(studies); });
}
void reml_accrue(benchmark::State& state) {
    run(state, [](auto const& studies) { return pool(random_effects{reml{}}, studies); });
}
void reml_hartung_knapp_accrue(benchmark::State& state) {
    run(state, [](auto const& studies) { return pool(random_effects{reml{}, hartung_knapp{}}, studies); });
}

void sizes(benchmark::internal::Benchmark* const benchmark) {
    for (int const k : {4, 13, 100, 10'000}) {
        benchmark->Arg(k);
    }
}

BENCHMARK(dersimonian_laird_plain)->Apply(sizes);
BENCHMARK(dersimonian_laird_accrue)->Apply(sizes);
BENCHMARK(reml_plain)->Apply(sizes);
BENCHMARK(reml_accrue)->Apply(sizes);
BENCHMARK(reml_hartung_knapp_accrue)->Apply(sizes);

} // namespace
