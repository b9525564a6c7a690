#pragma once

#include <string>
#include <string_view>

namespace command {

/// A number that was read from a text, as `std::from_chars` does: in any language of the computer, without a
/// sign + or blanks.
struct parsed_number {
    double value = 0;
    bool whole = false;        ///< whether all of the text was the number
    bool out_of_range = false; ///< too large or too small for a double
};

[[nodiscard]] parsed_number parse_number(std::string_view text);

/// The shortest text that reads back as this number, as C++ and CSV files write it.
[[nodiscard]] std::string number_text(double value);

/// "95 % ", to stand before "interval", of a level of 0.95.
[[nodiscard]] std::string percent(double level);

} // namespace command
