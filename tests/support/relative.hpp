#pragma once

#include "worst_digit.hpp"

#include <gtest/gtest.h>

#include <iomanip>
#include <limits>
#include <sstream>
#include <type_traits>

namespace accrue::test {

/// Compares two numbers by their relative error |actual - expected| / |expected|; use it through
/// EXPECT_RELATIVE. NaN (a golden NA) equals NaN alone, an infinity equals itself alone. Where the expected
/// value is zero or the result of a cancellation, `floor` is the absolute error that passes as well; it is 0
/// unless given.
class relative_within {
  public:
    explicit relative_within(double tolerance, double floor = 0.0) : tolerance_(tolerance), floor_(floor) {}

    template <typename Actual, typename Expected>
    auto operator()(char const* actual_text, char const* expected_text, Actual const& actual_value,
                    Expected const& expected_value) const -> ::testing::AssertionResult {
        using common = std::common_type_t<Actual, Expected>;
        using Real = std::conditional_t<std::is_integral_v<common>, double, common>;
        auto const actual = static_cast<Real>(actual_value);
        auto const expected = static_cast<Real>(expected_value);

        auto const infinity = std::numeric_limits<Real>::infinity();
        auto const is_nan = [](Real const& x) { return !(x <= x); };
        auto const is_infinite = [&](Real const& x) { return x >= infinity || x <= -infinity; };
        auto const magnitude = [](Real const& x) { return x < 0 ? Real(-x) : x; };

        if (is_nan(actual) && is_nan(expected))
            return ::testing::AssertionSuccess();
        Real const error = magnitude(Real(actual - expected));
        auto const special =
            is_nan(actual) || is_nan(expected) || is_infinite(actual) || is_infinite(expected);
        auto const close = error <= Real(tolerance_) * magnitude(expected) || error <= Real(floor_);
        if (!special && magnitude(expected) > 0 && error > Real(floor_))
            worst_digit::of_this_program().compared(static_cast<double>(Real(error / magnitude(expected))));
        if (special ? actual <= expected && actual >= expected : close)
            return ::testing::AssertionSuccess();

        auto report = std::ostringstream();
        report << std::scientific << std::setprecision(std::numeric_limits<Real>::max_digits10 - 1);
        report << "  " << actual_text << "\n    is       " << actual << "\n  " << expected_text
               << "\n    is       " << expected << std::setprecision(3);
        if (!special) {
            if (magnitude(expected) > 0)
                report << "\n  relative error " << Real(error / magnitude(expected));
            report << "\n  absolute error " << error;
        }
        report << "\n  allowed: relative " << tolerance_ << ", absolute " << floor_;
        return ::testing::AssertionFailure() << report.str();
    }

  private:
    double tolerance_;
    double floor_;
};

} // namespace accrue::test

/// EXPECT_RELATIVE(actual, expected, tolerance) or EXPECT_RELATIVE(actual, expected, tolerance, floor).
#define EXPECT_RELATIVE(actual, expected, ...)                                                               \
    EXPECT_PRED_FORMAT2(::accrue::test::relative_within(__VA_ARGS__), actual, expected)
#define ASSERT_RELATIVE(actual, expected, ...)                                                               \
    ASSERT_PRED_FORMAT2(::accrue::test::relative_within(__VA_ARGS__), actual, expected)
