#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace accrue::test {

namespace detail {

/// What the rows of one table share: where they come from and the position of each column.
struct table_header {
    std::string source;
    std::vector<std::string> names;
    std::unordered_map<std::string, std::size_t> position;
};

/// Splits one record at its commas. A field in double quotes may hold commas, and "" for a quote.
inline auto split_record(std::string_view line) -> std::vector<std::string> {
    auto fields = std::vector<std::string>(1);
    auto quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto const c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            fields.back() += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}

/// NaN for NA and NaN, infinities for Inf and -Inf, else the number. Throws std::invalid_argument.
inline auto to_number(std::string_view text) -> double {
    using limits = std::numeric_limits<double>;
    if (text == "NA" || text == "NaN" || text == "nan")
        return limits::quiet_NaN();
    if (text == "Inf" || text == "inf")
        return limits::infinity();
    if (text == "-Inf" || text == "-inf")
        return -limits::infinity();
    auto const digits = text.starts_with('+') ? text.substr(1) : text;
    auto value = 0.0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        throw std::invalid_argument("'" + std::string(text) + "' is no number");
    return value;
}

} // namespace detail

/// One record of a table, its fields reached by the name of the column.
class row {
  public:
    row(std::shared_ptr<detail::table_header const> header, std::vector<std::string> fields, std::size_t line)
        : header_(std::move(header)), fields_(std::move(fields)), line_(line) {}

    auto text(std::string const& column) const -> std::string const& {
        auto const found = header_->position.find(column);
        if (found == header_->position.end())
            throw std::out_of_range(header_->source + ": no column '" + column + "'");
        return fields_[found->second];
    }

    /// The field as a number; NaN where it is NA.
    auto number(std::string const& column) const -> double {
        try {
            return detail::to_number(text(column));
        } catch (std::invalid_argument const& error) {
            throw std::invalid_argument(where() + ", column " + column + ": " + error.what());
        }
    }

    auto has(std::string const& column) const -> bool { return header_->position.contains(column); }

    auto missing(std::string const& column) const -> bool { return text(column) == "NA"; }

    /// "folder/file.csv:line", for SCOPED_TRACE and messages.
    auto where() const -> std::string { return header_->source + ":" + std::to_string(line_); }

  private:
    std::shared_ptr<detail::table_header const> header_;
    std::vector<std::string> fields_;
    std::size_t line_;
};

/// A comma-separated table with a header line, held in memory: `for (auto const& r :
/// golden("bcg/pooled.csv"))`.
class table {
  public:
    explicit table(std::filesystem::path const& file) {
        auto stream = std::ifstream(file);
        if (!stream)
            throw std::runtime_error("cannot open " + file.string());
        auto header = std::make_shared<detail::table_header>();
        header->source = (file.parent_path().filename() / file.filename()).string();
        auto line = std::string();
        for (std::size_t number = 1; std::getline(stream, line); ++number) {
            if (line.ends_with('\r'))
                line.pop_back();
            if (line.empty())
                continue;
            auto fields = detail::split_record(line);
            if (header->names.empty()) {
                header->names = std::move(fields);
                for (std::size_t i = 0; i < header->names.size(); ++i)
                    header->position.emplace(header->names[i], i);
                continue;
            }
            if (fields.size() != header->names.size())
                throw std::runtime_error(header->source + ":" + std::to_string(number) + ": " +
                                         std::to_string(fields.size()) + " fields, the header has " +
                                         std::to_string(header->names.size()));
            rows_.emplace_back(header, std::move(fields), number);
        }
        header_ = std::move(header);
    }

    auto begin() const { return rows_.begin(); }
    auto end() const { return rows_.end(); }
    auto size() const -> std::size_t { return rows_.size(); }
    auto empty() const -> bool { return rows_.empty(); }
    auto operator[](std::size_t i) const -> row const& { return rows_.at(i); }
    auto has(std::string const& column) const -> bool { return header_->position.contains(column); }
    auto columns() const -> std::vector<std::string> const& { return header_->names; }

    auto numbers(std::string const& column) const -> std::vector<double> {
        auto values = std::vector<double>();
        values.reserve(rows_.size());
        for (auto const& r : rows_)
            values.push_back(r.number(column));
        return values;
    }

    /// The rows whose field in `column` reads `value`; calls chain.
    auto where(std::string const& column, std::string_view value) const -> table {
        auto selection = *this;
        std::erase_if(selection.rows_, [&](row const& r) { return r.text(column) != value; });
        return selection;
    }

    /// The single row of a selection; throws where there is none or more than one.
    auto only() const -> row const& {
        if (rows_.size() != 1)
            throw std::runtime_error(header_->source + ": expected one row, found " +
                                     std::to_string(rows_.size()));
        return rows_.front();
    }

  private:
    std::shared_ptr<detail::table_header const> header_;
    std::vector<row> rows_;
};

/// A table of tests/golden, by its path there.
inline auto golden(std::filesystem::path const& file) -> table {
    return table(std::filesystem::path(ACCRUE_GOLDEN_DIR) / file);
}

} // namespace accrue::test
