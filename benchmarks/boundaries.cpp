// Boundaries, and what is computed from them, by number and spacing of looks. `looks^x` in the last rows is
// the growth of the cost.

#include <accrue/sequential.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace {

std::vector<double> equal_looks(std::int64_t const count) {
    auto fractions = std::vector<double>{};
    for (auto k = std::int64_t{1}; k <= count; ++k) {
        fractions.push_back(static_cast<double>(k) / static_cast<double>(count));
    }
    return fractions;
}

/// Trials of very different sizes: no two steps are alike, the largest is about 50 times the smallest.
std::vector<double> uneven_looks(std::int64_t const count) {
    auto fractions = std::vector<double>{};
    auto total = 0.0;
    for (auto k = std::int64_t{0}; k < count; ++k) {
        total += std::exp(2 * std::sin(1.7 * static_cast<double>(k * k + 1)));
        fractions.push_back(total);
    }
    for (auto& t : fractions) {
        t /= total;
    }
    return fractions;
}

template <class Spending>
void two_sided_boundaries(benchmark::State& state, Spending const& spending) {
    auto const fractions = equal_looks(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(accrue::boundaries(accrue::two_sided{0.05}, spending, fractions));
    }
    state.SetComplexityN(state.range(0));
}

void two_sided_obrien_fleming(benchmark::State& state) {
    two_sided_boundaries(state, accrue::lan_demets_obrien_fleming{});
}

void two_sided_pocock(benchmark::State& state) {
    two_sided_boundaries(state, accrue::lan_demets_pocock{});
}

void one_sided_obrien_fleming(benchmark::State& state) {
    auto const fractions = equal_looks(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            accrue::boundaries(accrue::one_sided{0.025}, accrue::lan_demets_obrien_fleming{}, fractions));
    }
    state.SetComplexityN(state.range(0));
}

void uneven_two_sided_obrien_fleming(benchmark::State& state) {
    auto const fractions = uneven_looks(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            accrue::boundaries(accrue::two_sided{0.05}, accrue::lan_demets_obrien_fleming{}, fractions));
    }
    state.SetComplexityN(state.range(0));
}

void power_of_a_design(benchmark::State& state) {
    auto const fractions = equal_looks(state.range(0));
    auto const bounds = accrue::stopping_boundaries::symmetric(
        accrue::boundaries(accrue::two_sided{0.05}, accrue::lan_demets_obrien_fleming{}, fractions));
    for (auto _ : state) {
        benchmark::DoNotOptimize(accrue::power(bounds, fractions, 3.3));
    }
}

void futility_binding_wedge(benchmark::State& state) {
    auto const fractions = equal_looks(state.range(0));
    auto const spending = accrue::lan_demets_obrien_fleming{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(accrue::boundaries(accrue::two_sided{0.05}, spending,
                                                    accrue::futility{0.1, spending, accrue::binding{}},
                                                    fractions));
    }
}

void stagewise_inference(benchmark::State& state) {
    auto const fractions = equal_looks(state.range(0));
    auto const bounds = accrue::stopping_boundaries::symmetric(
        accrue::boundaries(accrue::two_sided{0.05}, accrue::lan_demets_obrien_fleming{}, fractions));
    auto const last = fractions.size() - 1;
    for (auto _ : state) {
        benchmark::DoNotOptimize(accrue::infer_stagewise({bounds, fractions, last, 2.5}));
    }
}

void looks(benchmark::internal::Benchmark* const registered) {
    registered->Unit(benchmark::kMicrosecond);
    for (auto const count : {5, 10, 20, 50, 100, 200, 500, 1000, 2000}) {
        registered->Arg(count);
    }
}

void few_looks(benchmark::internal::Benchmark* const registered) {
    registered->Unit(benchmark::kMicrosecond);
    for (auto const count : {5, 20, 100}) {
        registered->Arg(count);
    }
}

BENCHMARK(two_sided_obrien_fleming)->Apply(looks)->Complexity(benchmark::oAuto);
BENCHMARK(two_sided_pocock)->Apply(looks);
BENCHMARK(one_sided_obrien_fleming)->Apply(looks);
BENCHMARK(uneven_two_sided_obrien_fleming)->Apply(looks);
BENCHMARK(power_of_a_design)->Apply(few_looks);
BENCHMARK(futility_binding_wedge)->Apply(few_looks);
BENCHMARK(stagewise_inference)->Apply(few_looks);

} // namespace
