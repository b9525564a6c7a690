#include "csv.hpp"

#include "numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace command {
namespace {

std::string quoted(std::string_view const text) {
    constexpr std::size_t longest = 40;
    auto shown = std::string(text.substr(0, longest));
    while (text.size() > longest && !shown.empty() &&
           (static_cast<unsigned char>(shown.back()) & 0x80U) != 0) {
        shown.pop_back(); // not half a character
    }
    return "'" + shown + (text.size() > longest ? "...'" : "'");
}

std::string listed(std::vector<std::string> const& names) {
    auto result = std::string();
    for (auto const& name : names) {
        result += (result.empty() ? "" : ", ") + name;
    }
    return result;
}

/// Without spaces, tabs and no-break spaces, which nobody sees, at either end.
std::string_view trimmed(std::string_view text) {
    for (std::size_t before = text.size() + 1; text.size() < before;) {
        before = text.size();
        for (std::string_view const space : {" ", "\t", "\xC2\xA0"}) {
            if (text.substr(0, space.size()) == space) {
                text.remove_prefix(space.size());
            }
            if (text.size() >= space.size() && text.substr(text.size() - space.size()) == space) {
                text.remove_suffix(space.size());
            }
        }
    }
    return text;
}

/// The bytes of the UTF-8 character that begins here; 0 where none does.
std::size_t character_at(std::string_view const text, std::size_t const at) {
    auto const byte = [&](std::size_t const i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
    };
    auto const follows = [&](std::size_t const i) { return (byte(i) & 0xC0U) == 0x80U; };
    unsigned char const first = byte(at);
    if (first < 0x80) {
        return first == 0 ? 0 : 1;
    }
    if (first >= 0xC2 && first < 0xE0 && follows(at + 1)) {
        return 2;
    }
    if ((first & 0xF0U) == 0xE0 && follows(at + 1) && follows(at + 2) &&
        (first != 0xE0 || byte(at + 1) >= 0xA0) && (first != 0xED || byte(at + 1) < 0xA0)) {
        return 3;
    }
    if (first >= 0xF0 && first < 0xF5 && follows(at + 1) && follows(at + 2) && follows(at + 3) &&
        (first != 0xF0 || byte(at + 1) >= 0x90) && (first != 0xF4 || byte(at + 1) < 0x90)) {
        return 4;
    }
    return 0;
}

void require_utf8(std::string_view const text, std::string const& source) {
    std::size_t line = 1;
    for (std::size_t i = 0; i < text.size();) {
        auto const size = character_at(text, i);
        if (size == 0) {
            throw bad_input(source + ", line " + std::to_string(line) +
                            ": this is not text in UTF-8; save the file as CSV in UTF-8");
        }
        line += text[i] == '\n' ? 1U : 0U;
        i += size;
    }
}

/// Whichever of comma, semicolon and tab the first line with anything has most of, outside of quotes.
char delimiter_of(std::string_view const text) {
    auto counts = std::array<std::pair<char, int>, 3>{{{',', 0}, {';', 0}, {'\t', 0}}};
    bool inside = false;
    bool anything = false;
    for (char const c : text) {
        if (c == '"') {
            inside = !inside;
        } else if ((c == '\n' || c == '\r') && !inside && anything) {
            break;
        }
        anything = anything || (c != '\n' && c != '\r');
        for (auto& [delimiter, count] : counts) {
            count += c == delimiter && !inside ? 1 : 0;
        }
    }
    return std::max_element(counts.begin(), counts.end(),
                            [](auto const& a, auto const& b) { return a.second < b.second; })
        ->first;
}

} // namespace

table::table(std::string text, std::string source, csv_dialect dialect)
    : text_(std::move(text)), source_(std::move(source)), dialect_(std::move(dialect)) {
    if (text_.compare(0, 3, "\xEF\xBB\xBF") == 0) {
        text_.erase(0, 3);
    }
    require_utf8(text_, source_);
    if (text_.compare(0, 4, "sep=") == 0 && text_.find_first_of("\r\n") == 5) {
        dialect_.delimiter = dialect_.delimiter == '\0' ? text_[4] : dialect_.delimiter;
        text_.erase(0, 5); // what is left of the line is blank
    }
    if (dialect_.delimiter == '\0') {
        dialect_.delimiter = delimiter_of(text_);
    }
    parse();
    name_columns();
}

// Cells are unquoted in place, so that they can point into the text.
void table::parse() {
    char* const data = text_.data();
    std::size_t const size = text_.size();
    std::size_t line = 1;
    std::size_t i = 0;
    auto const at_end_of_line = [&] { return i >= size || data[i] == '\n' || data[i] == '\r'; };
    auto const refuse_at = [&](std::size_t const where, std::string const& problem) {
        throw bad_input(source_ + ", line " + std::to_string(where) + ": " + problem);
    };
    auto row = std::vector<std::string_view>();
    while (i < size) {
        std::size_t const first_line = line;
        bool const blank = at_end_of_line();
        row.clear();
        while (!blank) {
            std::size_t const begin = i;
            std::size_t end = i;
            if (i < size && data[i] == '"') {
                std::size_t const opened = line;
                for (++i;; ++i) {
                    if (i >= size) {
                        refuse_at(opened, "a quote is opened in cell " + std::to_string(row.size() + 1) +
                                              " and never closed");
                    }
                    if (data[i] == '"') {
                        if (i + 1 >= size || data[i + 1] != '"') {
                            break;
                        }
                        ++i;
                    }
                    line += data[i] == '\n' ? 1U : 0U;
                    data[end++] = data[i];
                }
                ++i;
                if (!at_end_of_line() && data[i] != dialect_.delimiter) {
                    refuse_at(line,
                              "cell " + std::to_string(row.size() + 1) +
                                  " goes on after its closing quote; a quote inside of one is written \"\"");
                }
            } else {
                while (!at_end_of_line() && data[i] != dialect_.delimiter) {
                    if (data[i] == '"') {
                        refuse_at(line, "cell " + std::to_string(row.size() + 1) +
                                            " has a quote but does not begin with one");
                    }
                    ++i;
                }
                end = i;
            }
            row.emplace_back(data + begin, end - begin);
            if (at_end_of_line()) {
                break;
            }
            ++i;
        }
        if (i < size && data[i] == '\r') {
            ++i;
        }
        if (i < size && data[i] == '\n') {
            ++i;
        }
        ++line;
        if (blank) {
            continue;
        }
        if (header_.empty()) {
            header_line_ = first_line;
            for (auto const& cell : row) {
                header_.emplace_back(trimmed(cell));
            }
            continue;
        }
        if (row.size() != header_.size()) {
            refuse_at(
                first_line,
                (row.size() == 1 ? std::string("there is 1 cell")
                                 : "there are " + std::to_string(row.size()) + " cells") +
                    " where the header names " + std::to_string(header_.size()) +
                    (header_.size() == 1 ? " column" : " columns") + " (cells are separated by '" +
                    (dialect_.delimiter == '\t' ? std::string("tab") : std::string(1, dialect_.delimiter)) +
                    "')");
        }
        cells_.insert(cells_.end(), row.begin(), row.end());
        lines_.push_back(first_line);
    }
    if (header_.empty()) {
        throw bad_input(source_ + ", line 1: there is no header, and nothing else");
    }
    if (lines_.empty()) {
        throw bad_input(source_ + ", line " + std::to_string(line) +
                        ": there is a header, but no row below it");
    }
}

void table::name_columns() {
    for (std::size_t place = 0; place < header_.size(); ++place) {
        auto const [found, added] = places_.emplace(header_[place], place);
        if (!added && !header_[place].empty()) {
            throw bad_input(source_ + ", line " + std::to_string(header_line_) + ": columns " +
                            std::to_string(found->second + 1) + " and " + std::to_string(place + 1) +
                            " are both called " + quoted(header_[place]));
        }
    }
    auto const in_file = places_;
    for (auto const& [name, own] : dialect_.renamed) {
        auto const found = in_file.find(own);
        if (found == in_file.end()) {
            throw bad_input(source_ + ", line " + std::to_string(header_line_) + ": there is no column " +
                            quoted(own) + " to be " + name + "; there are " + listed(header_));
        }
        places_[name] = found->second;
    }
}

bool table::has(std::string const& column) const {
    return places_.find(column) != places_.end();
}

std::size_t table::place_of(std::string const& column) const {
    auto const found = places_.find(column);
    if (found == places_.end()) {
        throw bad_input(source_ + ", line " + std::to_string(header_line_) + ": there is no column " +
                        quoted(column) + "; there are " + listed(header_));
    }
    used_.insert(column);
    return found->second;
}

std::vector<std::string> table::unused_names() const {
    auto result = std::vector<std::string>();
    for (auto const& [name, own] : dialect_.renamed) {
        if (used_.find(name) == used_.end()) {
            result.push_back(name);
        }
    }
    return result;
}

std::string_view table::text(std::size_t const row, std::size_t const place) const {
    return trimmed(cells_[row * header_.size() + place]);
}

bool table::is_missing(std::size_t const row, std::size_t const place) const {
    auto const cell = text(row, place);
    return cell.empty() || cell == "NA" || cell == ".";
}

double table::number(std::size_t const row, std::size_t const place) const {
    if (is_missing(row, place)) {
        refuse(row, place, "there is no number; --skip-missing leaves such rows out");
    }
    auto cell = text(row, place);
    auto buffer = std::string();
    if (dialect_.decimal_comma) {
        if (cell.find('.') != std::string_view::npos) {
            refuse(row, place, "must be a number with a decimal comma, but is " + quoted(cell));
        }
        buffer = cell;
        if (auto const comma = buffer.find(','); comma != std::string::npos) {
            buffer[comma] = '.';
        }
        cell = buffer;
    }
    auto digits = cell;
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
        digits.remove_prefix(1);
    }
    auto const [value, whole, out_of_range] = parse_number(digits);
    if (whole && out_of_range) {
        refuse(row, place, "must be a number of ordinary size, but is " + quoted(text(row, place)));
    }
    if (!whole || !std::isfinite(value)) {
        refuse(row, place,
               "must be a number, but is " + quoted(text(row, place)) +
                   (!dialect_.decimal_comma && cell.find(',') != std::string_view::npos
                        ? " (--decimal-comma reads 1,5 as one and a half)"
                        : ""));
    }
    return value;
}

double table::positive(std::size_t const row, std::size_t const place) const {
    double const value = number(row, place);
    if (!(value > 0)) {
        refuse(row, place, "must be positive, but is " + quoted(text(row, place)));
    }
    return value;
}

double table::not_negative(std::size_t const row, std::size_t const place) const {
    double const value = number(row, place);
    if (!(value >= 0)) {
        refuse(row, place, "must be 0 or more, but is " + quoted(text(row, place)));
    }
    return value;
}

void table::refuse(std::size_t const row, std::size_t const place, std::string const& problem) const {
    throw bad_input(source_ + ", line " + std::to_string(lines_[row]) + ", column '" + header_[place] +
                    "': " + problem);
}

void table::refuse(std::size_t const row, std::string const& problem) const {
    throw bad_input(source_ + ", line " + std::to_string(lines_[row]) + ": " + problem);
}

} // namespace command
