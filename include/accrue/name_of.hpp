#pragma once

#include <accrue/platform.hpp>

#include <concepts>
#include <string>

namespace accrue {

/// A part of an analysis that tells how it is called in reports, by a member `name()`: a model, an estimator
/// of tau², an uncertainty, a spending function, a monitoring rule. Yours may have one too.
template <class Part>
concept tells_its_name = requires(Part const& part) {
    { part.name() } -> std::convertible_to<std::string>;
};

/// How a part is called in reports: its own name, or these words where it has none.
template <class Part>
[[nodiscard]] std::string name_of(Part const& part, std::string const& otherwise) {
    if constexpr (tells_its_name<Part>) {
        return part.name();
    } else {
        return otherwise;
    }
}

} // namespace accrue
