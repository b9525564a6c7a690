#pragma once

#include <accrue/platform.hpp>

#include <array>
#include <cstddef>

namespace accrue::detail {

/// The sum of `term(i)` over i < size, in four interleaved parts, so that additions need not wait for one
/// another and compilers may do several at once without being told that the order of a sum does not matter.
template <class Real, class Term>
[[nodiscard, gnu::always_inline]] inline Real interleaved_sum(std::size_t const size, Term const& term) {
    constexpr std::size_t parts = 4;
    std::array<Real, parts> part{};
    std::size_t i = 0;
    for (; i + parts <= size; i += parts) {
        for (std::size_t j = 0; j < parts; ++j) {
            part[j] += term(i + j);
        }
    }
    Real rest(0);
    for (; i < size; ++i) {
        rest += term(i);
    }
    return ((part[0] + part[2]) + (part[1] + part[3])) + rest;
}

} // namespace accrue::detail
