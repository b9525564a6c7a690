// Two ways to use several threads. Each thread adds its share of the studies to an accumulator of its own,
// and the accumulators are merged; or each thread pools its range of a batch. The result does not depend on
// the number of threads, which this program checks. Arguments: the number of studies, the number of threads.

#include "../synthetic/synthetic_study.hpp"
#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

using namespace accrue;

namespace {

/// Calls `work(thread, first, last)` in each thread with its share of `count` things.
template <class Work>
void in_threads(std::size_t const threads, std::size_t const count, Work const& work) {
    auto running = std::vector<std::thread>{};
    for (std::size_t thread = 0; thread < threads; ++thread) {
        running.emplace_back(work, thread, count * thread / threads, count * (thread + 1) / threads);
    }
    for (auto& one : running) {
        one.join();
    }
}

evidence_accumulator accumulate(std::size_t const count, std::size_t const threads) {
    auto parts = std::vector<evidence_accumulator>(threads);
    in_threads(threads, count,
               [&](std::size_t const thread, std::size_t const first, std::size_t const last) {
                   auto own = evidence_accumulator{};
                   for (std::size_t i = first; i < last; ++i) {
                       own.add(synthetic_study(i));
                   }
                   parts[thread] = own;
               });
    auto all = evidence_accumulator{};
    for (auto const& part : parts) {
        all += part;
    }
    return all;
}

bool agree(double const a, double const b) {
    return std::abs(a - b) <= 1e-12 * std::abs(b);
}

} // namespace

int main(int const argc, char** const argv) {
    std::size_t const count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    std::size_t const threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 4;
    auto const model = random_effects{reml{}, hartung_knapp{}};

    auto const alone = pool(model, accumulate(count, 1));
    auto const together = pool(model, accumulate(count, threads));
    std::printf("%zu studies by %zu threads: effect %.15g, SE %.15g, tau² %.15g\n", together.k, threads,
                together.effect, standard_error(together), together.tau_squared);
    bool same = agree(together.effect, alone.effect) && agree(together.variance, alone.variance) &&
                agree(together.tau_squared, alone.tau_squared);

    // The same studies as a batch of meta-analyses of ten.
    std::size_t const size = count / 10;
    auto effects = std::vector<double>(10 * size);
    auto variances = std::vector<double>(10 * size);
    for (std::size_t i = 0; i < 10 * size; ++i) {
        effects[i] = synthetic_study(i).effect;
        variances[i] = synthetic_study(i).variance;
    }
    auto const batch = study_matrix{effects, variances, 10};
    auto results = pooled_batch(size);
    in_threads(threads, size, [&](std::size_t, std::size_t const first, std::size_t const last) {
        pool_each(model, batch, first, last, results);
    });
    auto const by_one_thread = pool_each(model, batch);
    std::size_t significant = 0;
    for (std::size_t i = 0; i < size; ++i) {
        same = same && agree(results.effect[i], by_one_thread.effect[i]) &&
               agree(results.variance[i], by_one_thread.variance[i]) &&
               agree(results.tau_squared[i], by_one_thread.tau_squared[i]);
        significant += p_value(results[i]) < 0.05 ? 1U : 0U;
    }
    std::printf("%zu meta-analyses of ten studies: %zu with p < 0.05\n", size, significant);

    if (!same) {
        std::puts("the results depend on the number of threads");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
