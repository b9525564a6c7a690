#pragma once

#include <accrue/platform.hpp>

#include <string_view>

namespace accrue {

/// How a computation ended. A result whose status is not `ok` is still the best value that was reached, or
/// NaN where there is none.
///
/// Bad input throws `invalid_input`; a status is for what valid data can come to, so that one such result
/// need not end a program that computes many. Look at it before a result is reported: after `not_converged`
/// try more iterations or a closed form (`dersimonian_laird`); no number of iterations helps `undefined`:
/// trials without an event have no odds ratio, and effects of 1e160 have squares that no `double` holds.
enum class status : unsigned char {
    ok,            ///< a closed form, or an iteration that met its tolerance
    not_converged, ///< the iteration limit was reached first
    undefined,     ///< the quantity does not exist for these data
    invalid ///< the input was invalid (only where one bad item must not stop the others, as in batches)
};

/// The status in words, for logs and tables.
constexpr std::string_view to_string(status const value) noexcept {
    switch (value) {
    case status::ok:
        return "ok";
    case status::not_converged:
        return "not converged";
    case status::undefined:
        return "undefined";
    case status::invalid:
        return "invalid input";
    }
    return "unknown";
}

} // namespace accrue
