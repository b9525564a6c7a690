// What the machine allows: the throughput of division, square root and exponential, and of memory. The table
// sets the time of hot paths against the divisions that they can't do without.

#include <accrue/evidence/detail/pack.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
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
/// As many as the batches' instructions take, which are chosen when the program runs.
template <class Pack>
[[gnu::always_inline]] inline void divide(double const* const numbers, double* const results) {
    for (std::size_t i = 0; i < count; i += Pack::width) {
        (1.5 / Pack::load(numbers + i)).store(results + i);
    }
}
ACCRUE_WIDE_PACK_TARGET void divide_wide(double const* const numbers, double* const results) {
    divide<accrue::detail::wide_pack>(numbers, results);
}
void machine_wide_division(benchmark::State& state) {
    auto numbers = std::array<double, count>{};
    std::iota(numbers.begin(), numbers.end(), 1.0);
    auto results = std::array<double, count>{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(numbers);
        if (accrue::detail::wide_packs_run_here()) {
            divide_wide(numbers.data(), results.data());
        } else {
            divide<accrue::detail::pack<accrue::detail::two_doubles>>(numbers.data(), results.data());
        }
        benchmark::DoNotOptimize(results);
    }
}
void machine_exp(benchmark::State& state) {
    elementwise(state, [](double const x) { return std::exp(-x / count); });
}
void machine_log(benchmark::State& state) {
    elementwise(state, [](double const x) { return std::log(x); });
}

/// Eight columns are written at once, as the results of a batch are.
void machine_memory_write(benchmark::State& state) {
    constexpr std::size_t columns = 8;
    auto numbers = std::vector<double>(std::size_t{1} << 23U, 1.0);
    std::size_t const size = numbers.size() / columns;
    for (auto _ : state) {
        for (std::size_t i = 0; i < size; i += 8) {
            for (std::size_t column = 0; column < columns; ++column) {
                std::fill_n(&numbers[column * size + i], 8, static_cast<double>(i));
            }
        }
        benchmark::DoNotOptimize(numbers);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(numbers.size() * sizeof(double)));
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
BENCHMARK(machine_wide_division);
BENCHMARK(machine_exp);
BENCHMARK(machine_log);
BENCHMARK(machine_memory_read);
BENCHMARK(machine_memory_write);

} // namespace
