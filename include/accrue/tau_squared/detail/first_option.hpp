#pragma once

#include <accrue/platform.hpp>

#include <type_traits>

namespace accrue::detail {

/// The type of the first of a list of options, or `Default` where the list is empty or begins with a number.
///
/// Deduction guides of templates whose options are a callable and then numbers use it: GCC takes designated
/// options for a list by position, so that a guide must accept `profile_likelihood{.tolerance = 1e-9}`, in
/// which the callable is left out.
template <class Default, class... Options>
struct first_option {
    using type = Default;
};

template <class Default, class First, class... Rest>
    requires(!std::is_arithmetic_v<First>)
struct first_option<Default, First, Rest...> {
    using type = First;
};

} // namespace accrue::detail
