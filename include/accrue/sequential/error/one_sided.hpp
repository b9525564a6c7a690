#pragma once

#include <accrue/error.hpp>

namespace accrue {

/// A type I error of a trial that stops early only for large values: `one_sided{0.025}` crosses its upper
/// boundary with probability 0.025 under no effect, and has no lower boundary.
struct one_sided {
    double error;

    static constexpr bool is_symmetric = false; ///< there is no lower boundary

    /// The error that the boundary may spend.
    [[nodiscard]] double per_side() const {
        detail::require(error > 0 && error < 1, "one-sided error", "between 0 and 1, both excluded", error);
        return error;
    }
};

} // namespace accrue
