#pragma once

#include "csv.hpp"
#include "measures.hpp"

#include <memory>
#include <string>
#include <vector>

namespace command {

/// What the options say of the data.
struct input {
    std::string file{}; ///< "-" is the standard input
    std::string measure = "GEN";
    std::string order{}; ///< column of numbers, such as year; as they stand unless given
    csv_dialect dialect{};
    reading options{};
};

/// The studies of a file.
struct data {
    std::unique_ptr<table> source;
    command::measure const* measure; ///< never null
    command::studies studies;

    /// What a report has to say of the data: rows left out, columns that are not used.
    [[nodiscard]] std::vector<std::string> remarks(bool uses_clusters = false) const;
};

/// \param numbers other columns of numbers that the analysis needs of each study
/// \throws bad_input naming file, line and column, usage_error for an unknown measure
[[nodiscard]] data load(input const& from, std::vector<std::string> numbers = {});

/// The lines of a program in C++ that hold the data: `estimates` and, where asked for, `names`.
[[nodiscard]] std::string cpp_data(input const& from, data const& given);

} // namespace command
