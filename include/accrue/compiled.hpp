#pragma once

#include <accrue/platform.hpp>

/// \file
/// The compiled variant. A unit that links `accrue::compiled` sees ACCRUE_COMPILED: it then takes the common
/// functions in `double` from a library that was compiled once, and does not see Boost's headers. All other
/// units compile everything for themselves, and both kinds may meet in one program: the functions are the
/// same.
///
/// What the library holds is declared where it is defined, by ACCRUE_HELD_BY_THE_LIBRARY: nothing in a
/// unit that is compiled for itself, `extern template` in one that links the library, and the instantiation
/// itself in the library's own source, which sees ACCRUE_COMPILES.
///
/// Some functions are only declared under ACCRUE_COMPILED. A unit that needs them in another number type than
/// `double` links `accrue::accrue` instead: the linker names what it misses.

#if defined(ACCRUE_COMPILES)
#define ACCRUE_HELD_BY_THE_LIBRARY(...) template __VA_ARGS__
#elif defined(ACCRUE_COMPILED)
#define ACCRUE_HELD_BY_THE_LIBRARY(...) extern template __VA_ARGS__
#else
#define ACCRUE_HELD_BY_THE_LIBRARY(...) static_assert(true)
#endif
