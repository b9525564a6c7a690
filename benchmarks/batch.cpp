// Many meta-analyses at once: 10^6 of 4 studies, 10^6 of 10, and 10^5 of 20, with every seventh study missing
// or not. `one_by_one` calls `pool` in a loop, `plain` the loop written by hand; neither does all that a
// batch does (Q, z, status, missing studies).

#include "counted.hpp"
#include "plain_loop.hpp"
#include "simulated.hpp"
#include <accrue/batch/pool_each.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace {

using namespace accrue;

struct data {
    std::size_t size;
    std::size_t depth;
    std::vector<estimate> studies; ///< meta-analysis by meta-analysis
    std::vector<double> effects;   ///< study by study
    std::vector<double> variances;

    data(std::size_t const n, std::size_t const k, bool const with_missing)
        : size(n), depth(k), studies(benchmarks::simulated(n * k, 1)), effects(n * k), variances(n * k) {
        for (std::size_t i = 0; i < n * k; ++i) {
            std::size_t const place = i % k * n + i / k;
            bool const missing = with_missing && place % 7 == 0;
            effects[place] = missing ? std::numeric_limits<double>::quiet_NaN() : studies[i].effect;
            variances[place] = studies[i].variance;
        }
    }
    [[nodiscard]] study_matrix matrix() const { return {effects, variances, depth}; }
};

data make(benchmark::State const& state, bool const with_missing = false) {
    return {static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), with_missing};
}

template <class Model>
void side_by_side(benchmark::State& state, Model const& model, bool const with_missing) {
    auto const batch = make(state, with_missing);
    auto results = pooled_batch(batch.size);
    for (auto _ : state) {
        pool_each(model, batch.matrix(), 0, batch.size, results);
        benchmark::DoNotOptimize(results);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Pool>
void in_a_loop(benchmark::State& state, Pool const& pool_studies) {
    auto const batch = make(state);
    auto effects = std::vector<double>(batch.size);
    auto variances = std::vector<double>(batch.size);
    for (auto _ : state) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            auto const result = pool_studies(std::span(batch.studies).subspan(i * batch.depth, batch.depth));
            effects[i] = result.effect;
            variances[i] = result.variance;
        }
        benchmark::DoNotOptimize(effects);
        benchmark::DoNotOptimize(variances);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// Divisions by the formulas beyond those by the studies' variances (a square root counted as one), and bytes
/// read and written.
void count(benchmark::State& state, double const fits, double const others) {
    auto const size = static_cast<double>(state.range(0));
    auto const depth = static_cast<double>(state.range(1));
    state.counters["wide_divisions"] = size * (fits * depth + others);
    state.counters["bytes_read"] = size * depth * 2 * sizeof(double);
    state.counters["bytes_written"] = size * (6 * sizeof(double) + sizeof(std::size_t) + sizeof(status));
}

template <class Estimator, class Uncertainty>
void run_iterated(benchmark::State& state, Estimator const& estimator, Uncertainty const& uncertainty) {
    side_by_side(state, random_effects{estimator, uncertainty}, false);
    std::size_t passes = 0;
    auto const sets = std::size_t{1000};
    auto const batch = data(sets, static_cast<std::size_t>(state.range(1)), false);
    for (std::size_t i = 0; i < sets; ++i) {
        static_cast<void>(pool(random_effects{benchmarks::counted<Estimator>{estimator, &passes}},
                               std::span(batch.studies).subspan(i * batch.depth, batch.depth)));
    }
    count(state, static_cast<double>(passes) / static_cast<double>(sets) + 1, 5);
}

void batch_dl(benchmark::State& state) {
    side_by_side(state, random_effects{dersimonian_laird{}}, false);
    count(state, 2, 8);
}
void batch_dl_missing(benchmark::State& state) {
    side_by_side(state, random_effects{dersimonian_laird{}}, true);
}
void batch_dl_one_by_one(benchmark::State& state) {
    in_a_loop(state, [](auto const& studies) { return pool(random_effects{dersimonian_laird{}}, studies); });
}
void batch_dl_plain(benchmark::State& state) {
    in_a_loop(state, benchmarks::plain_dersimonian_laird);
}
void batch_reml(benchmark::State& state) {
    run_iterated(state, reml{}, wald{});
}
void batch_reml_missing(benchmark::State& state) {
    side_by_side(state, random_effects{reml{}}, true);
}
void batch_reml_one_by_one(benchmark::State& state) {
    in_a_loop(state, [](auto const& studies) { return pool(random_effects{reml{}}, studies); });
}
void batch_reml_plain(benchmark::State& state) {
    in_a_loop(state, benchmarks::plain_reml);
}
void batch_common(benchmark::State& state) {
    side_by_side(state, common_effect{}, false);
    count(state, 1, 5);
}
void batch_pm(benchmark::State& state) {
    run_iterated(state, paule_mandel{}, wald{});
}
void batch_reml_hksj(benchmark::State& state) {
    run_iterated(state, reml{}, hartung_knapp{});
}

void sizes(benchmark::internal::Benchmark* const benchmark) {
    benchmark->Args({1'000'000, 4})
        ->Args({1'000'000, 10})
        ->Args({100'000, 20})
        ->Unit(benchmark::kMillisecond);
}

BENCHMARK(batch_common)->Apply(sizes);
BENCHMARK(batch_dl)->Apply(sizes);
BENCHMARK(batch_dl_missing)->Apply(sizes);
BENCHMARK(batch_dl_one_by_one)->Apply(sizes);
BENCHMARK(batch_dl_plain)->Apply(sizes);
BENCHMARK(batch_pm)->Apply(sizes);
BENCHMARK(batch_reml)->Apply(sizes);
BENCHMARK(batch_reml_missing)->Apply(sizes);
BENCHMARK(batch_reml_one_by_one)->Apply(sizes);
BENCHMARK(batch_reml_plain)->Apply(sizes);
BENCHMARK(batch_reml_hksj)->Apply(sizes);

} // namespace
