// The digits of location-scale models: the likelihood is flat at its maximum, the estimates are not.

#include "support/relative.hpp"
#include <accrue/regression.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace accrue::test_regression_location_scale_digits {
namespace {

auto fit_scaled(double const scale) {
    auto studies = std::vector<estimate>{{0.3, 0.1},  {0.2, 0.4}, {-0.5, 0.2}, {1.2, 0.05},
                                         {0.1, 0.02}, {0.9, 0.3}, {0.4, 0.15}, {-0.1, 0.08}};
    for (auto& study : studies) {
        study.effect *= scale;
        study.variance *= scale * scale;
    }
    auto const given = moderators{}.with("x", std::vector<double>{1, 2, 3, 4, 5, 6, 7, 9});
    return location_scale{}(studies, given, given);
}

TEST(LocationScaleModels, AreTheSameInAnyUnitToElevenDigits) {
    auto const expected = fit_scaled(1);
    ASSERT_EQ(expected.status, status::ok);
    for (double const scale : {3e-100, 1e-3, 0.7, 3.0, 1e50}) {
        auto const fit = fit_scaled(scale);
        EXPECT_EQ(fit.status, status::ok) << scale;
        EXPECT_RELATIVE(fit.scale.coefficients[1], expected.scale.coefficients[1], 1e-11) << scale;
        EXPECT_RELATIVE(fit.location.coefficients[1] / scale, expected.location.coefficients[1], 1e-11)
            << scale;
        for (std::size_t i = 0; i < fit.tau_squared.size(); ++i) {
            EXPECT_RELATIVE(fit.tau_squared[i] / scale / scale, expected.tau_squared[i], 1e-11) << scale;
        }
    }
}

} // namespace
} // namespace accrue::test_regression_location_scale_digits
