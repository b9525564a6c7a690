// Splits a batch of meta-analyses of ten studies over the ranks of MPI: each rank pools a range of them, and
// rank 0 collects the results. It then pools everything alone to check them. The argument is the number of
// meta-analyses, 10^5 if there is none.

#include "../synthetic/synthetic_study.hpp"
#include <accrue/accrue.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mpi.h>
#include <vector>

using namespace accrue;

namespace {

/// The meta-analyses first to last - 1, study by study.
pooled_batch pool_range(std::size_t const first, std::size_t const last) {
    std::size_t const size = last - first;
    auto effects = std::vector<double>(10 * size);
    auto variances = std::vector<double>(10 * size);
    for (std::size_t study = 0; study < 10; ++study) {
        for (std::size_t i = 0; i < size; ++i) {
            auto const report = synthetic_study(10 * (first + i) + study);
            effects[study * size + i] = report.effect;
            variances[study * size + i] = report.variance;
        }
    }
    return pool_each(random_effects{reml{}}, study_matrix{effects, variances, 10});
}

} // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    std::size_t const size = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;

    auto const first_of = [&](int const r) {
        return size * static_cast<std::size_t>(r) / static_cast<std::size_t>(ranks);
    };
    auto own = pool_range(first_of(rank), first_of(rank + 1));

    auto counts = std::vector<int>{};
    auto places = std::vector<int>{};
    for (int r = 0; r < ranks; ++r) {
        places.push_back(static_cast<int>(first_of(r)));
        counts.push_back(static_cast<int>(first_of(r + 1) - first_of(r)));
    }
    auto z = std::vector<double>(size);
    MPI_Gatherv(own.z.data(), static_cast<int>(own.size()), MPI_DOUBLE, z.data(), counts.data(),
                places.data(), MPI_DOUBLE, 0, MPI_COMM_WORLD);

    int status = EXIT_SUCCESS;
    if (rank == 0) {
        auto const alone = pool_range(0, size);
        bool const same = std::ranges::equal(z, alone.z, [](double const a, double const b) {
            return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b));
        });
        std::printf(
            "%zu meta-analyses, %td with |z| > 1.96\n", size,
            std::ranges::count_if(z, [](double const value) { return std::abs(value) > 1.959963984540054; }));
        std::puts(same ? "as on one rank" : "the results depend on the number of ranks");
        status = same ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    MPI_Finalize();
    return status;
}
