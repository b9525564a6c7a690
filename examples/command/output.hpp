#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace command {

/// A column of a section: numbers or texts.
struct column {
    std::string key;   ///< in JSON and CSV
    std::string title; ///< in the table for people; what has none stands in JSON and CSV alone
    std::variant<std::vector<double>, std::vector<std::string>> values;
    int digits = 3; ///< decimals in the table for people
};

/// A part of a report: one row that is an object in JSON, or a list whose columns are arrays there.
struct section {
    std::string key;
    std::string title;
    std::vector<column> columns{};
    bool is_list = false;

    /// A value of a section that is one row.
    void add(std::string name, std::string words, double const value, int const digits = 3) {
        columns.push_back({std::move(name), std::move(words), std::vector<double>{value}, digits});
    }
    void add(std::string name, std::string words, std::string value) {
        columns.push_back({std::move(name), std::move(words), std::vector<std::string>{std::move(value)}, 0});
    }
    void add(std::string name, std::string words, char const* const value) {
        add(std::move(name), std::move(words), std::string(value));
    }
};

/// What a subcommand found.
struct report {
    std::vector<section> sections{};
    std::vector<std::string> sentences{};
};

/// Where a report goes; "-" is the standard output.
struct output {
    std::string json{};
    std::string csv{};

    /// The table for people, unless JSON or CSV goes to the standard output.
    void write(report const& found) const;
};

/// \throws bad_input when the file cannot be written
void write_file(std::string const& name, std::string const& text);

} // namespace command
