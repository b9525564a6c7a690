#pragma once

#include <accrue/sequential/one_sided.hpp>
#include <accrue/sequential/two_sided.hpp>

#include <variant>

namespace accrue {

/// The type I error of a design, in either form that says how the boundaries share it: `two_sided{0.05}` or
/// `one_sided{0.025}`.
using error_rate = std::variant<two_sided, one_sided>;

/// The error that one boundary may spend.
///
/// \throws invalid_input when the error is not between 0 and 1
[[nodiscard]] inline double error_per_side(error_rate const& error) {
    return std::visit([](auto const& form) { return form.per_side(); }, error);
}

} // namespace accrue
