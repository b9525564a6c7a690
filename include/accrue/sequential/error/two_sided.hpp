#pragma once

#include <accrue/error.hpp>

namespace accrue {

/// A type I error shared equally by two symmetric boundaries: `two_sided{0.05}` may cross the upper one with
/// probability 0.025 under no effect, and the lower one with 0.025. A spending function is applied to each
/// side's half.
///
/// A bare 0.05 could mean either; peers differ, which moves every boundary. So the error is a type here.
struct two_sided {
    double error;

    static constexpr bool is_symmetric = true; ///< the lower boundary is the negative of the upper one

    /// The error that each of the two boundaries may spend.
    [[nodiscard]] double per_side() const {
        detail::require(error > 0 && error < 1, "two-sided error", "between 0 and 1, both excluded", error);
        return error / 2;
    }
};

} // namespace accrue
