#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace command {

/// The data cannot be used. The words name the place: file, line, column.
struct bad_input : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The options make no sense.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How a file of values separated by commas is to be read.
struct csv_dialect {
    char delimiter = '\0';      ///< found out from the header (comma, semicolon or tab) unless given
    bool decimal_comma = false; ///< 1,5 for one and a half
    /// What a column is called in the file, by the name that the program knows: {"ai", "events_treated"}.
    std::map<std::string, std::string> renamed{};
};

/// A table with a header, by RFC 4180 (quotes, "" for a quote, line ends in quotes, CRLF or LF), with or
/// without a byte order mark, in UTF-8. Lines without anything are no rows, and a first line such as sep=;
/// says what separates cells.
class table {
  public:
    /// \param source what messages call it
    /// \throws bad_input naming the line for an open quote, text after a closing quote, a row with more or
    /// fewer cells than the header, text that is not UTF-8, two columns of one name; and for no row
    table(std::string text, std::string source, csv_dialect dialect);
    table(table const&) = delete; // cells point into the text
    table& operator=(table const&) = delete;

    [[nodiscard]] std::size_t rows() const { return lines_.size(); }
    [[nodiscard]] std::string const& source() const { return source_; }
    [[nodiscard]] bool has(std::string const& column) const;
    [[nodiscard]] std::vector<std::string> const& header() const { return header_; }

    /// Where a column is. \throws bad_input that lists the columns that there are
    [[nodiscard]] std::size_t place_of(std::string const& column) const;
    /// The names that columns were given, but by which nobody asked for one.
    [[nodiscard]] std::vector<std::string> unused_names() const;
    /// What a cell holds, without blanks at either end.
    [[nodiscard]] std::string_view text(std::size_t row, std::size_t place) const;
    /// Whether the cell is empty, NA or a point, which stand for no value.
    [[nodiscard]] bool is_missing(std::size_t row, std::size_t place) const;
    /// \throws bad_input naming line and column unless the cell is a finite decimal number
    [[nodiscard]] double number(std::size_t row, std::size_t place) const;
    /// The same of a number that must be positive, or at least 0.
    [[nodiscard]] double positive(std::size_t row, std::size_t place) const;
    [[nodiscard]] double not_negative(std::size_t row, std::size_t place) const;

    /// \throws bad_input "FILE, line 7, column 'ai': PROBLEM"
    [[noreturn]] void refuse(std::size_t row, std::size_t place, std::string const& problem) const;
    [[noreturn]] void refuse(std::size_t row, std::string const& problem) const;

  private:
    void parse();
    void name_columns();

    std::string text_;
    std::string source_;
    csv_dialect dialect_;
    std::vector<std::string> header_;
    std::size_t header_line_ = 1;
    std::map<std::string, std::size_t> places_;
    mutable std::set<std::string> used_;
    std::vector<std::string_view> cells_;
    std::vector<std::size_t> lines_;
};

} // namespace command
