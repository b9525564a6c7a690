#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace accrue::test {

/// Which random data sets a test looks at. Each set depends on its number alone, so that many may be looked
/// at in parts, of which ACCRUE_GRID_FIRST and ACCRUE_GRID_SETS in the environment name one: see
/// `tests/grids.sh`.
struct random_sets {
    long first = 0;
    long count;

    explicit random_sets(long const by_default) : count(by_default) {
        take("ACCRUE_GRID_FIRST", first);
        take("ACCRUE_GRID_SETS", count);
    }
    [[nodiscard]] long end() const { return first + count; }

    /// The random numbers of one set.
    [[nodiscard]] static std::mt19937_64 generator(long const set) {
        auto seed = std::seed_seq{static_cast<std::uint32_t>(set), std::uint32_t{20261126}};
        return std::mt19937_64{seed};
    }

  private:
    static void take(char const* const name, long& value) {
        if (char const* const text = std::getenv(name)) {
            value = std::atol(text);
        }
    }
};

} // namespace accrue::test
