// Selection models and trim and fill of 40 studies, and Egger's test of the same.

#include "simulated.hpp"
#include <accrue/model/random_effects.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/small_study/trim_and_fill.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>

namespace {

using namespace accrue;

constexpr std::size_t studies_each = 40;

template <class Procedure>
void time_of(benchmark::State& state, Procedure const& procedure) {
    auto const studies = benchmarks::simulated(studies_each, 7);
    for (auto _ : state) {
        auto result = procedure(studies);
        benchmark::DoNotOptimize(result);
    }
}

void egger(benchmark::State& state) {
    time_of(state, egger_test{});
}
void egger_with_reml(benchmark::State& state) {
    time_of(state, egger_test{by_standard_error{}, additive_dispersion{}});
}
void fill(benchmark::State& state) {
    time_of(state, [](auto const& studies) { return trim_and_fill{}(random_effects{}, studies); });
}
void selection_by_one_step(benchmark::State& state) {
    time_of(state, selection_model{step_weights{{0.025}}});
}
void selection_by_three_steps(benchmark::State& state) {
    time_of(state, selection_model{step_weights{{0.05, 0.2, 0.5}}});
}
void selection_by_half_normal(benchmark::State& state) {
    time_of(state, selection_model{half_normal_weights{}});
}
void selection_by_beta(benchmark::State& state) {
    time_of(state, selection_model{beta_weights{}});
}

BENCHMARK(egger);
BENCHMARK(egger_with_reml);
BENCHMARK(fill);
BENCHMARK(selection_by_one_step)->Unit(benchmark::kMicrosecond);
BENCHMARK(selection_by_three_steps)->Unit(benchmark::kMicrosecond);
BENCHMARK(selection_by_half_normal)->Unit(benchmark::kMicrosecond);
BENCHMARK(selection_by_beta)->Unit(benchmark::kMicrosecond);

} // namespace
