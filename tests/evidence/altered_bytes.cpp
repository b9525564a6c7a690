#include <accrue/evidence/evidence_accumulator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace {

using namespace accrue;

TEST(AlteredBytes, WithSumsThatNoStudiesHaveAreRefused) {
    for (double const offset : {0.0, 1e6}) {
        auto studies = evidence_accumulator{};
        for (int i = 0; i < 500; ++i) {
            studies.add({offset + std::sin(i), 0.5 + i % 5});
        }
        auto const bytes = studies.bytes();
        EXPECT_EQ(evidence_accumulator::from_bytes(bytes).bytes(), bytes);
        // The first band's sums and the errors that they owe.
        for (std::size_t word = 10; word < 130; ++word) {
            // Larger sums of squares could be those of other studies.
            for (double const number : {-1e4, word < 90 || word >= 110 ? 1e7 : -1e7}) {
                auto altered = bytes;
                auto const written = std::bit_cast<std::array<std::byte, 8>>(number);
                std::copy(written.begin(), written.end(),
                          altered.begin() + static_cast<std::ptrdiff_t>(8 * word));
                EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(altered)), invalid_input)
                    << word;
            }
        }
    }
}

// Variances below the smallest normal number of the type are no study's.
TEST(AlteredBytes, WithABandBelowEveryVarianceAreRefused) {
    auto studies = evidence_accumulator{};
    studies.add({0, 2.3e-308});
    studies.add({0, 2.4e-308});
    auto altered = studies.bytes();
    auto const write = [&](std::size_t const word, auto const value) {
        auto const written = std::bit_cast<std::array<std::byte, 8>>(value);
        std::copy(written.begin(), written.end(), altered.begin() + static_cast<std::ptrdiff_t>(8 * word));
    };
    write(4, 5e-309); // the least variance, the largest, the number of their band
    write(5, 6e-309);
    write(7, std::int64_t{-512});
    EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(altered)), invalid_input);
}

} // namespace
