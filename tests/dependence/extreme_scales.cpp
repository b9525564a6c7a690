// Robust variances and degrees of freedom at any scale of the data.

#include "support/relative.hpp"
#include <accrue/dependence.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace accrue::test_dependence_extreme_scales {
namespace {

std::vector<estimate> scaled(double const scale) {
    auto studies = std::vector<estimate>{{0.3, 0.1},  {0.2, 0.4}, {-0.5, 0.2}, {1.2, 0.05},
                                         {0.1, 0.02}, {0.9, 0.3}, {0.4, 0.15}, {-0.1, 0.08}};
    for (auto& study : studies) {
        study.effect *= scale;
        study.variance *= scale * scale;
    }
    return studies;
}

template <class Correction>
void expect_scaled(Correction const& correction) {
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4};
    auto const at = [&](double const scale) {
        auto const studies = scaled(scale);
        return cluster_robust(pool(random_effects{}, studies), studies, clusters, correction);
    };
    auto const expected = at(1);
    for (double const scale : {1e-120, 1e-100, 1e-52, 1e52, 1e100, 1e120}) {
        auto const robust = at(scale);
        EXPECT_EQ(robust.status, status::ok) << scale;
        EXPECT_RELATIVE(robust.variance / scale / scale, expected.variance, 1e-12) << scale;
        EXPECT_RELATIVE(robust.degrees_of_freedom, expected.degrees_of_freedom, 1e-12) << scale;
    }
}

// The square of a variance of 1e-200 is 0 in a double, that of 1e200 infinite.
TEST(RobustVariances, ScaleWithTheDataWhereSquaresOfVariancesVanishOrOverflow) {
    expect_scaled(cr0{});
    expect_scaled(cr1{});
    expect_scaled(cr2{});
}

} // namespace
} // namespace accrue::test_dependence_extreme_scales
