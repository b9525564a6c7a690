#pragma once

#include <functional>
#include <string>
#include <utility>

namespace ldn {

/// Where a number comes from. What is computed from several numbers bears the marks of all of them.
struct provenance {
    bool computed = false;    ///< not printed in any source
    bool second_hand = false; ///< quoted by a later source, or computed from such a number
    bool chosen = false;      ///< a setting of this example

    /// What follows the number in the output; nothing when the number is reported by its own publication.
    [[nodiscard]] std::string mark() const {
        auto text = std::string{};
        text += computed ? "†" : "";
        text += second_hand ? "‡" : "";
        text += chosen ? "§" : "";
        return text;
    }
};

/// A value with its provenance.
template <class T>
struct sourced {
    T value;
    provenance from{};
};

template <class T>
sourced(T, provenance) -> sourced<T>;

/// A setting of this example.
template <class T>
sourced<T> chosen(T value) {
    return {std::move(value), {.chosen = true}};
}

/// Applies a function to the values; the result is computed, and second-hand when any of them is. That a
/// setting was chosen is said where the setting is printed, not with everything that follows from it.
template <class Function, class... T>
[[nodiscard]] auto derive(Function const& function, sourced<T> const&... arguments) {
    return sourced{std::invoke(function, arguments.value...),
                   provenance{.computed = true, .second_hand = (arguments.from.second_hand || ...)}};
}

/// A part of a value, with the whole's provenance.
template <class T, class Part>
[[nodiscard]] auto part(sourced<T> const& whole, Part const& take) {
    return sourced{std::invoke(take, whole.value), whole.from};
}

} // namespace ldn
