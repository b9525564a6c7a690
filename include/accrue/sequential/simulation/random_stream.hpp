#pragma once

#include <accrue/platform.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace accrue {

/// Random numbers that are a function of (seed, index, position): stream 17 of seed 1 is the same on every
/// thread, in every order. A simulation gives each replicate the stream of its own index, so its result does
/// not depend on how the replicates are shared out.
///
/// Philox4x32-10, a counter-based generator: ten rounds of multiplication and exclusive or turn a 128-bit
/// counter into 128 random bits. Salmon, Moraes, Dror & Shaw 2011, SC '11, doi:10.1145/2063384.2063405.
///
/// The seed is the generator's key, the index the upper half of its counter, and the lower half counts the
/// blocks drawn. So all 2^64 streams of a seed are apart, and each has 2^65 uniform numbers before it
/// repeats. Any seed and index will do, 0 too. The bits are the same on every platform; normal numbers pass
/// through the logarithm, sine and cosine of its mathematical library, which may differ in the last digit.
class random_stream {
  public:
    /// Stream `index` of `seed`, from its beginning.
    random_stream(std::uint64_t const seed, std::uint64_t const index) noexcept
        : key_{low(seed), high(seed)}, index_{low(index), high(index)} {}

    /// Uniform on (0, 1), both ends excluded, from 52 random bits.
    [[nodiscard]] double uniform() noexcept {
        if (left_ == 0) {
            refill();
        }
        return uniforms_[--left_];
    }

    /// Standard normal, by the Box-Muller transformation: for two uniform numbers U and V,
    /// sqrt(-2 log U) cos(2 pi V) and sqrt(-2 log U) sin(2 pi V) are independent and normal. The second is
    /// kept for the next call. Box & Muller 1958, Ann Math Stat 29:610-611.
    [[nodiscard]] double normal() noexcept {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        double const radius = std::sqrt(-2 * std::log(uniform()));
        double const angle = 2 * std::numbers::pi * uniform();
        spare_ = radius * std::sin(angle);
        has_spare_ = true;
        return radius * std::cos(angle);
    }

  private:
    static constexpr std::uint32_t low(std::uint64_t const x) { return static_cast<std::uint32_t>(x); }
    static constexpr std::uint32_t high(std::uint64_t const x) {
        return static_cast<std::uint32_t>(x >> 32U);
    }
    /// The middle of one of 2^52 equal parts of (0, 1), which a `double` holds exactly.
    static double to_uniform(std::uint32_t const upper, std::uint32_t const lower) {
        auto const bits = (static_cast<std::uint64_t>(upper) << 32U | lower) >> 12U;
        return (static_cast<double>(bits) + 0.5) * 0x1p-52;
    }

    /// The next block: ten rounds, with the key stepped between them by the constants of the paper.
    void refill() noexcept {
        auto block = std::array{low(counter_), high(counter_), index_[0], index_[1]};
        auto key = key_;
        for (int round = 0; round < 10; ++round) {
            auto const first = std::uint64_t{0xD2511F53} * block[0];
            auto const second = std::uint64_t{0xCD9E8D57} * block[2];
            block = {high(second) ^ block[1] ^ key[0], low(second), high(first) ^ block[3] ^ key[1],
                     low(first)};
            key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
        }
        ++counter_;
        uniforms_ = {to_uniform(block[0], block[1]), to_uniform(block[2], block[3])};
        left_ = 2;
    }

    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 2> index_;
    std::uint64_t counter_ = 0;
    std::array<double, 2> uniforms_{};
    std::size_t left_ = 0;
    double spare_ = 0;
    bool has_spare_ = false;
};

} // namespace accrue
