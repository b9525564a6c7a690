#include <accrue/evidence/evidence_accumulator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace accrue::test_evidence_altered_bytes {
namespace {

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

// The words of the first band: its number, its count, its centre and its sums.
TEST(AlteredBytes, AreRefusedWordByWord) {
    auto studies = evidence_accumulator{};
    for (int i = 0; i < 40; ++i) {
        studies.add({std::sin(i), i % 2 == 0 ? 0.5 : 40.0});
    }
    auto const bytes = studies.bytes();
    auto const refused = [&](std::size_t const word, auto const value, char const* const why) {
        auto altered = bytes;
        auto const written = std::bit_cast<std::array<std::byte, 8>>(value);
        std::copy(written.begin(), written.end(), altered.begin() + static_cast<std::ptrdiff_t>(8 * word));
        try {
            (void)evidence_accumulator::from_bytes(altered);
            ADD_FAILURE() << "word " << word << " is taken";
        } catch (invalid_input const& error) {
            EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
        }
    };
    double const infinity = std::numeric_limits<double>::infinity();
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (std::int64_t const index : {std::int64_t{-512}, std::int64_t{512}, std::int64_t{1} << 40}) {
        refused(7, index, "name a band that does not exist");
    }
    refused(7, std::int64_t{511}, "do not have bands in order");
    refused(8, std::uint64_t{0}, "");
    refused(8, std::uint64_t{41}, "");
    for (double const number : {infinity, -infinity, nan}) {
        refused(9, number, "hold a sum that is not finite");
        refused(12, number, "hold a sum that is not finite");
    }
    refused(4, 30.0, "disagree on the range of variances");
    refused(5, 0.6, "disagree on the range of variances");
}

TEST(AlteredBytes, WithVariancesOfNoStudyAreRefused) {
    auto const bytes = evidence_accumulator{}.bytes();
    EXPECT_EQ(evidence_accumulator::from_bytes(bytes).bytes(), bytes);
    for (std::size_t const word : {4U, 5U}) { // the least variance and the largest
        for (double const number : {7.0, std::nan("")}) {
            auto altered = bytes;
            auto const written = std::bit_cast<std::array<std::byte, 8>>(number);
            std::copy(written.begin(), written.end(),
                      altered.begin() + static_cast<std::ptrdiff_t>(8 * word));
            EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(altered)), invalid_input) << word;
        }
    }
}

// The least variance is the largest one as well.
TEST(StoredBytes, OfEqualVariancesAreTaken) {
    auto studies = evidence_accumulator{};
    for (int i = 0; i < 3; ++i) {
        studies.add({0.25 * i, 0.5});
        auto const restored = evidence_accumulator::from_bytes(studies.bytes());
        EXPECT_EQ(restored.size(), studies.size());
        EXPECT_EQ(restored.bytes(), studies.bytes());
    }
}

} // namespace
} // namespace accrue::test_evidence_altered_bytes
