// Pools studies that are spread over the ranks of MPI: each rank adds its own to an accumulator, and one
// MPI_Reduce merges them. No rank sees another's studies, and what is sent does not grow with their number.
// The result is the same on any number of ranks; with a second argument, rank 0 pools everything alone to
// check that. The first argument is the number of studies, 10^8 if there is none.

#include "../synthetic/synthetic_study.hpp"
#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mpi.h>
#include <span>
#include <stdexcept>
#include <vector>

using namespace accrue;

namespace {

/// A message has one size, so an accumulator's bytes are preceded by their number and followed by zeros. It
/// holds 66 bands: variances that span 40 decades.
constexpr std::size_t message_size = 65536;

void write(evidence_accumulator const& evidence, std::byte* const message) {
    auto const bytes = evidence.bytes();
    std::uint64_t const size = bytes.size();
    if (sizeof size + size > message_size) {
        throw std::length_error("the variances span too many decades for the message");
    }
    std::memset(message, 0, message_size);
    std::memcpy(message, &size, sizeof size);
    std::memcpy(message + sizeof size, bytes.data(), bytes.size());
}

evidence_accumulator read(std::byte const* const message) {
    std::uint64_t size = 0;
    std::memcpy(&size, message, sizeof size);
    return evidence_accumulator::from_bytes(std::span(message + sizeof size, size));
}

/// The studies first, first + step, first + 2 step, and so on below count.
evidence_accumulator accumulate(std::uint64_t const first, std::uint64_t const step,
                                std::uint64_t const count) {
    auto result = evidence_accumulator{};
    for (std::uint64_t i = first; i < count; i += step) {
        result.add(synthetic_study(i));
    }
    return result;
}

bool agree(double const a, double const b) {
    return std::abs(a - b) <= 1e-12 * std::abs(b);
}

/// The operation of MPI_Reduce. It commutes: `a += b` is exactly `b += a`. MPI is C, which no exception may
/// cross: one ends the program on all ranks.
void merge(void* const left, void* const right, int* const count, MPI_Datatype*) {
    try {
        for (int i = 0; i < *count; ++i) {
            std::size_t const offset = static_cast<std::size_t>(i) * message_size;
            auto* const target = static_cast<std::byte*>(right) + offset;
            write(read(static_cast<std::byte*>(left) + offset) + read(target), target);
        }
    } catch (std::exception const& error) {
        std::fprintf(stderr, "accumulators cannot be merged: %s\n", error.what());
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
}

} // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    std::uint64_t const count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000'000;

    double const start = MPI_Wtime();
    auto const own = accumulate(static_cast<std::uint64_t>(rank), static_cast<std::uint64_t>(ranks), count);

    MPI_Datatype message_type = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(static_cast<int>(message_size), MPI_BYTE, &message_type);
    MPI_Type_commit(&message_type);
    MPI_Op merging = MPI_OP_NULL;
    MPI_Op_create(merge, 1, &merging);
    auto sent = std::vector<std::byte>(message_size);
    auto received = std::vector<std::byte>(message_size);
    write(own, sent.data());
    MPI_Reduce(sent.data(), received.data(), 1, message_type, merging, 0, MPI_COMM_WORLD);

    int status = EXIT_SUCCESS;
    if (rank == 0) {
        auto const all = read(received.data());
        auto const summary = pool(random_effects{reml{}, hartung_knapp{}}, all);
        std::printf("effect %.15g\nstandard error %.15g\ntau² %.15g\nQ %.15g\nstudies %zu\n", summary.effect,
                    standard_error(summary), summary.tau_squared, heterogeneity(all).q, summary.k);
        std::fprintf(stderr, "%d ranks, %.2f s\n", ranks, MPI_Wtime() - start);
        if (argc > 2) {
            auto const alone = pool(random_effects{reml{}, hartung_knapp{}}, accumulate(0, 1, count));
            bool const same = summary.k == alone.k && agree(summary.effect, alone.effect) &&
                              agree(summary.variance, alone.variance) &&
                              agree(summary.tau_squared, alone.tau_squared);
            std::puts(same ? "as on one rank" : "the result depends on the number of ranks");
            status = same ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    MPI_Op_free(&merging);
    MPI_Type_free(&message_type);
    MPI_Finalize();
    return status;
}
