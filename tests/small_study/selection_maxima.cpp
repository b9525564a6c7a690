// Likelihoods of selection models with several local maxima: what is found is nowhere below them on a grid.

#include "support/relative.hpp"
#include <accrue/small_study/detail/newton_maximum.hpp>
#include <accrue/small_study/detail/selection_likelihood.hpp>
#include <accrue/small_study/selection_model.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::test_small_study_selection_maxima {
namespace {

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

/// The largest component of the likelihood's gradient at a fit, or NaN; a tau² of 0 may have one below 0.
template <class Weights>
double steepest_at(Weights const& weights, std::vector<estimate> const& studies, auto const& found) {
    auto const weighting = detail::selection_weighting<double>::of(weights, selects_positive{});
    auto const columns = std::vector<std::vector<double>>(1, std::vector<double>(studies.size(), 1));
    auto likelihood = detail::selection_likelihood<double>(weighting, studies, columns);
    auto point = std::vector<double>{found.pooled.effect, found.pooled.tau_squared};
    if constexpr (detail::piecewise_weights<Weights>) {
        for (std::size_t i = 1; i < found.weights.size(); ++i) {
            point.push_back(std::log(found.weights[i]));
        }
    } else {
        point.insert(point.end(), found.weights.begin(), found.weights.end());
    }
    auto const at = likelihood(point);
    double steepest = 0;
    for (std::size_t i = 0; i < point.size(); ++i) {
        bool const on_bound = i == 1 && !(point[1] > 0) && at.gradient[1] < 0;
        steepest = on_bound ? steepest : std::max(steepest, std::abs(at.gradient[i]));
    }
    return steepest;
}

// Each has a lower maximum nearer to the mean without selection. The likelihoods at the maxima are by
// adaptive quadrature of 40 digits (mpmath).
TEST(SelectionModel, OfFewStudiesFindsTheHigherOfSeveralMaxima) {
    auto const expect = [](auto const& weights, std::vector<estimate> const& studies, double const known) {
        auto const found = selection_model{weights}(studies);
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.log_likelihood, known, 1e-13);
        EXPECT_LT(steepest_at(weights, studies, found), 1e-10);
    };
    expect(power_weights{},
           {{-0.3, 0.09}, {0.05, 0.02}, {-0.05, 0.22}, {0, 0.17}, {-0.05, 0.03}, {-0.2, 0.08}, {0.75, 0.08}},
           -1.1992717316849223707);
    expect(negative_exponential_weights{},
           {{0.1, 0.04},
            {0.3, 0.02},
            {0.55, 0.42},
            {0, 0.08},
            {0.25, 0.76},
            {0.85, 0.58},
            {0.75, 0.82},
            {0.2, 0.05}},
           -0.51338841496306628916);
    expect(step_weights{{0.025}},
           {{0.15, 0.06},
            {1.1, 0.1},
            {1.05, 0.22},
            {1.25, 0.37},
            {-1.2, 0.6},
            {0.3, 0.03},
            {0.3, 0.02},
            {0.25, 0.14},
            {1.15, 0.1}},
           -6.5113464432037581188);
}

/// The log-likelihood of one study of effect `effect` and variance 0.01.
template <class Weights, class Side = selects_positive>
double of_one_study(Weights const& weights, double const effect, std::vector<double> const& point,
                    Side const side = {}) {
    auto const weighting = detail::selection_weighting<double>::of(weights, side);
    auto const studies = std::vector<estimate>{{effect, 0.01}};
    auto const columns = std::vector<std::vector<double>>{{1.0}};
    return detail::selection_likelihood<double>(weighting, studies, columns)(point).value;
}

// Where the weights or the density underflow at the mean, the integral is made elsewhere. Expected values by
// adaptive quadrature of 40 digits (mpmath).
TEST(SelectionLikelihood, HoldsWhereWeightsUnderflowAtTheMean) {
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.1, {-4.1, 4, 1, 2}), -0.094967911513915786, 1e-12);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.1, {-4.1, 0.01, 1, 2}), -155.88403292851355, 1e-13);
    EXPECT_RELATIVE(of_one_study(power_weights{}, 0.1, {-6, 1, 3}), 1.109881961671897, 1e-12);
    EXPECT_RELATIVE(of_one_study(logistic_weights{}, 0.1, {-7, 4, 1000}), -156.91916979983683, 1e-12);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.1, {4.1, 0.2, 3, 1.5}, selects_either{}),
                    1.7787954002015207, 1e-12);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.1, {-4.1, 4, 1.2, 2}), 1.0450475266219416, 1e-12);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.1, {-4.1, 4, 1.5, 2}), 1.1095693331578270, 1e-12);
}

// A parabola whose top, at 3, is beyond a cliff at 2.
TEST(NewtonMaximum, ThatEndsAtACliffHasNotConverged) {
    auto cliff = [](std::vector<double> const& point) {
        auto at = detail::second_order<double>(1);
        double const x = point[0];
        at.value = x < 2 ? -(x - 3) * (x - 3) : -std::numeric_limits<double>::infinity();
        at.gradient[0] = -2 * (x - 3);
        at.hessian(0, 0) = -2;
        return at;
    };
    auto const unbounded = std::vector<double>{-std::numeric_limits<double>::infinity()};
    auto const found = detail::newton_maximum<double>(cliff, {0.0}, unbounded, {false});
    EXPECT_LT(found.point[0], 2);
    EXPECT_FALSE(found.converged);
    auto hill = [](std::vector<double> const& point) {
        auto at = detail::second_order<double>(1);
        at.value = -std::cosh(point[0] - 3);
        at.gradient[0] = -std::sinh(point[0] - 3);
        at.hessian(0, 0) = at.value;
        return at;
    };
    auto const top = detail::newton_maximum<double>(hill, {0.0}, unbounded, {false});
    EXPECT_TRUE(top.converged);
    EXPECT_NEAR(top.point[0], 3, 1e-7);
}

} // namespace
} // namespace accrue::test_small_study_selection_maxima
