#pragma once

#include <accrue/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace accrue::detail {

/// A name for each of so many `things`: those given, or empty ones where none is.
///
/// \throws invalid_input when some have a name and others do not
inline std::vector<std::string> one_name_each(std::vector<std::string> const& names,
                                              std::string_view const things, std::size_t const count) {
    if (names.empty()) {
        return std::vector<std::string>(count);
    }
    require_one_each("names", names.size(), things, count);
    return names;
}

} // namespace accrue::detail
