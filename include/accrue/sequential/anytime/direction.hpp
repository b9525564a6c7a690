#pragma once

#include <accrue/platform.hpp>

#include <variant>

namespace accrue {

/// Effects on both sides of the null are sought: two-sided.
struct either_direction {
    friend bool operator==(either_direction, either_direction) = default;
};

/// Effects above the null are sought, and those below are no evidence: one-sided.
struct above_null {
    friend bool operator==(above_null, above_null) = default;
};

/// Effects below the null are sought, and those above are no evidence: one-sided.
struct below_null {
    friend bool operator==(below_null, below_null) = default;
};

/// Which effects a test seeks; an option, `.direction = below_null{}`.
using effect_direction = std::variant<either_direction, above_null, below_null>;

namespace detail {

inline bool seeks_above(effect_direction const& direction) {
    return !std::holds_alternative<below_null>(direction);
}
inline bool seeks_below(effect_direction const& direction) {
    return !std::holds_alternative<above_null>(direction);
}
inline bool seeks_both(effect_direction const& direction) {
    return std::holds_alternative<either_direction>(direction);
}

} // namespace detail
} // namespace accrue
