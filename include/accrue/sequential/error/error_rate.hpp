#pragma once

#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>

#include <concepts>
#include <variant>

namespace accrue {

/// A type I error of one boundary, which a second one may mirror: `two_sided` or `one_sided`.
template <class T>
concept single_error = requires(T const& error) {
    { error.per_side() } -> std::convertible_to<double>;
    { error.is_symmetric } -> std::convertible_to<bool>;
};

/// The type I error of a design, in any of the forms that say how the boundaries share it: `two_sided{0.05}`,
/// `one_sided{0.025}` or `asymmetric{.lower = 0.05, .upper = 0.025}`.
using error_rate = std::variant<two_sided, one_sided, asymmetric>;

/// The error that may be spent on showing a benefit: that of one side or, for an asymmetric error, that of
/// the side on which the anticipated effect lies.
///
/// \throws invalid_input when the error is not between 0 and 1
[[nodiscard]] inline double benefit_error(error_rate const& error, double const effect) {
    return std::visit(
        [&](auto const& form) {
            if constexpr (single_error<decltype(form)>) {
                return form.per_side();
            } else {
                form.validate();
                return effect < 0 ? form.lower : form.upper;
            }
        },
        error);
}

} // namespace accrue
