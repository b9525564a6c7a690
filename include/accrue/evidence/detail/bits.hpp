#pragma once

#include <accrue/platform.hpp>

#include <cstdint>

namespace accrue::detail {

// `std::bit_cast` by the built-in function behind it, which older standard libraries do not wrap.

/// The IEEE 754 bits of a number.
constexpr std::uint64_t bits_of(double const number) {
    return __builtin_bit_cast(std::uint64_t, number);
}

/// The number that has these bits.
constexpr double from_bits(std::uint64_t const bits) {
    return __builtin_bit_cast(double, bits);
}

} // namespace accrue::detail
