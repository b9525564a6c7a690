#include "input.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace command {
namespace {

std::string contents_of(std::string const& file) {
    if (file == "-") {
        return {std::istreambuf_iterator<char>(std::cin), {}};
    }
    if (std::filesystem::is_directory(file)) {
        throw bad_input("cannot read " + file + ", which is a folder");
    }
    auto stream = std::ifstream(file, std::ios::binary);
    if (!stream) {
        throw bad_input("cannot open " + file);
    }
    auto text = std::ostringstream();
    text << stream.rdbuf();
    if (stream.bad() || (text.fail() && stream.peek() != std::char_traits<char>::eof())) {
        throw bad_input("cannot read " + file);
    }
    return std::move(text).str();
}

/// Moves studies without a number in one of these columns to those that are left out.
void leave_out_missing(table const& source, studies& found, std::vector<std::string> const& columns) {
    auto kept = std::vector<std::size_t>();
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        auto const row = found.rows[i];
        bool const misses = std::any_of(columns.begin(), columns.end(), [&](std::string const& column) {
            return source.is_missing(row, source.place_of(column));
        });
        if (misses) {
            found.left_out.push_back(row);
        } else {
            kept.push_back(i);
        }
    }
    if (kept.empty()) {
        throw bad_input(source.source() + ": no row has all numbers that the analysis needs");
    }
    found = some_of(found, kept);
}

} // namespace

data load(input const& from, std::vector<std::string> numbers) {
    auto const& chosen = measure_named(from.measure);
    if (std::fabs(from.options.added - reading{}.added) > 0 && !chosen.corrects_zeros) {
        throw usage_error("--add is for measures of tables with a zero, but " + chosen.name +
                          " adds nothing to any");
    }
    auto source = std::make_unique<table>(contents_of(from.file),
                                          from.file == "-" ? "standard input" : from.file, from.dialect);
    auto found = studies{};
    try {
        found = chosen.read(*source, from.options);
    } catch (bad_input const& error) {
        auto const words = std::string(error.what());
        if (words.find("there is no column") == std::string::npos) {
            throw;
        }
        throw bad_input(words + ". " + chosen.name + " needs the columns " + chosen.columns +
                        " (--columns ai=deaths tells what they are called)");
    }
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        auto const& [effect, variance] = found.estimates[i];
        if (!std::isfinite(effect) || !(variance > 0) || !std::isfinite(variance)) {
            source->refuse(found.rows[i], "these numbers give no " + chosen.analysed_as +
                                              " with a variance (effect " + cpp_number(effect) +
                                              ", variance " + cpp_number(variance) + ")");
        }
    }
    if (!from.order.empty()) {
        numbers.push_back(from.order);
    }
    if (from.options.skip_missing) {
        leave_out_missing(*source, found, numbers);
    }
    if (!from.order.empty()) {
        found = in_order_of(*source, found, from.order);
    }
    return {std::move(source), &chosen, std::move(found)};
}

std::vector<std::string> data::remarks(bool const uses_clusters) const {
    auto result = std::vector<std::string>();
    if (!studies.left_out.empty()) {
        result.push_back(std::to_string(studies.left_out.size()) +
                         (studies.left_out.size() == 1 ? " row was" : " rows were") +
                         " left out, as asked: without a number, or without events.");
    }
    if (source->has("cluster") && !uses_clusters) {
        result.emplace_back("The column 'cluster' is not used: the studies are taken to be independent. "
                            "`accrue pool --cluster cluster` uses it.");
    }
    for (auto const& name : source->unused_names()) {
        result.push_back("--columns " + name + "=... is not used: no column is looked for by that name.");
    }
    return result;
}

std::string cpp_data(input const& from, data const& given) {
    auto const rows = given.measure->initialisers(*given.source, given.studies, from.options);
    auto const is_estimate = given.measure->report == "estimate";
    auto text = "    auto const " + std::string(is_estimate ? "estimates" : "trials") + " = std::vector<" +
                given.measure->report + ">{\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto name = given.studies.names[i];
        for (char& c : name) {
            c = c == '\n' || c == '\r' || c == '\\' ? ' ' : c;
        }
        text += "        " + rows[i] + ", // " + name + "\n";
    }
    text += "    };\n";
    if (!is_estimate) {
        double const added = from.options.added;
        bool const adds = given.measure->corrects_zeros && std::fabs(added - reading{}.added) > 0;
        text += std::string(adds ? "    auto measure = " : "    auto const measure = ") + given.measure->cpp +
                ";\n" +
                (adds ? "    measure.zero_cells.correction.amount = " + cpp_number(added) + ";\n" : "") +
                "    auto const estimates = effects(measure, trials);\n";
    }
    return text;
}

} // namespace command
