#pragma once

#include <accrue/error.hpp>

#include <cstddef>

namespace accrue::detail {

// Calls `function(i)` for each study; an error in its report says which study it was.
template <class Function>
void for_each_study(std::size_t const count, Function const& function) {
    for (std::size_t i = 0; i < count; ++i) {
        try {
            function(i);
        } catch (invalid_input const& error) {
            throw error.at_study(i);
        }
    }
}

} // namespace accrue::detail
