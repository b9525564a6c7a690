#pragma once

#include <accrue/error.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test {

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

/// The named numbers that a program computes from one input, in double or at 50 digits.
template <class Real>
class statistics {
  public:
    /// Errors are relative to the value, or to `unit` if that is larger: 1 for logarithms, whose absolute
    /// errors are relative ones.
    void operator()(std::string name, Real const& value, double const unit = 0) {
        values_.push_back({std::move(name), value, unit});
    }
    template <class Interval>
    void limits(std::string const& name, Interval const& interval) {
        (*this)(name + ", lower limit", interval.lower);
        (*this)(name + ", upper limit", interval.upper);
    }
    template <class Pooled>
    void pooled(std::string const& name, Pooled const& result) {
        (*this)(name + ", effect", result.effect);
        (*this)(name + ", variance", result.variance);
    }
    [[nodiscard]] auto const& values() const { return values_; }

  private:
    struct named_value {
        std::string name;
        Real value;
        double unit;
    };
    std::vector<named_value> values_;
};

/// The double at 50 digits, the same number in double.
template <class Real>
inline constexpr bool is_exact = false;
template <>
inline constexpr bool is_exact<exact> = true;

/// Numbers that a case is made of, and what they are in words.
struct accuracy_case {
    std::vector<double> numbers;
    std::string words;
};

/// Compares statistics in double with the same at 50 digits, or with other formulas there. The condition of a
/// result is how many times a relative change of 1e-15 in each input, up or down at random, is found in the
/// result: no program that reads doubles can do better than rounding times that. An error is explained when
/// it is at most 1e-12, or 5e-14 times the condition.
class accuracy_table {
  public:
    static constexpr double bound = 1e-12;
    static constexpr double bound_by_condition = 5e-14;

    /// Runs `smaller` cases, or the number that the program is given, in units of `smaller`.
    accuracy_table(std::string title, int const argc, char const* const* const argv)
        : title_(std::move(title)), scale_(argc > 1 ? std::atoi(argv[1]) : 1) {}

    [[nodiscard]] int cases(int const smaller) const { return smaller * scale_; }

    /// `compute(numbers, statistics)` in both types.
    template <class Compute>
    void compare(accuracy_case const& input, Compute const& compute) {
        compare(input, compute, compute);
    }
    /// The same with formulas of the test's own, `reference`, for what is expected.
    template <class Compute, class Reference>
    void compare(accuracy_case const& input, Compute const& compute, Reference const& reference) {
        auto found = statistics<double>();
        auto expected = statistics<exact>();
        auto const numbers = std::vector<exact>(input.numbers.begin(), input.numbers.end());
        bool const refused = throws([&] { compute(std::span<double const>(input.numbers), found); });
        bool const refused_exactly = throws([&] { reference(std::span<exact const>(numbers), expected); });
        if (refused || refused_exactly) {
            differ_ += refused != refused_exactly ? 1 : 0;
            if (refused != refused_exactly) {
                std::cerr << title_ << ": refused by one alone: " << input.words << '\n';
            }
            return;
        }
        auto const condition = conditions(numbers, expected, reference);
        for (std::size_t i = 0; i < expected.values().size(); ++i) {
            auto const& [name, value, unit] = expected.values()[i];
            add(name, found.values().at(i).value, value, unit, condition[i], input.words);
        }
    }

    /// A larger bound for the statistics whose names begin like that, with the reason, which is printed.
    void allow(std::string beginning, double const larger, std::string reason) {
        allowed_.push_back({std::move(beginning), larger, std::move(reason)});
    }

    /// Prints the rows, in Markdown; 0 if each error is explained.
    [[nodiscard]] int finish() const {
        std::printf("\n## %s\n\n", title_.c_str());
        std::printf("| statistic | cases | worst, condition below 100 | where | worst of all | condition "
                    "there | where |\n|---|--:|--:|---|--:|--:|---|\n");
        int failures = differ_;
        for (auto const& [name, row] : rows_) {
            std::printf("| %s | %d | %.1e | %s |", name.c_str(), row.cases, row.ordinary.error,
                        row.ordinary.words.c_str());
            if (row.hard.error > row.ordinary.error) {
                std::printf(" %.1e | %.0e | %s |\n", row.hard.error, row.hard.condition,
                            row.hard.words.c_str());
            } else {
                std::printf(" the same | | |\n");
            }
            for (auto const& failure : row.failures) {
                std::cerr << title_ << ": " << name << ": " << failure << '\n';
                ++failures;
            }
        }
        for (auto const& [beginning, larger, reason] : allowed_) {
            std::printf("\n%s ...: up to %.0e. %s\n", beginning.c_str(), larger, reason.c_str());
        }
        return failures == 0 ? 0 : 1;
    }

  private:
    struct allowance {
        std::string beginning;
        double bound;
        std::string reason;
    };
    struct worst {
        double error = 0;
        double condition = 0;
        std::string words;
    };
    struct statistic_row {
        int cases = 0;
        worst ordinary;
        worst hard;
        std::vector<std::string> failures;
    };

    template <class Function>
    static bool throws(Function const& function) {
        try {
            function();
        } catch (invalid_input const&) {
            return true;
        }
        return false;
    }

    static bool is_number(exact const& x) { return x - x <= 0 && x - x >= 0; }

    template <class Reference>
    [[nodiscard]] std::vector<double> conditions(std::vector<exact> const& numbers,
                                                 statistics<exact> const& expected,
                                                 Reference const& reference) {
        auto condition = std::vector<double>(expected.values().size(), 0.0);
        exact const change(1e-15);
        for (int time = 0; time < 3 && !numbers.empty(); ++time) {
            auto changed = numbers;
            for (auto& number : changed) {
                number *= 1 + (generator_() % 2 == 0 ? change : exact(-change));
            }
            auto others = statistics<exact>();
            if (throws([&] { reference(std::span<exact const>(changed), others); }) ||
                others.values().size() != condition.size()) {
                continue;
            }
            for (std::size_t i = 0; i < condition.size(); ++i) {
                exact const& value = expected.values()[i].value;
                exact const difference = abs(exact(others.values()[i].value - value));
                if (is_number(difference) && difference > 0) {
                    condition[i] = std::max(
                        condition[i],
                        static_cast<double>(
                            exact(difference / (abs(value) > 0 ? exact(abs(value)) : difference) / change)));
                }
            }
        }
        return condition;
    }

    void add(std::string const& name, double const found, exact const& expected, double const unit,
             double const condition, std::string const& words) {
        auto& all = rows_[name];
        auto const fail = [&](std::string const& what) {
            if (all.failures.size() < 3) {
                auto text = std::ostringstream();
                text.precision(17);
                text << what << ": " << found << " for " << expected << ", condition " << condition << ", "
                     << words;
                all.failures.push_back(text.str());
            }
        };
        double const rounded = static_cast<double>(expected);
        if (!is_number(expected) || !std::isfinite(rounded)) {
            if (std::isnan(found) != std::isnan(rounded)) {
                fail("undefined for one alone");
            }
            return;
        }
        // Doubles below have fewer digits, and below 1e-324 none.
        if (abs(expected) > 0 && std::abs(rounded) < 1e-290) {
            return;
        }
        ++all.cases;
        double error = std::numeric_limits<double>::infinity();
        if (std::isfinite(found)) {
            exact const difference = abs(exact(exact(found) - expected));
            exact const size = std::max(exact(abs(expected)), exact(unit));
            error = static_cast<double>(size > 0 ? exact(difference / size) : difference);
        }
        auto& place = condition < 100 ? all.ordinary : all.hard;
        if (error > place.error) {
            place = {error, condition, words};
        }
        double largest = std::max(bound, bound_by_condition * condition);
        for (auto const& allowed : allowed_) {
            largest = name.starts_with(allowed.beginning) ? std::max(largest, allowed.bound) : largest;
        }
        if (!(error <= largest)) {
            auto text = std::ostringstream();
            text << "error " << error;
            fail(text.str());
        }
    }

    std::string title_;
    int scale_;
    int differ_ = 0;
    std::map<std::string, statistic_row> rows_;
    std::vector<allowance> allowed_;
    std::mt19937_64 generator_{20240229};
};

} // namespace accrue::test
