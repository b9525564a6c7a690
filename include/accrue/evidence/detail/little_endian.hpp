#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/bits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Writes 8-byte words, least significant byte first on every machine; a `double` as its IEEE 754 bits.
class byte_writer {
  public:
    void write(std::uint64_t const word) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            bytes_.push_back(static_cast<std::byte>(word >> shift & 0xFFU));
        }
    }
    void write(double const number) { write(bits_of(number)); }

    [[nodiscard]] std::vector<std::byte> take() && { return std::move(bytes_); }

  private:
    std::vector<std::byte> bytes_;
};

/// Reads what `byte_writer` wrote. Throws `invalid_input` rather than read beyond the end.
class byte_reader {
  public:
    explicit byte_reader(std::span<std::byte const> const bytes) : bytes_(bytes) {}

    std::uint64_t word() {
        require_that(bytes_.size() >= 8, "bytes must be complete, but end early");
        std::uint64_t result = 0;
        for (unsigned i = 0; i < 8; ++i) {
            result |= std::to_integer<std::uint64_t>(bytes_[i]) << 8 * i;
        }
        bytes_ = bytes_.subspan(8);
        return result;
    }
    /// A number of studies.
    std::size_t count() {
        std::uint64_t const stored = word();
        auto const result = static_cast<std::size_t>(stored);
        require_that(result == stored, "bytes must hold no more studies than this machine counts");
        return result;
    }
    double number() { return from_bits(word()); }

    [[nodiscard]] std::size_t left() const { return bytes_.size(); }

  private:
    std::span<std::byte const> bytes_;
};

} // namespace accrue::detail
