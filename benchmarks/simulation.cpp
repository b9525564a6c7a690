// Simulated meta-analyses a second: 20 trials each, five looks, no early end for want of crossings. And
// boundaries by simulation: 20 trials, 19 looks, 10 values of tau², 100,000 reviews each, on two threads.

#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace {

using namespace accrue;

template <class Model>
void monitoring(benchmark::State& state, Model const& model) {
    auto const looks =
        symmetric_looks({4, 8, 12, 16, 20}, boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                                                       std::vector{0.2, 0.4, 0.6, 0.8, 1.0}));
    auto const series = trial_series{log_normal_variances{.trials = 20}, constant_heterogeneity{0.6}};
    auto options = simulation_options{.replicates = 2000};
    for (auto _ : state) {
        ++options.seed;
        benchmark::DoNotOptimize(simulate_monitoring(series, model, looks, options));
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(options.replicates));
}

BENCHMARK_CAPTURE(monitoring, dersimonian_laird, random_effects{dersimonian_laird{}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(monitoring, sidik_jonkman_hartung_knapp_floored,
                  random_effects{sidik_jonkman{}, hartung_knapp_floored{}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(monitoring, reml, random_effects{reml{}})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(monitoring, semi_bayes,
                  random_effects{semi_bayes{inverse_gamma_prior{.shape = 1.5, .scale = 0.3}}})
    ->Unit(benchmark::kMillisecond);

void simulated_boundaries(benchmark::State& state) {
    auto random = random_stream(8, 8);
    auto trials = std::vector<estimate>{};
    auto participants = std::vector<double>{};
    for (int i = 0; i < 20; ++i) {
        double const size = std::exp(1.5 * random.normal());
        trials.push_back({0.1 * random.normal(), 1 / size});
        participants.push_back(100 * size);
    }
    auto const grid = std::vector{0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0};
    auto const design = sequential_design{
        .error = two_sided{0.05},
        .power = 0.9,
        .spending = lan_demets_obrien_fleming{},
        .information = information_size{.effect = 0.3, .participants = 1e5},
        .boundaries = simulated_monitoring{.null = normal_null{.tau_squared = grid},
                                           .replicates = 100'000,
                                           .run = on_threads{static_cast<unsigned>(state.range(0))}}};
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            trial_sequential_analysis(random_effects{dersimonian_laird{}, hartung_knapp_floored{}}, design,
                                      trials, participants, every_trial{.first = 2}));
    }
}
BENCHMARK(simulated_boundaries)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

} // namespace
