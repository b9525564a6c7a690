// Simulated meta-analyses a second: 20 trials each, five looks, no early end for want of crossings.

#include <accrue/accrue.hpp>

#include <benchmark/benchmark.h>

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

} // namespace
