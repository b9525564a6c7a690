#pragma once

#include <accrue/platform.hpp>

#include <cstddef>

/// \file
/// Calls that make no sense, refused in words. A call that no overload takes would otherwise be answered with
/// a list of constraints that failed; an overload that takes it, and that must not be called, can say what to
/// do instead.
///
///     template <class Model, class Trials>
///         requires detail::reports<Trials>
///     ACCRUE_REFUSED("these are trials: effects(measure, trials) first", pool(Model const&, Trials const&));
///
/// Clang prints the words as the error. GCC has no means for that, but names the type that a deleted function
/// would return, and with it the words. For concepts and `requires` such a call is invalid, like one of no
/// function.

namespace accrue::detail {

/// Words as a template argument.
template <std::size_t Size>
struct words {
    char text[Size] = {};

    consteval words(char const (&source)[Size]) { // NOLINT(google-explicit-constructor)
        for (std::size_t i = 0; i < Size; ++i) {
            text[i] = source[i];
        }
    }
};

} // namespace accrue::detail

namespace accrue {

/// What a call returns that is refused; nothing makes one.
template <detail::words Reason>
struct refused;

} // namespace accrue

#ifdef __clang__
#define ACCRUE_REFUSED(reason, ...)                                                                          \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"")                    \
        __attribute__((diagnose_if(true, reason, "error"))) void __VA_ARGS__ _Pragma("clang diagnostic pop")
#else
#define ACCRUE_REFUSED(reason, ...) accrue::refused<reason> __VA_ARGS__ = delete
#endif

/// The same for a constructor of a class template that is specialised for `refused<reason>`.
#ifdef __clang__
#define ACCRUE_REFUSED_CONSTRUCTOR(reason, ...)                                                              \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"")                    \
        __attribute__((diagnose_if(true, reason, "error"))) __VA_ARGS__ _Pragma("clang diagnostic pop")
#else
#define ACCRUE_REFUSED_CONSTRUCTOR(reason, ...) __VA_ARGS__ = delete
#endif
