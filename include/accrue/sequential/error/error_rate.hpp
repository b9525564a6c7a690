#pragma once

#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>

#include <variant>

namespace accrue {

/// The type I error of a design, in any of the forms that say how the boundaries share it: `two_sided{0.05}`,
/// `one_sided{0.025}` or `asymmetric{.lower = 0.05, .upper = 0.025}`.
using error_rate = std::variant<two_sided, one_sided, asymmetric>;

/// The error that may be spent on showing a benefit: that of one side or, for an asymmetric error, that of
/// the side on which the anticipated effect lies.
///
/// \throws invalid_input when the error is not between 0 and 1
[[nodiscard]] inline double benefit_error(error_rate const& error, double const effect) {
    if (auto const* const sides = std::get_if<asymmetric>(&error)) {
        sides->validate();
        return effect < 0 ? sides->lower : sides->upper;
    }
    if (auto const* const side = std::get_if<one_sided>(&error)) {
        return side->per_side();
    }
    return std::get<two_sided>(error).per_side();
}

} // namespace accrue
