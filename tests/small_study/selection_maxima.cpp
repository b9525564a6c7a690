// Likelihoods of selection models with several local maxima: what is found is nowhere below them on a grid.

#include <accrue/small_study/detail/selection_likelihood.hpp>
#include <accrue/small_study/selection_model.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace {

using namespace accrue;

TEST(SelectionModel, WithBetaWeightsIsNowhereBelowItsLikelihoodOnAGrid) {
    auto const model = selection_model{beta_weights{}};
    auto const weighting = detail::selection_weighting<double>::of(model.weights, model.side);
    auto const studies = std::vector<estimate>{{0.5, 0.06}, {1.6, 0.98},   {-0.2, 0.59}, {0.05, 0.22},
                                               {1, 0.17},   {-0.35, 0.81}, {0.2, 0.02},  {-0.9, 0.19}};
    auto const columns = std::vector<std::vector<double>>(1, std::vector<double>(studies.size(), 1));
    auto likelihood = detail::selection_likelihood<double>(weighting, studies, columns);
    double highest = -std::numeric_limits<double>::infinity();
    for (double mean = -1; mean < 1.6; mean += 0.15) {
        for (double const tau_squared : {0.0, 0.02, 0.1, 0.5}) {
            for (double const a : {0.4, 0.65, 0.8, 1.0, 1.4}) {
                for (double const b : {0.3, 0.55, 0.8, 1.0, 1.5, 3.0}) {
                    highest = std::max(highest, likelihood({mean, tau_squared, a, b}).value);
                }
            }
        }
    }
    auto const found = model(studies);
    EXPECT_EQ(found.status, status::ok);
    EXPECT_GE(found.log_likelihood, highest);
    EXPECT_LT(found.log_likelihood, highest + 0.2); // or the grid proves little
}

} // namespace
