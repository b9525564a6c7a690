// What the machine allows: the throughput of division, square root and exponential, and of memory. The table
// sets the time of hot paths against the divisions that they can't do without.

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace {

constexpr std::size_t count = 1024; // fits in the first-level cache

template <class Operation>
void elementwise(benchmark::State& state, Operation const& operation) {
    auto numbers = std::array<double, count>{};
    std::iota(numbers.begin(), numbers.end(), 1.0);
    auto results = std::array<double, count>{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(numbers);
        for (std::size_t i = 0; i < count; ++i) {
            results[i] = operation(numbers[i]);
        }
        benchmark::DoNotOptimize(results);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}

/// As many at once as the target's registers hold.
void machine_division(benchmark::State& state) {
    elementwise(state, [](double const x) { return 1.5 / x; });
}
void machine_exp(benchmark::State& state) {
    elementwise(state, [](double const x) { return std::exp(-x / count); });
}
void machine_log(benchmark::State& state) {
    elementwise(state, [](double const x) { return std::log(x); });
}

void machine_memory_read(benchmark::State& state) {
    auto const numbers = std::vector<double>(std::size_t{1} << 25U, 1.0);
    for (auto _ : state) {
        auto sums = std::array<double, 8>{};
        for (std::size_t i = 0; i < numbers.size(); i += sums.size()) {
            for (std::size_t lane = 0; lane < sums.size(); ++lane) {
                sums[lane] += numbers[i + lane];
            }
        }
        benchmark::DoNotOptimize(sums);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(numbers.size() * sizeof(double)));
}

BENCHMARK(machine_division);
BENCHMARK(machine_exp);
BENCHMARK(machine_log);
BENCHMARK(machine_memory_read);

} // namespace
