#pragma once

#include "relative.hpp"
#include "table.hpp"

#include <cstddef>
#include <iostream>
#include <map>
#include <string>
#include <utility>

namespace accrue::test {

// Closed forms agree to rounding; iterated ones to what the golden values' own iterations reached.
inline constexpr double closed = 1e-10;
inline constexpr double iterated = 1e-8;

/// What was compared, and what was left out and why, printed at the end of each test.
class ledger {
  public:
    explicit ledger(std::string name) : name_(std::move(name)) {}
    ledger(ledger const&) = delete;
    ledger& operator=(ledger const&) = delete;
    ~ledger() {
        std::cout << name_ << ": " << rows_ << " rows, " << cells_ << " cells compared\n";
        for (auto const& [reason, count] : excluded_) {
            std::cout << "    " << count << " excluded: " << reason << '\n';
        }
    }

    void compared() { ++rows_; }
    void exclude(std::string const& reason) { ++excluded_[reason]; }
    [[nodiscard]] std::size_t rows() const { return rows_; }

    /// One cell; NA in the golden value means that its program does not give the number there.
    void cell(row const& r, std::string const& column, double const actual, double const tolerance,
              double const floor = 0) {
        if (r.missing(column)) {
            return;
        }
        ++cells_;
        EXPECT_RELATIVE(actual, r.number(column), tolerance, floor)
            << r.where() << " " << column << describe(r);
    }

  private:
    static std::string describe(row const& r) {
        std::string text;
        for (char const* column : {"measure", "formula", "method", "test", "type", "sm"}) {
            text += r.has(column) ? " " + r.text(column) : "";
        }
        return text;
    }

    std::string name_;
    std::size_t rows_ = 0;
    std::size_t cells_ = 0;
    std::map<std::string, std::size_t> excluded_;
};

} // namespace accrue::test
