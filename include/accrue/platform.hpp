#pragma once

/// \file
/// What the library needs of a compiler, said in one sentence where it is missing. Every header reaches this
/// one before any other. The include that follows each `#error` names no file: compilers stop there, and
/// don't go on to list what fails for the same reason.

// MSVC tells the language in _MSVC_LANG unless /Zc:__cplusplus is given.
#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#error "accrue needs C++20: compile with -std=c++20 (MSVC: /std:c++20) or later"
#include <accrue needs C++20>
#endif

// Where compilers assume that no number is NaN or infinite and reorder sums, invalid studies pass for valid
// ones, and compensated sums lose what they keep. GCC and Clang show it by these macros.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) ||                                               \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "accrue needs IEEE arithmetic: compile without -ffast-math, -Ofast and the like"
#include <accrue needs IEEE arithmetic>
#endif

// Invalid data throw `invalid_input`. No handler could stand in for that: a function that is to return a
// result has none, and a batch goes on after the meta-analysis that threw.
#if defined(__GNUC__) && !defined(__cpp_exceptions)
#error "accrue reports invalid data by exceptions: compile without -fno-exceptions"
#include <accrue needs exceptions>
#endif
