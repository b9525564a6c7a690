#pragma once

#include <accrue/platform.hpp>

#include <string_view>

namespace accrue {

/// What monitored evidence says of the anticipated effect. Benefit is the direction of the anticipated
/// effect.
///
/// Evidence that is insufficient says neither that there is an effect nor that there is none, however far Z
/// is beyond 1.96: it is too early to tell. Futility does say something, of an effect as large as anticipated
/// alone; a smaller one may exist.
enum class conclusion : unsigned char {
    insufficient, ///< no boundary is crossed, and the required information isn't reached: more is needed
    benefit,      ///< the boundary on the side of the anticipated effect is crossed
    harm,         ///< the boundary on the other side is crossed
    futility      ///< an effect as large as anticipated is ruled out, or was not found at the required size
};

/// The conclusion in words, for tables.
constexpr std::string_view to_string(conclusion const value) noexcept {
    switch (value) {
    case conclusion::insufficient:
        return "insufficient evidence";
    case conclusion::benefit:
        return "benefit";
    case conclusion::harm:
        return "harm";
    case conclusion::futility:
        return "futility";
    }
    return "unknown";
}

} // namespace accrue
