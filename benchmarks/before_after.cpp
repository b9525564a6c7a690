// What took long in 0.1, by contract names alone, so that the same program compiles with the headers of
// either version. It prints name, processor time in ms, the least of several runs. See before_after.sh.

#include "simulated.hpp"
#include <accrue/accrue.hpp>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace accrue;

template <class Work>
void measure(char const* const name, int const runs, Work const& work) {
    double least = 1e300;
    for (int i = 0; i < runs; ++i) {
        auto const start = std::clock();
        work();
        double const time = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        least = time < least ? time : least;
    }
    std::printf("%s\t%.6g\n", name, least);
    std::fflush(stdout);
}

std::vector<double> equal_looks(std::size_t const count) {
    auto fractions = std::vector<double>{};
    for (std::size_t k = 1; k <= count; ++k) {
        fractions.push_back(static_cast<double>(k) / static_cast<double>(count));
    }
    return fractions;
}

double sink = 0; ///< results go here, so that they must be computed

void batch_of(char const* const name, std::size_t const size, std::size_t const depth) {
    auto const studies = benchmarks::simulated(size * depth, 1);
    auto effects = std::vector<double>(size * depth);
    auto variances = std::vector<double>(size * depth);
    for (std::size_t i = 0; i < size * depth; ++i) {
        std::size_t const place = i % depth * size + i / depth;
        effects[place] = studies[i].effect;
        variances[place] = studies[i].variance;
    }
    auto results = pooled_batch(size);
    measure(name, 3, [&] {
        pool_each(random_effects{}, study_matrix{effects, variances, depth}, 0, size, results);
        sink += results[size / 2].effect;
    });
}

} // namespace

int main() {
    auto const spending = lan_demets_obrien_fleming{};
    {
        auto const studies = benchmarks::simulated(8000, 1);
        auto const participants = std::vector<double>(studies.size(), 100.0);
        auto const design = sequential_design{
            .error = two_sided{0.05},
            .power = 0.90,
            .spending = spending,
            .information = required_information_size(standardized_mean_difference_target{.difference = -0.01},
                                                     two_sided{0.05}, 0.90)};
        auto const end = after_trials{{studies.size()}};
        measure("trial_sequential_analysis of 8,000 trials by REML, one look", 2, [&] {
            sink += trial_sequential_analysis(random_effects{}, design, studies, participants, end)
                        .looks.back()
                        .z;
        });
    }
    batch_of("batch of 1,000,000 x 4 by REML", 1000000, 4);
    batch_of("batch of 100,000 x 20 by REML", 100000, 20);
    {
        auto fractions = std::vector<double>{};
        for (int k = 0; k < 200; ++k) {
            fractions.push_back(0.5 + 2e-10 * k);
        }
        fractions.push_back(1);
        measure("boundaries of 200 looks 2e-10 apart", 1,
                [&] { sink += boundaries(two_sided{0.05}, spending, fractions).back(); });
    }
    {
        auto const close = std::vector{0.3, 0.5, 0.5 + 1e-9, 0.7, 0.7 + 1e-9, 1.0};
        measure("Pocock's boundary, two pairs of looks 1e-9 apart", 1,
                [&] { sink += boundaries(two_sided{0.05}, pocock{}, close).back(); });
    }
    for (std::size_t const count : {5u, 20u, 100u}) {
        auto const fractions = equal_looks(count);
        auto const name = "futility, binding wedge, looks: " + std::to_string(count);
        measure(name.c_str(), 5, [&] {
            sink +=
                boundaries(two_sided{0.05}, spending, futility{0.1, spending, binding{}}, fractions).drift;
        });
    }
    for (std::size_t const count : {5u, 20u}) {
        auto const fractions = equal_looks(count);
        auto const bounds = stopping_boundaries::symmetric(boundaries(two_sided{0.05}, spending, fractions));
        auto const name = "stage-wise inference, looks: " + std::to_string(count);
        measure(name.c_str(), 20, [&] {
            sink += infer_stagewise({bounds, fractions, fractions.size() - 1, 2.5}).median_unbiased_drift;
        });
    }
    return sink > -1e300 ? 0 : 1;
}
