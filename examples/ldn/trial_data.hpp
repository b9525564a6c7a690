#pragma once

#include "provenance.hpp"
#include <accrue/accrue.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ldn {

inline std::vector<std::string> split(std::string_view const text, std::string_view const separator) {
    auto parts = std::vector<std::string>{};
    std::size_t from = 0;
    for (auto to = text.find(separator); to != std::string_view::npos; to = text.find(separator, from)) {
        parts.emplace_back(text.substr(from, to - from));
        from = to + separator.size();
    }
    parts.emplace_back(text.substr(from));
    return parts;
}

inline double to_number(std::string_view const text) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::runtime_error("'" + std::string(text) + "' is not a number");
    }
    return value;
}

/// A table of comma-separated values with a header line; no field holds a comma.
class table {
  public:
    explicit table(std::filesystem::path const& file) : name_(file.string()) {
        auto stream = std::ifstream(file);
        if (!stream) {
            throw std::runtime_error("cannot read " + name_);
        }
        for (auto line = std::string{}; std::getline(stream, line);) {
            rows_.push_back(split(line, ","));
            if (rows_.back().size() != rows_.front().size()) {
                throw std::runtime_error(name_ + ", line " + std::to_string(rows_.size()) +
                                         ": fields and header differ in number");
            }
        }
    }

    /// Rows below the header.
    [[nodiscard]] std::size_t size() const { return rows_.size() - 1; }

    [[nodiscard]] std::string const& text(std::size_t const row, std::string_view const column) const {
        auto const& header = rows_.front();
        auto const found = std::find(header.begin(), header.end(), column);
        if (found == header.end()) {
            throw std::runtime_error(name_ + " has no column '" + std::string(column) + "'");
        }
        return rows_[row + 1][static_cast<std::size_t>(found - header.begin())];
    }

    /// The provenance that the row states.
    [[nodiscard]] provenance from(std::size_t const row) const {
        auto const& word = text(row, "provenance");
        return {.computed = word == "derived", .second_hand = word == "second-hand"};
    }

    [[nodiscard]] sourced<double> number(std::size_t const row, std::string_view const column) const {
        return {to_number(text(row, column)), from(row)};
    }

    [[nodiscard]] std::string const& name() const { return name_; }

  private:
    std::string name_;
    std::vector<std::vector<std::string>> rows_;
};

/// A mean with its confidence interval, as papers print it.
struct mean_with_interval {
    double mean;
    accrue::interval range;
};

/// What one trial reports.
class trial_report {
  public:
    /// The rows of `data` whose trial is `name`.
    trial_report(table const& data, std::string_view const name) : data_(&data) {
        for (std::size_t row = 0; row < data.size(); ++row) {
            if (data.text(row, "trial") == name) {
                rows_.push_back(row);
            }
        }
        if (rows_.empty()) {
            throw std::runtime_error(data.name() + " has no trial '" + std::string(name) + "'");
        }
    }

    [[nodiscard]] std::string short_name() const {
        auto const& name = data_->text(rows_.front(), "trial");
        return name.substr(0, name.find(" (")) + " " + data_->text(rows_.front(), "year");
    }
    [[nodiscard]] std::string const& design() const { return data_->text(rows_.front(), "design"); }
    [[nodiscard]] std::string const& dose() const { return data_->text(rows_.front(), "dose_mg"); }

    /// Participants as the review counts them, marked as the count of participants analysed is.
    [[nodiscard]] sourced<double> participants() const {
        for (auto const row : rows_) {
            if (data_->text(row, "quantity").starts_with("analysed")) {
                return data_->number(row, "participants").value == data_->number(row, "value").value
                           ? data_->number(row, "participants")
                           : sourced<double>{data_->number(row, "participants").value, {}};
            }
        }
        throw std::runtime_error(short_name() + ": no count of participants analysed");
    }

    [[nodiscard]] sourced<double> number(std::string_view const quantity) const {
        return data_->number(row_of(quantity), "value");
    }

    /// "20/49"
    [[nodiscard]] sourced<accrue::events> events(std::string_view const quantity) const {
        auto const row = row_of(quantity);
        auto const parts = split(data_->text(row, "value"), "/");
        return {{.count = to_number(parts.at(0)), .total = to_number(parts.at(1))}, data_->from(row)};
    }

    /// "-1.3 (-1.7; -0.8)"
    [[nodiscard]] sourced<mean_with_interval> mean(std::string_view const quantity) const {
        auto const row = row_of(quantity);
        auto const parts = split(data_->text(row, "value"), " (");
        auto const ends = split(parts.at(1), "; ");
        return {
            {to_number(parts[0]),
             {to_number(ends.at(0)), to_number(std::string_view(ends.at(1)).substr(0, ends[1].size() - 1))}},
            data_->from(row)};
    }

  private:
    [[nodiscard]] std::size_t row_of(std::string_view const quantity) const {
        for (auto const row : rows_) {
            if (data_->text(row, "quantity") == quantity) {
                return row;
            }
        }
        throw std::runtime_error(short_name() + ": no quantity '" + std::string(quantity) + "'");
    }

    table const* data_;
    std::vector<std::size_t> rows_;
};

} // namespace ldn
