// Robust variances and degrees of freedom at any scale of the data.

#include "support/relative.hpp"
#include <accrue/dependence.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <cmath>
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

// What a study with nearly all the weight leaves of the typical variance is a sum over the others.
TEST(IsquaredByLevel, KeepsItsDigitsUnderAStudyWithNearlyAllTheWeight) {
    auto const clusters = std::vector<int>{1, 1, 2, 2};
    for (double const least : {1e-6, 1e-12, 1e-18, 1e-24}) {
        auto const estimates = std::vector<estimate>{{0.1, least}, {1.5, 1}, {-1.0, 1.5}, {2.0, 2}};
        auto fit = three_level{}(estimates, clusters);
        fit.tau_squared_between = 0.3;
        fit.tau_squared_within = 0.2;
        // Its weight is so large that (sum w)² - sum w² is twice its weight times the sum of the others'.
        double const others = 1 + 1 / 1.5 + 1 / 2.0;
        double const pairs = 1 / 1.5 + 1 / 2.0 + 1 / 3.0;
        double const typical = 3 * (1 + least * others) / (2 * (others + least * pairs));
        auto const shares = i_squared_by_level(fit);
        EXPECT_RELATIVE(shares.between, 0.3 / (0.5 + typical), 1e-14) << least;
        EXPECT_RELATIVE(shares.within, 0.2 / (0.5 + typical), 1e-14) << least;
        EXPECT_RELATIVE(typical_variance(estimates), typical, 1e-14) << least;
        EXPECT_RELATIVE(meta_regression(random_effects{}, estimates, moderators{}).typical_variance, typical,
                        1e-14)
            << least;
    }
}

// The ratio of the variances is no number of the type, and no more is what the likelihood makes of it.
// Of the study at 0 alone the limits depend, in its standard errors: about a stated mean tau² may be 0 or
// not, which its variance decides, however small it is beside the others'.
TEST(LikelihoodInterval, BesideOnePreciseStudyIsInItsStandardErrors) {
    auto const at = [](double const precise, std::vector<int> const& clusters) {
        auto const studies =
            std::vector<estimate>{{0, precise}, {0.6, 0.6}, {-0.4, 0.7}, {0.9, 0.8}, {-1.1, 0.9}};
        return likelihood_interval(three_level{maximum_likelihood{}}, studies, clusters, 0.95);
    };
    for (auto const& clusters : {std::vector<int>{1, 2, 3, 4, 5}, std::vector<int>{1, 1, 2, 2, 3}}) {
        auto const expected = at(1e-30, clusters);
        for (double const precise : {1e-40, 1e-46, 1e-47, 1e-48, 1e-50, 1e-60, 1e-100, 1e-200}) {
            auto const found = at(precise, clusters);
            EXPECT_RELATIVE(found.lower / std::sqrt(precise), expected.lower / 1e-15, 1e-9) << precise;
            EXPECT_RELATIVE(found.upper / std::sqrt(precise), expected.upper / 1e-15, 1e-9) << precise;
        }
    }
}

TEST(ThreeLevels, AreUndefinedWhereVariancesAreFartherApartThanDoubleGoes) {
    auto const clusters = std::vector<int>{1, 1, 2, 2, 3, 3};
    for (double const least : {1e-10, 1e-150, 1e-300}) {
        for (double const most : {1e10, 1e150, 1e300}) {
            auto const estimates = std::vector<estimate>{{0.1, least}, {0.1, 0.1}, {0.1, 0.1},
                                                         {0.1, 0.2},   {0.1, 0.2}, {0.1, most}};
            bool const far_apart = !std::isfinite(most / least);
            auto const fit = three_level{}(estimates, clusters);
            EXPECT_EQ(fit.status == status::undefined, far_apart) << least << " " << most;
            EXPECT_EQ(std::isfinite(fit.log_likelihood), !far_apart) << least << " " << most;
            auto const by_ml = three_level{maximum_likelihood{}}(estimates, moderators{}, clusters);
            EXPECT_TRUE(by_ml.status != status::ok || std::isfinite(by_ml.log_likelihood));
        }
    }
}

} // namespace
} // namespace accrue::test_dependence_extreme_scales
