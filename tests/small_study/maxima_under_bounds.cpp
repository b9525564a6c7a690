// Newton's method under bounds: what it calls a maximum is one, and what is none it calls none.

#include <accrue/small_study/detail/newton_maximum.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::test_small_study_maxima_under_bounds {
namespace {

using second_order = detail::second_order<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A function of one parameter, from its value and derivatives.
template <class Value, class Slope, class Curvature>
auto of_one(Value value, Slope slope, Curvature curvature) {
    return [=](std::vector<double> const& point) {
        auto at = second_order(1);
        at.value = value(point[0]);
        at.gradient[0] = slope(point[0]);
        at.hessian(0, 0) = curvature(point[0]);
        return at;
    };
}

RC_GTEST_PROP(NewtonMaximum, OfAConcaveFunctionHasNoSlopeBesideItsBounds, ()) {
    auto const size = *rc::gen::inRange<std::size_t>(1, 6);
    auto const number = [](double const least, double const most) {
        return *rc::gen::map(rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 1000001)),
                             [=](int const i) { return least + (most - least) * i / 1000000; });
    };
    auto centre = std::vector<double>(size);
    auto start = std::vector<double>(size);
    auto lower = std::vector<double>(size);
    auto held = std::vector<bool>(size);
    auto across = std::vector<std::vector<double>>(size, std::vector<double>(size));
    for (std::size_t i = 0; i < size; ++i) {
        centre[i] = number(-3, 3);
        lower[i] = number(-3, 1);
        start[i] = lower[i] + number(0, 3);
        held[i] = number(0, 1) < 0.15;
        for (auto& entry : across[i]) {
            entry = number(-1, 1);
        }
    }
    // -sum_i q(r_i) of r = A (x - centre), plus a little of each |x - centre|^2, where q is nearly straight
    // far out.
    auto function = [&](std::vector<double> const& x) {
        auto at = second_order(size);
        auto const add = [&](std::vector<double> const& row, double const weight) {
            double r = 0;
            for (std::size_t j = 0; j < size; ++j) {
                r += row[j] * (x[j] - centre[j]);
            }
            double const root = std::hypot(1.0, r);
            at.value -= weight * (root - 1);
            for (std::size_t j = 0; j < size; ++j) {
                at.gradient[j] -= weight * r / root * row[j];
                for (std::size_t l = 0; l < size; ++l) {
                    at.hessian(j, l) -= weight * row[j] * row[l] / (root * root * root);
                }
            }
        };
        for (auto const& row : across) {
            add(row, 1);
        }
        for (std::size_t j = 0; j < size; ++j) {
            auto row = std::vector<double>(size);
            row[j] = 1;
            add(row, 0.1);
        }
        return at;
    };
    auto const found = detail::newton_maximum<double>(function, start, lower, held);
    RC_ASSERT(found.converged);
    for (std::size_t i = 0; i < size; ++i) {
        if (held[i]) {
            RC_ASSERT(found.point[i] >= start[i] && found.point[i] <= start[i]);
        } else if (found.point[i] > lower[i]) {
            // twice the gain of the last step is (slope)^2 / curvature, of which the latter is at most 6
            RC_ASSERT(std::abs(found.at.gradient[i]) < 1e-6);
        } else {
            RC_ASSERT(found.at.gradient[i] < 1e-6);
        }
    }
}

TEST(NewtonMaximum, OfWhatRisesForEverIsNone) {
    auto logarithm = of_one([](double const x) { return std::log(x); }, [](double const x) { return 1 / x; },
                            [](double const x) { return -1 / (x * x); });
    auto const found = detail::newton_maximum<double>(logarithm, {1}, {0}, {false});
    EXPECT_FALSE(found.converged);
    EXPECT_GT(found.point[0], 1e30); // it went on
}

TEST(NewtonMaximum, WithoutANumberToBeginAtOrACurvatureIsNone) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    auto const parabola = [](double const x) { return -x * x; };
    auto const slope = [](double const x) { return -2 * x; };
    auto nowhere = of_one([](double) { return -infinity; }, slope, [](double) { return -2.0; });
    EXPECT_FALSE(detail::newton_maximum<double>(nowhere, {1}, {-5}, {false}).converged);
    auto unknown = of_one(parabola, slope, [](double) { return nan; });
    auto const found = detail::newton_maximum<double>(unknown, {1}, {-5}, {false});
    EXPECT_FALSE(found.converged);
    EXPECT_EQ(found.point[0], 1);
}

TEST(NewtonMaximum, OfWhatIsHeldOrBoundIsWhereItWas) {
    auto rising =
        of_one([](double const x) { return -x; }, [](double) { return -1.0; }, [](double) { return -1.0; });
    auto const bound = detail::newton_maximum<double>(rising, {2}, {2}, {false});
    EXPECT_TRUE(bound.converged);
    EXPECT_EQ(bound.point[0], 2);
    auto const held = detail::newton_maximum<double>(rising, {3}, {2}, {true});
    EXPECT_TRUE(held.converged);
    EXPECT_EQ(held.point[0], 3);
}

} // namespace
} // namespace accrue::test_small_study_maxima_under_bounds
