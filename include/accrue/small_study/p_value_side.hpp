#pragma once

#include <accrue/platform.hpp>

namespace accrue {

// Which p-values decide whether a study is published: a choice that `selection_model` and `p_uniform_star`
// take.

/// One-sided p-values, small for large positive effects: P(Z > y/se).
struct selects_positive {
    static constexpr bool flips = false;
    static constexpr bool two_sided = false;
};

/// One-sided p-values, small for large negative effects.
struct selects_negative {
    static constexpr bool flips = true;
    static constexpr bool two_sided = false;
};

/// Two-sided p-values, small for large effects of either sign.
struct selects_either {
    static constexpr bool flips = false;
    static constexpr bool two_sided = true;
};

} // namespace accrue
