// The searches that find the maxima of mixed models, on functions whose minima are plain to see: where
// rounding or a kink leaves nothing to gain they end, and say whether that is a minimum.

#include <accrue/dependence/detail/mixed_model.hpp>
#include <accrue/status.hpp>

#include <Eigen/Core>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace accrue::test_dependence_mixed_model_searches {
namespace {

Eigen::VectorXd at(double const x) {
    return Eigen::VectorXd::Constant(1, x);
}

/// base + slope |x - 1|: no step from 1 leads down, though the gradient promises one.
auto kink(double const base, double const slope) {
    return [=](Eigen::VectorXd const& point) -> detail::gradient_point {
        return {base + slope * std::abs(point[0] - 1), at(point[0] < 1 ? -slope : slope)};
    };
}

TEST(MixedModelSearches, EndWhereTheGradientPromisesOnlyWhatRoundingTakes) {
    // The step is 6e-6: what it promises is below 1e-11 of the value, then between that and 1e-9.
    for (double const slope : {1e-6, 1e-5}) {
        auto const found = detail::descend(kink(1, slope), at(1));
        EXPECT_EQ(found.status, status::ok) << slope;
        EXPECT_EQ(found.point[0], 1) << slope;
        EXPECT_EQ(found.value, 1) << slope;
    }
}

TEST(MixedModelSearches, HaveNotConvergedWhereTheGradientPromisesMore) {
    auto const found = detail::descend(kink(1, 10), at(1));
    EXPECT_EQ(found.status, status::not_converged);
    EXPECT_EQ(found.point[0], 1);
}

TEST(MixedModelSearches, FindTheMinimumOfASmoothFunction) {
    auto const found = detail::descend(
        [](Eigen::VectorXd const& point) -> detail::gradient_point {
            double const x = point[0];
            return {std::cosh(x - 2), at(std::sinh(x - 2))};
        },
        at(0.3));
    EXPECT_EQ(found.status, status::ok);
    EXPECT_NEAR(found.point[0], 2, 1e-12);
}

// Two valleys, at 1 with a kink and at -1 without: of values that differ by less than 1e-9 of themselves, the
// one at which the search has converged is taken, and otherwise the lower.
TEST(MixedModelSearches, PreferAMinimumToAPlaceThatIsNotLowerByMoreThanRounding) {
    auto const valleys = [](double const base, double const higher) {
        return [=](Eigen::VectorXd const& point) -> detail::gradient_point {
            double const x = point[0];
            return x > 0 ? kink(base, 10)(point)
                         : detail::gradient_point{base + higher + (x + 1) * (x + 1), at(2 * (x + 1))};
        };
    };
    auto const starts = std::vector<Eigen::VectorXd>{at(1), at(-1.2)};
    for (double const base : {-1000.0, 1000.0}) {
        auto const alike = detail::least_minimum(valleys(base, 5e-7), starts);
        EXPECT_EQ(alike.status, status::ok) << base;
        // To half of the digits that the value has: near its least it changes with the square.
        EXPECT_NEAR(alike.point[0], -1, 1e-6) << base;
        auto const lower = detail::least_minimum(valleys(base, 1e-5), starts);
        EXPECT_EQ(lower.status, status::not_converged) << base;
        EXPECT_EQ(lower.point[0], 1) << base;
    }
}

} // namespace
} // namespace accrue::test_dependence_mixed_model_searches
