// Roots of falling functions by secants: on smooth functions they are the root, and where there is none,
// none.

#include <accrue/sequential/boundary/detail/secant_root.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace accrue::test_sequential_secant_roots {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tolerance = 1e-13;

TEST(SecantRoot, OfSmoothFallingFunctionsIsTheRootFromAnyGuess) {
    for (int place = 0; place < 34; ++place) {
        double const root = 0.3 + 0.17 * place;
        for (double const factor : {0.4, 0.9, 0.999, 1.0, 1.1, 1.7, 4.0}) {
            for (double const power : {-0.5, 0.25, 1.0, 2.5}) {
                int calls = 0;
                auto const falling = [&](double const x) {
                    ++calls;
                    double const difference = std::pow(root, power) - std::pow(x, power);
                    return x <= 0 ? infinity : power < 0 ? -difference : difference;
                };
                auto const found = detail::secant_root(falling, {root * factor}, tolerance);
                ASSERT_EQ(found.status, status::ok) << root << ' ' << factor << ' ' << power;
                EXPECT_NEAR(found.value, root, tolerance * root) << factor << ' ' << power;
                EXPECT_LE(calls, 25) << root << ' ' << factor << ' ' << power;
            }
        }
    }
}

TEST(SecantRoot, IsFoundBesideWhereTheFunctionIsInfinite) {
    auto const falling = [](double const x) {
        return x < 1 ? infinity : x > 5 ? -infinity : std::exp(-x) - std::exp(-2.5);
    };
    for (double const guess : {0.2, 0.9, 1.5, 2.4, 4.0, 7.0}) {
        auto const found = detail::secant_root(falling, {guess}, tolerance);
        EXPECT_EQ(found.status, status::ok) << guess;
        EXPECT_NEAR(found.value, 2.5, 2.5 * tolerance) << guess;
    }
}

TEST(SecantRoot, OfAFunctionWithoutOneIsNotCalledOne) {
    EXPECT_EQ(detail::secant_root([](double) { return 1.0; }, {2}, tolerance).status, status::not_converged);
    EXPECT_EQ(detail::secant_root([](double) { return -infinity; }, {2}, tolerance).status,
              status::not_converged);
    auto const unknown = [](double) { return std::numeric_limits<double>::quiet_NaN(); };
    EXPECT_EQ(detail::secant_root(unknown, {2}, tolerance).status, status::not_converged);
}

} // namespace
} // namespace accrue::test_sequential_secant_roots
