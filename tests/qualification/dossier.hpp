#pragma once

// What the parts of the dossier share: a line of a check, and the page that collects them.

#include <cmath>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace accrue::qualification {

/// One check: what was asked, what came out, and whether that passes.
struct check {
    std::string name;
    std::string found;
    bool passed;
};

inline std::string digits(double const x, int const count = 17) {
    auto text = std::string(32, '\0');
    text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.*g", count, x)));
    return text;
}

/// Whether `actual` is `expected` within the relative `tolerance`.
inline check compared(std::string name, double const actual, double const expected, double const tolerance) {
    auto const error = std::abs(actual - expected) / std::abs(expected);
    return {std::move(name),
            digits(actual) + ", expected " + digits(expected) + ", relative error " + digits(error, 2),
            error <= tolerance};
}

/// The page in Markdown and the count of what failed.
class page {
  public:
    explicit page(std::ostream& out) : out_(out) {}

    void heading(std::string const& text) { out_ << "\n## " << text << "\n\n"; }
    void paragraph(std::string const& text) { out_ << text << "\n\n"; }
    void table(std::vector<check> const& checks) {
        out_ << "| check | found | result |\n|---|---|---|\n";
        for (auto const& [name, found, passed] : checks) {
            out_ << "| " << name << " | " << found << " | " << result(passed) << " |\n";
            if (!passed) {
                failures_.push_back(name + ": " + found);
            }
        }
    }
    std::ostream& rows() { return out_; }
    void fail(std::string const& what) { failures_.push_back(what); }

    static char const* result(bool const passed) { return passed ? "pass" : "**FAIL**"; }
    [[nodiscard]] std::vector<std::string> const& failures() const { return failures_; }

  private:
    std::ostream& out_;
    std::vector<std::string> failures_;
};

} // namespace accrue::qualification
