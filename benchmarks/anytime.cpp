// The posterior of eight schools, and one more trial for each e-process.

#include <accrue/bayes.hpp>
#include <accrue/sequential/anytime.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

namespace {

using namespace accrue;

std::vector<estimate> const schools{{28.39, 14.9 * 14.9}, {7.94, 10.2 * 10.2}, {-2.75, 16.3 * 16.3},
                                    {6.82, 11.0 * 11.0},  {-0.64, 9.4 * 9.4},  {0.63, 11.4 * 11.4},
                                    {18.01, 10.4 * 10.4}, {12.16, 17.6 * 17.6}};

void posterior_of_eight_schools(benchmark::State& state) {
    auto const model = bayesian_random_effects{.mean = normal_prior{0, 50}, .heterogeneity = half_cauchy{25}};
    for (auto _ : state) {
        auto const after = model(schools);
        benchmark::DoNotOptimize(after.mean().mean() + after.mean().sd() + after.tau().mean());
    }
}
BENCHMARK(posterior_of_eight_schools)->Unit(benchmark::kMicrosecond);

template <class Process>
void add(benchmark::State& state, Process const& blank) {
    for (auto _ : state) {
        auto process = blank;
        for (std::size_t i = 0; i < 1000; ++i) {
            process.add({0.05 + 0.05 * static_cast<double>(i * 7919 % 13) - 0.3,
                         0.02 + 0.001 * static_cast<double>(i % 17)});
        }
        benchmark::DoNotOptimize(process.p_value());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK_CAPTURE(add, symmetric, symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.04});
BENCHMARK_CAPTURE(add, robbins, robbins_mixture{.effect_sd = 0.3});
BENCHMARK_CAPTURE(add, grow, grow{.planned_effect = 0.3});

void add_ten_binary(benchmark::State& state) {
    auto const blank = exact_binary_e_process{};
    for (auto _ : state) {
        auto process = blank;
        for (int i = 0; i < 10; ++i) {
            process.add({{static_cast<double>(i % 3), 100}, {static_cast<double>(1 + i % 4), 100}});
        }
        benchmark::DoNotOptimize(process.p_value());
    }
    state.SetItemsProcessed(state.iterations() * 10);
}
BENCHMARK(add_ten_binary)->Unit(benchmark::kMillisecond);

} // namespace
