// Likelihoods of selection models with several local maxima: what is found is nowhere below them on a grid.

#include "support/relative.hpp"
#include <accrue/small_study/detail/newton_maximum.hpp>
#include <accrue/small_study/detail/selection_likelihood.hpp>
#include <accrue/small_study/p_uniform_star.hpp>
#include <accrue/small_study/selection_model.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>
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

// Each has a lower maximum, most of them nearer to the mean without selection. The likelihoods at the maxima
// are by adaptive quadrature of 40 digits (mpmath).
TEST(SelectionModel, FindsTheHigherOfSeveralMaxima) {
    auto const expect = [](auto const& weights, std::vector<estimate> const& studies, double const known) {
        auto const found = selection_model{weights}(studies);
        EXPECT_EQ(found.status, status::ok);
        // The likelihood itself, as its logarithm may be near to 0 by chance.
        EXPECT_RELATIVE(std::exp(found.log_likelihood), std::exp(known), 1e-13);
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
    expect(
        power_weights{},
        {{0.32, 0.11}, {0.08, 0.16}, {-0.56, 0.15}, {0.09, 0.2}, {-0.49, 0.13}, {-0.08, 0.05}, {0.03, 0.07}},
        -1.063402765738115431025);
    expect(
        power_weights{},
        {{-0.19, 0.16}, {0.72, 0.23}, {0.24, 0.01}, {-0.01, 0.28}, {0.17, 0.32}, {0.22, 0.17}, {0.16, 0.06}},
        0.3877820123727132068134);
    expect(negative_exponential_weights{},
           {{0.5, 0.29},
            {-0.07, 0.07},
            {-0.14, 0.1},
            {0.79, 0.02},
            {0.21, 0.15},
            {0.3, 0.03},
            {0.52, 0.02},
            {0.57, 0.09},
            {1.08, 0.3},
            {0.2, 0.15},
            {0.8, 0.14},
            {-1.29, 0.25},
            {0.68, 0.02}},
           -9.259459356652673246702);
    expect(logistic_weights{},
           {{0.11, 0.01},
            {0.22, 0.04},
            {0.42, 0.07},
            {0.07, 0.01},
            {0.03, 0.11},
            {-0.41, 0.12},
            {0.31, 0.01},
            {0.34, 0.14},
            {0.07, 0.02},
            {0.23, 0.12},
            {0.37, 0.07},
            {0.1, 0.07},
            {-0.31, 0.13},
            {-0.6, 0.07},
            {0.27, 0.05}},
           -0.1411584242644827745874);
    expect(beta_weights{},
           {{0.79, 0.02},
            {0.32, 0.19},
            {0.15, 0.33},
            {0.99, 0.25},
            {0.69, 0.13},
            {1.51, 0.32},
            {0.52, 0.01},
            {0.75, 0.07},
            {0.16, 0.11}},
           -2.103967791832690319546);
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
// Two maxima over the weight at much the same mean, of which that without selection is the lower one. As
// metafor 3.8-1's selmodel(type = "logistic") and four starts of optim in R have it, to the digits that these
// agree on.
TEST(SelectionModel, LooksBeyondAMaximumWithoutSelection) {
    auto const studies = std::vector<estimate>{
        {0.0036841993995301724, 0.087271317840867238}, {0.12089277842046819, 0.039581035282325941},
        {1.1542445374278438, 0.11458286916848009},     {0.12983983353424067, 0.048978182052762914},
        {0.73661923708285149, 0.078272201316971185},   {-0.012694919746155442, 0.046865379592596061},
        {0.66735580023738672, 0.096646952326879643},   {1.546043433073033, 0.2661835673052001},
        {0.55726620085384793, 0.072439528712056375},   {1.1376421264702223, 0.091196720579101734},
        {-0.054249014039354226, 0.075447333233726571}};
    auto const found = selection_model{logistic_weights{}}(studies);
    EXPECT_EQ(found.status, status::ok);
    EXPECT_NEAR(found.log_likelihood, -7.900417, 1e-6);
    EXPECT_NEAR(found.pooled.effect, 0.416392, 1e-5);
    EXPECT_NEAR(found.weights[0], 0.8154, 1e-4);
}

/// The log-likelihood of beta weights at a mean, tau², a and b.
double with_beta_weights(std::vector<estimate> const& studies, std::vector<double> const& point) {
    auto const weighting = detail::selection_weighting<double>::of(beta_weights{}, selects_positive{});
    auto const columns = std::vector<std::vector<double>>(1, std::vector<double>(studies.size(), 1));
    return detail::selection_likelihood<double>(weighting, studies, columns)(point).value;
}

// The likelihood is higher near to an edge, where the integral of the most precise study ceases to exist.
TEST(SelectionModel, TakesAMaximumBeforeAnEdgeThatIsLikelier) {
    auto const studies = std::vector<estimate>{{-0.02, 0.3}, {-0.04, 0.24}, {-0.11, 0.23}, {0.49, 0.25},
                                               {0.02, 0.02}, {0.59, 0.23},  {-0.03, 0.04}, {0.43, 0.09},
                                               {0.23, 0.22}, {0.38, 0.06},  {0.04, 0.03},  {0.65, 0.12}};
    auto const found = selection_model{beta_weights{}}(studies);
    EXPECT_EQ(found.status, status::ok);
    EXPECT_LT(steepest_at(beta_weights{}, studies, found), 1e-9);
    EXPECT_GT(with_beta_weights(studies, {2.284, 0.101, 3.22, 0.8348}), found.log_likelihood + 0.5);
}

// A maximum is there, of which a mean far below and a large tau² are likelier, and the farther the more.
TEST(SelectionModel, IsUndefinedWhereTheLikelihoodIsHigherFarAwayThanAtAMaximum) {
    auto const studies =
        std::vector<estimate>{{-0.05, 0.08}, {0.66, 0.1}, {0.09, 0.02}, {0.08, 0.25}, {-0.03, 0.06}};
    EXPECT_EQ(selection_model{beta_weights{}}(studies).status, status::undefined);
    // It is 0.402562 at the maximum.
    double const far = with_beta_weights(studies, {-10, 8.879, 1.7261, 3.132});
    EXPECT_GT(far, 0.45);
    EXPECT_GT(with_beta_weights(studies, {-100, 85.968, 1.7277, 3.1536}), far);
}

// Each has a lower maximum with a tau² of 0, 0.002 and 0.03 below; the likelihood, which has no integral, was
// maximised from 12 places of a grid in steps that halve until 1e-7.
TEST(PUniformStar, FindsTheHigherOfTwoMaxima) {
    auto const expect = [](std::vector<estimate> const& studies, double const known) {
        auto const found = p_uniform_star{}(studies);
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.log_likelihood, known, 1e-11); // flat within the steps
    };
    expect({{0.3, 0.02},
            {0.5, 0.2},
            {0.22, 0.04},
            {0.39, 0.08},
            {-0.23, 0.24},
            {0.08, 0.02},
            {1.49, 0.11},
            {0.61, 0.15},
            {0.25, 0.01},
            {0.48, 0.15},
            {0.12, 0.01}},
           1.7450924887582411);
    expect({{0.66, 0.14},
            {0.64, 0.19},
            {0.15, 0.29},
            {0.22, 0.02},
            {0.3, 0.11},
            {0.17, 0.21},
            {1.25, 0.12},
            {0.67, 0.24},
            {0.28, 0.01}},
           1.0321125562778264);
}

// The likelihoods by mpmath: with a mean of 0 it is highest at a tau² of 0.35, not at 0; and as the mean
// grows without end that of results of which none is significant tends to n ln(n / sum (z se - y)) - n, which
// is 2.28 above the only maximum. Statistics are compared to the digits that were printed; that of `flat`
// grows towards its supremum as tau² does without end.
TEST(PUniformStar, ComparesMaximaThatAreFarApart) {
    auto const studies = std::vector<estimate>{
        {0.19445460767361566, 0.02431956705962366},  {0.081808709630116161, 0.021482232408278408},
        {0.10376445462363627, 0.035055895737087485}, {0.55455625318490709, 0.10124969920584989},
        {0.20132808571739871, 0.66502629044503414},  {0.084139617728974825, 0.015715051160079329}};
    EXPECT_NEAR((p_uniform_star<selects_either>{0.05, {}}(studies).no_effect.statistic), 4.7812, 1e-4);
    auto const flat = std::vector<estimate>{{0.77, .30}, {-.13, .05}, {-.09, .03}, {.24, .11},
                                            {-.36, .13}, {-.81, .28}, {.25, .20},  {-.42, .12}};
    EXPECT_NEAR((p_uniform_star<selects_either>{0.05, {}}(flat).no_effect.statistic), 0.8795, 2e-4);
    auto const rising =
        std::vector<estimate>{{0.97, 0.31}, {1.36, 0.64}, {-0.20, 0.0115}, {-0.17, 0.019}, {-0.11, 0.011}};
    EXPECT_EQ(p_uniform_star<>{}(rising).status, status::undefined);
}

TEST(SelectionModel, TakesAnEffectOfExactlyZeroThatIsSelectedForEitherSide) {
    auto const at = [](double const effect) {
        return selection_model<power_weights, selects_either>{{}, {}}(
            std::vector<estimate>{{effect, .04}, {.5, .04}, {-.3, .09}, {.8, .1}, {.1, .05}, {.9, .2}});
    };
    EXPECT_EQ(at(0).status, status::ok);
    EXPECT_RELATIVE(at(0).pooled.effect, at(1e-12).pooled.effect, 1e-10);
}

TEST(SelectionWeights, HaveTheDerivativesOfTheirLogarithms) {
    auto const differ = [](auto const& weights, double const start) {
        using type = std::decay_t<decltype(weights)>;
        for (double const p : {0.001, 0.2, 0.9}) {
            auto const log_p = detail::log_probability<double>{std::log(p), std::log1p(-p)};
            auto const at = [&](double const d) { return type::log_weight_at(log_p, &d); };
            double const h = 1e-4;
            EXPECT_NEAR(at(start).gradient[0], (at(start + h).value - at(start - h).value) / (2 * h), 1e-7)
                << p;
            EXPECT_NEAR(at(start).curvature,
                        (at(start + h).gradient[0] - at(start - h).gradient[0]) / (2 * h), 1e-7)
                << p;
        }
    };
    for (double const d : {0.5, 2.0, 9.0}) {
        differ(half_normal_weights{}, d);
        differ(negative_exponential_weights{}, d);
        differ(logistic_weights{}, d);
        differ(power_weights{}, d);
    }
}

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

// Of two-sided weights (1-p)^(b-1) with b < 1 the integrand is infinite at 0, and half of its integral lies
// within 2^(-1/b) of it. Expected values by adaptive quadrature of 30 digits on ln |x| (mpmath).
TEST(SelectionLikelihood, HoldsWhereTwoSidedWeightsAreInfiniteAtNoEffect) {
    auto const expect = [](double const effect, std::vector<double> const& point, double const known) {
        EXPECT_RELATIVE(of_one_study(beta_weights{}, effect, point, selects_either{}), known, 1e-13);
        auto const weighting = detail::selection_weighting<double>::of(beta_weights{}, selects_either{});
        auto const studies = std::vector<estimate>{{effect, 0.01}};
        auto const columns = std::vector<std::vector<double>>{{1.0}};
        auto const at = detail::selection_likelihood<double>(weighting, studies, columns)(point);
        for (std::size_t i = 0; i < point.size(); ++i) {
            if (!(i == 1 && point[1] <= 0)) { // a tau² of 0 has no other side
                auto const moved = [&](double const share) {
                    auto other = point;
                    other[i] += share * (i == 0 ? 0.1 : point[i]);
                    return of_one_study(beta_weights{}, effect, other, selects_either{});
                };
                double const step = 1e-3;
                double const slope =
                    (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) /
                    (12 * step * (i == 0 ? 0.1 : point[i]));
                EXPECT_NEAR(at.gradient[i], slope,
                            1e-8 * (1 + std::abs(slope))); // differences keep ten digits
            }
        }
    };
    expect(0.31, {0, 0.003, 0.75, 0.4}, -1.9268729611470592329);
    expect(0.31, {-0.3, 0, 1.6, 0.4}, -18.719046824663245498);
    expect(0.31, {0.05, 0.001, 0.9, 0.1}, -3.2952314038104980582);
    expect(0.1, {0.1, 0.02, 1.2, 0.01}, -2.909888323838866093);
}

/// log w of the families with one parameter.
double log_weight(half_normal_weights, double const p, double, double const d) {
    return -d * p * p;
}
double log_weight(negative_exponential_weights, double const p, double, double const d) {
    return -d * p;
}
double log_weight(logistic_weights, double const p, double, double const d) {
    return std::log(2) - d * p - std::log1p(std::exp(-d * p));
}
double log_weight(power_weights, double, double const q, double const d) {
    return q > 0 ? d * std::log(q) : -std::numeric_limits<double>::infinity();
}

/// The log-likelihood of one study of variance 0.01 by its definition, with the midpoint rule in u, x = u³:
/// two-sided weights have a kink at x = 0, which the cube flattens. Terms are added by their logarithms, so
/// that none underflows.
template <class Weights>
double by_midpoints(Weights const& weights, double const effect, std::vector<double> const& point,
                    bool const two_sided) {
    double const spread = std::sqrt(1 + point[1] / 0.01);
    double const centre = point[0] / 0.1;
    auto const log_weight_at = [&](double const x) {
        double const size = two_sided ? std::abs(x) : x;
        double const p = (two_sided ? 1.0 : 0.5) * std::erfc(size / std::sqrt(2));
        double const q = two_sided ? std::erf(size / std::sqrt(2)) : 0.5 * std::erfc(-size / std::sqrt(2));
        return log_weight(weights, p, q, point[2]);
    };
    auto const log_density = [&](double const x) {
        double const z = (x - centre) / spread;
        return -z * z / 2 - std::log(spread) - std::log(2 * std::numbers::pi) / 2;
    };
    auto heights = std::vector<double>{};
    double const step = 5e-4;
    for (int i = -10000; i < 10000; ++i) {
        double const u = (i + 0.5) * step;
        double const x = u * u * u;
        heights.push_back(log_weight_at(x) + log_density(x) + std::log(3 * u * u * step));
    }
    double const highest = *std::max_element(heights.begin(), heights.end());
    double sum = 0;
    for (double const height : heights) {
        sum += std::exp(height - highest);
    }
    double const x = effect / 0.1;
    return log_weight_at(x) + log_density(x) - std::log(0.1) - highest - std::log(sum);
}

// Two-sided weights with a narrow peak, and a peak that lies far beyond the mean.
// Expected values by adaptive quadrature of 30 digits (mpmath).
TEST(SelectionLikelihood, HoldsWhereWeightsHaveAPeak) {
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.031, {0, 0, 20, 20}, selects_either{}),
                    -2.8577681618653246026, 1e-13);
    // The narrower, the fewer digits.
    EXPECT_NEAR(of_one_study(beta_weights{}, 0.05, {0, 0.02, 50, 50}, selects_either{}),
                0.49802089023358722158, 5e-8);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.05, {0, 0.02, 30, 10}, selects_either{}),
                    1.2384008457043507118, 1e-13);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 0.9, {1.4, 0, 0.1, 1}), -860.27685761937493119, 1e-13);
    EXPECT_RELATIVE(of_one_study(beta_weights{}, 2.1, {2, 0, 0.1, 1}), -1603.8440433018708881, 1e-13);
}

// Strong selection leaves two-sided results two peaks, and those of one side a second one beside the mean.
TEST(SelectionLikelihood, HoldsWhereWeightsLeaveTwoPeaks) {
    auto const compare = [](auto const& weights) {
        for (double const mean : {-1.5, -0.3, -0.02, 0.0, 0.1, 1.0}) {
            for (double const tau_squared : {0.0, 0.02, 0.5}) {
                for (double const d : {2.0, 40.0, 180.0, 1000.0}) {
                    SCOPED_TRACE(std::to_string(mean) + " " + std::to_string(tau_squared) + " " +
                                 std::to_string(d));
                    auto const point = std::vector<double>{mean, tau_squared, d};
                    auto const expect = [&](auto const side, bool const two_sided) {
                        double const known = by_midpoints(weights, 0.31, point, two_sided);
                        // An error of the integral is an absolute one of its logarithm. Where d is 1000
                        // weights rise so steeply that twenty nodes leave 3e-11.
                        EXPECT_NEAR(of_one_study(weights, 0.31, point, side), known,
                                    (d < 1000 ? 1e-12 : 5e-11) + 1e-12 * std::abs(known));
                    };
                    expect(selects_positive{}, false);
                    expect(selects_either{}, true);
                }
            }
        }
    };
    compare(half_normal_weights{});
    compare(negative_exponential_weights{});
    compare(logistic_weights{});
    compare(power_weights{});
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
