#include "numbers.hpp"

#include <accrue/error.hpp>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <version>

// Not every standard library reads and writes floating numbers by <charconv>; that of Debian's emscripten
// doesn't.

namespace command {

#ifdef __cpp_lib_to_chars

parsed_number parse_number(std::string_view const text) {
    double value = 0;
    auto const* const last = text.data() + text.size();
    auto const [end, error] = std::from_chars(text.data(), last, value);
    bool const out_of_range = error == std::errc::result_out_of_range;
    return {value, end == last && (error == std::errc{} || out_of_range), out_of_range};
}

std::string number_text(double const value) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

#else

parsed_number parse_number(std::string_view const text) {
    // strtod reads more than numbers are here: blanks, a sign +, hexadecimal digits.
    if (text.empty() || text.find_first_not_of("-.0123456789eE+") != std::string_view::npos ||
        text.front() == '+') {
        return {};
    }
    auto const copy = std::string(text);
    char* end = nullptr;
    errno = 0;
    double const value = std::strtod(copy.c_str(), &end);
    bool const out_of_range = errno == ERANGE && (value == 0 || !std::isfinite(value));
    return {value, end == copy.c_str() + copy.size(), out_of_range};
}

std::string number_text(double const value) {
    return accrue::detail::to_text(value);
}

#endif

std::string percent(double const level) {
    return number_text(std::round(1e10 * level) / 1e8) + " % ";
}

} // namespace command
