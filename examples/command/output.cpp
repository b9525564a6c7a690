#include "output.hpp"

#include "csv.hpp"
#include "numbers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace command {
namespace {

using json = nlohmann::ordered_json;

std::size_t size_of(column const& values) {
    return std::visit([](auto const& each) { return each.size(); }, values.values);
}

json value_of(double const value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}
json value_of(std::string const& value) {
    return value;
}

std::string json_of(report const& found) {
    auto document = json::object();
    for (auto const& part : found.sections) {
        auto object = json::object();
        for (auto const& each : part.columns) {
            object[each.key] = std::visit(
                [&](auto const& values) {
                    if (!part.is_list) {
                        return value_of(values.front());
                    }
                    auto array = json::array();
                    for (auto const& value : values) {
                        array.push_back(value_of(value));
                    }
                    return array;
                },
                each.values);
        }
        document[part.key] = std::move(object);
    }
    document["sentences"] = found.sentences;
    return document.dump(2) + "\n";
}

std::string full(double const value) {
    if (std::isnan(value)) {
        return "NA";
    }
    if (!std::isfinite(value)) {
        return value > 0 ? "Inf" : "-Inf";
    }
    return number_text(value);
}

std::string full(std::string const& value) {
    if (value.find_first_of(",\"\r\n") == std::string::npos) {
        return value;
    }
    auto result = std::string("\"");
    for (char const c : value) {
        result += c == '"' ? "\"\"" : std::string(1, c);
    }
    return result + "\"";
}

/// One value a line, so that every report is the same table: section, row, quantity, value.
std::string csv_of(report const& found) {
    auto text = std::string("section,row,quantity,value\n");
    for (auto const& part : found.sections) {
        std::size_t const rows = part.columns.empty() ? 0 : size_of(part.columns.front());
        for (std::size_t row = 0; row < rows; ++row) {
            for (auto const& each : part.columns) {
                text += part.key + "," + std::to_string(row + 1) + "," + each.key + "," +
                        std::visit([&](auto const& values) { return full(values[row]); }, each.values) + "\n";
            }
        }
    }
    return text;
}

std::string readable(double const value, int const digits) {
    if (std::isnan(value)) {
        return "-";
    }
    if (!std::isfinite(value)) {
        return value > 0 ? "inf" : "-inf";
    }
    char buffer[400];
    double const size = std::fabs(value);
    bool const fixed = (size >= 0.5 * std::pow(10.0, -digits) || size <= 0) && size < 1e9;
    (void)std::snprintf(buffer, sizeof buffer, fixed ? "%.*f" : "%.*e",
                        fixed ? digits : (std::max)(digits, 3), value);
    return buffer;
}

std::string readable(std::string const& value, int) {
    return value;
}

/// Characters, not bytes.
std::size_t width_of(std::string const& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char const c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

void print_list(std::ostream& out, section const& part) {
    constexpr std::size_t most = 60;
    std::size_t const rows = part.columns.empty() ? 0 : size_of(part.columns.front());
    std::size_t const shown = (std::min)(rows, most);
    auto cells = std::vector<std::vector<std::string>>();
    auto widths = std::vector<std::size_t>();
    for (auto const& each : part.columns) {
        auto& column_cells = cells.emplace_back(1, each.title);
        std::visit(
            [&](auto const& values) {
                for (std::size_t row = 0; row < shown; ++row) {
                    column_cells.push_back(readable(values[row], each.digits));
                }
            },
            each.values);
        auto& width = widths.emplace_back(0);
        for (auto const& cell : column_cells) {
            width = (std::max)(width, width_of(cell));
        }
    }
    for (std::size_t row = 0; row <= shown; ++row) {
        auto line = std::string();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            auto const& cell = cells[i][row];
            auto const gap = std::string(widths[i] - width_of(cell), ' ');
            bool const is_text = std::holds_alternative<std::vector<std::string>>(part.columns[i].values);
            line += (i == 0 ? "  " : "   ") + (is_text ? cell + gap : gap + cell);
        }
        while (!line.empty() && line.back() == ' ') {
            line.pop_back();
        }
        out << line << '\n';
    }
    if (shown < rows) {
        out << "  ... and " << rows - shown << " rows more: --json and --csv write all of them\n";
    }
}

void print(std::ostream& out, report const& found) {
    auto const* before = "";
    for (auto const& part : found.sections) {
        out << before << part.title << '\n';
        before = "\n";
        if (part.is_list) {
            print_list(out, part);
        } else {
            std::size_t width = 0;
            for (auto const& each : part.columns) {
                width = (std::max)(width, width_of(each.title));
            }
            for (auto const& each : part.columns) {
                if (each.title.empty()) {
                    continue;
                }
                out << "  " << each.title << std::string(width - width_of(each.title) + 3, ' ')
                    << std::visit([&](auto const& values) { return readable(values.front(), each.digits); },
                                  each.values)
                    << '\n';
            }
        }
    }
    for (auto const& sentence : found.sentences) {
        out << before << sentence << '\n';
        before = "";
    }
}

void write_to(std::string const& name, std::string const& text) {
    if (name == "-") {
        std::cout << text;
    } else {
        write_file(name, text);
    }
}

} // namespace

void output::write(report const& found) const {
    if (!json.empty()) {
        write_to(json, json_of(found));
    }
    if (!csv.empty()) {
        write_to(csv, csv_of(found));
    }
    if (json != "-" && csv != "-") {
        print(std::cout, found);
    }
}

void write_file(std::string const& name, std::string const& text) {
    auto file = std::ofstream(name, std::ios::binary);
    file << text;
    file.close();
    if (!file) {
        throw bad_input("cannot write " + name);
    }
}

} // namespace command
