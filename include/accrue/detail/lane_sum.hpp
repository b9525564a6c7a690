#pragma once

#include <array>
#include <cstddef>

namespace accrue::detail {

/// The sum of `term(i)` over i < size, in four interleaved parts, so that additions need not wait for one
/// another and compilers may do several at once without being told that the order of a sum does not matter.
template <class Real, class Term>
[[nodiscard, gnu::always_inline]] inline Real lane_sum(std::size_t const size, Term const& term) {
    constexpr std::size_t lanes = 4;
    std::array<Real, lanes> part{};
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            part[lane] += term(i + lane);
        }
    }
    Real rest(0);
    for (; i < size; ++i) {
        rest += term(i);
    }
    return ((part[0] + part[2]) + (part[1] + part[3])) + rest;
}

} // namespace accrue::detail
