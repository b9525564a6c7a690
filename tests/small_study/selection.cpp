// Selection models against the definition of their likelihood, written out with an integral of its own and
// searched on grids, against metafor, and by what must hold for all data.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/evidence/likelihood.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/small_study/p_curve.hpp>
#include <accrue/small_study/p_uniform_star.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_small_study_selection {
namespace {

using test::golden;
using test::row;

std::vector<estimate> hackshaw() {
    std::vector<estimate> studies;
    for (auto const& r : golden("hackshaw1998/input.csv")) {
        studies.push_back({r.number("yi"), r.number("vi")});
    }
    return studies;
}

enum class side { greater, less, two_sided };

double p_of(side const alternative, double const x) {
    switch (alternative) {
    case side::greater:
        return 0.5 * std::erfc(x / std::numbers::sqrt2);
    case side::less:
        return 0.5 * std::erfc(-x / std::numbers::sqrt2);
    case side::two_sided:
        break;
    }
    return std::erfc(std::abs(x) / std::numbers::sqrt2);
}

double one_minus_p_of(side const alternative, double const x) {
    return alternative == side::greater ? p_of(side::less, x)
           : alternative == side::less  ? p_of(side::greater, x)
                                        : std::erf(std::abs(x) / std::numbers::sqrt2);
}

/// Of p and 1 - p, each with its digits.
using weight_function = std::function<double(double, double)>;

/// The log-likelihood by the definition: adaptive quadrature over the outcomes, split at 0 and where the
/// p-value is a cutpoint.
double by_definition(std::vector<estimate> const& studies, double const mean, double const tau_squared,
                     weight_function const& w, side const alternative,
                     std::vector<double> const& cutpoints = {}) {
    double total = 0;
    for (auto const& study : studies) {
        double const error = std::sqrt(study.variance);
        double const variance = study.variance + tau_squared;
        double const deviation = std::sqrt(variance);
        auto const density = [&](double const y) {
            return std::exp(-(y - mean) * (y - mean) / (2 * variance)) /
                   std::sqrt(2 * std::numbers::pi * variance);
        };
        std::vector<double> ends{mean - 12 * deviation, mean, mean + 12 * deviation, 0};
        for (double const cutpoint : cutpoints) {
            double const z = normal::upper_quantile(alternative == side::two_sided ? cutpoint / 2 : cutpoint);
            ends.push_back(z * error);
            ends.push_back(-z * error);
        }
        std::sort(ends.begin(), ends.end());
        double integral = 0;
        auto const integrand = [&](double const y) {
            return w(p_of(alternative, y / error), one_minus_p_of(alternative, y / error)) * density(y);
        };
        for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
            // From 0, where two-sided weights may have a branch point, by y = u^8.
            bool const from_zero = ends[i] >= 0 && ends[i] <= 0;
            bool const to_zero = ends[i + 1] >= 0 && ends[i + 1] <= 0;
            double const other = from_zero ? ends[i + 1] : ends[i];
            if (!(ends[i + 1] > ends[i])) {
                continue;
            }
            if (from_zero || to_zero) {
                integral +=
                    std::abs(other) * boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
                                          [&](double const u) {
                                              return 8 * std::pow(u, 7) * integrand(other * std::pow(u, 8));
                                          },
                                          0.0, 1.0, 8, 1e-12);
            } else {
                integral += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
                    integrand, ends[i], ends[i + 1], 8, 1e-12);
            }
        }
        total += std::log(w(p_of(alternative, study.effect / error),
                            one_minus_p_of(alternative, study.effect / error))) +
                 std::log(density(study.effect)) - std::log(integral);
    }
    return total;
}

weight_function steps(std::vector<double> cutpoints, std::vector<double> weights) {
    return [=](double const p, double) {
        std::size_t place = 0;
        while (place < cutpoints.size() && p > cutpoints[place]) {
            ++place;
        }
        return weights[place];
    };
}

weight_function half_normal(std::vector<double> const& d) {
    return [=](double const p, double) { return std::exp(-d[0] * p * p); };
}
weight_function negative_exponential(std::vector<double> const& d) {
    return [=](double const p, double) { return std::exp(-d[0] * p); };
}
weight_function logistic_of(std::vector<double> const& d) {
    return [=](double const p, double) { return 2 * std::exp(-d[0] * p) / (1 + std::exp(-d[0] * p)); };
}
weight_function power_of(std::vector<double> const& d) {
    return [=](double, double const q) { return std::pow(q, d[0]); };
}
weight_function beta_of(std::vector<double> const& d) {
    return [=](double const p, double const q) { return std::pow(p, d[0] - 1) * std::pow(q, d[1] - 1); };
}

/// Fits each family with each side; calls visit(name, side, cutpoints, weight function of parameters,
/// result).
template <class Visit>
void for_each_model(std::vector<estimate> const& studies, Visit const& visit) {
    auto const with_side = [&](side const alternative, auto const& p_side) {
        auto const step = [&](std::vector<double> const& cutpoints) {
            visit(
                "step", alternative, cutpoints,
                [cutpoints](std::vector<double> const& weights) { return steps(cutpoints, weights); },
                selection_model{step_weights{cutpoints}, p_side}(studies));
        };
        step({0.025});
        step({0.025, 0.5});
        step({0.05, 0.2, 0.5});
        std::vector<double> const none;
        visit("halfnorm", alternative, none, half_normal,
              selection_model{half_normal_weights{}, p_side}(studies));
        visit("negexp", alternative, none, negative_exponential,
              selection_model{negative_exponential_weights{}, p_side}(studies));
        visit("logistic", alternative, none, logistic_of,
              selection_model{logistic_weights{}, p_side}(studies));
        visit("power", alternative, none, power_of, selection_model{power_weights{}, p_side}(studies));
        visit("beta", alternative, none, beta_of, selection_model{beta_weights{}, p_side}(studies));
    };
    with_side(side::greater, selects_positive{});
    with_side(side::less, selects_negative{});
    with_side(side::two_sided, selects_either{});
}

// Qualifies: SELECTION-1
TEST(SelectionModel, LikelihoodIsThatOfItsDefinitionAndNoHigherNearby) {
    auto const studies = hackshaw();
    for_each_model(studies, [&](std::string const& name, side const alternative,
                                std::vector<double> const& cutpoints, auto const& weights_of,
                                basic_selection_result<double> const& result) {
        if (result.status != status::ok) {
            EXPECT_TRUE(result.sparse_interval.has_value()) << name;
            EXPECT_TRUE(std::isnan(result.pooled.effect));
            return;
        }
        SCOPED_TRACE(name + " " + std::to_string(static_cast<int>(alternative)));
        auto const at = [&](double const mean, double const tau_squared, std::vector<double> const& weights) {
            return by_definition(studies, mean, tau_squared, weights_of(weights), alternative, cutpoints);
        };
        auto const& found = result.pooled;
        EXPECT_RELATIVE(at(found.effect, found.tau_squared, result.weights), result.log_likelihood, 1e-9);
        // No neighbour within a few standard errors is higher, along each axis and the diagonals.
        std::vector<double> errors{standard_error(found), result.tau_squared_standard_error};
        for (std::size_t j = cutpoints.empty() ? 0 : 1; j < result.weights.size(); ++j) {
            errors.push_back(result.weight_standard_errors[j]);
        }
        for (double const share : {0.03, 1.0}) {
            for (int pattern = 0; pattern < 27; pattern += 2) {
                double const directions[] = {double(pattern % 3 - 1), double(pattern / 3 % 3 - 1),
                                             double(pattern / 9 - 1)};
                auto weights = result.weights;
                auto& moved = weights.back();
                double const tau_error = std::isnan(errors[1]) ? 0.01 : errors[1];
                double const weight_error = std::isnan(errors.back()) ? 0.1 : errors.back();
                double const tau_squared =
                    (std::max)(0.0, found.tau_squared + share * directions[1] * tau_error);
                moved = (std::max)(1e-3, moved + share * directions[2] * weight_error);
                EXPECT_LE(at(found.effect + share * directions[0] * errors[0], tau_squared, weights),
                          result.log_likelihood + 1e-8);
            }
        }
    });
}

// Qualifies: SELECTION-1
TEST(SelectionModel, MaximumIsGlobalOnAGrid) {
    auto const studies = hackshaw();
    auto const fitted = selection_model{step_weights{{0.025}}}(studies);
    auto const curved = selection_model{negative_exponential_weights{}}(studies);
    for (double mean = -1.5; mean <= 1.5; mean += 0.5) {
        for (double const tau_squared : {0.0, 0.005, 0.02, 0.1, 0.5, 2.0}) {
            for (double const weight : {0.001, 0.02, 0.1, 0.3, 0.6, 1.0, 2.0, 10.0}) {
                EXPECT_LE(by_definition(studies, mean, tau_squared, steps({0.025}, {1, weight}),
                                        side::greater, {0.025}),
                          fitted.log_likelihood + 1e-9);
                EXPECT_LE(by_definition(studies, mean, tau_squared, negative_exponential({weight * 5}),
                                        side::greater),
                          curved.log_likelihood + 1e-9);
            }
        }
    }
}

TEST(SelectionModel, StandardErrorsAreThoseOfTheCurvatureOfTheLikelihood) {
    auto const studies = hackshaw();
    auto const model = selection_model{step_weights{{0.025}}};
    auto const result = model(studies);
    double const centre[] = {result.pooled.effect, result.pooled.tau_squared, result.weights[1]};
    double const errors[] = {standard_error(result.pooled), result.tau_squared_standard_error,
                             result.weight_standard_errors[1]};
    // Curvature in units of the standard errors, by central differences.
    double const h = 1e-2;
    auto const at = [&](double const a, double const b, double const c) {
        return by_definition(studies, centre[0] + a * errors[0], centre[1] + b * errors[1],
                             steps({0.025}, {1, centre[2] + c * errors[2]}), side::greater, {0.025});
    };
    auto information = detail::small_matrix<double>(3);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            auto const moved = [&](double const first, double const second) {
                double step[3] = {0, 0, 0};
                step[i] += first * h;
                step[j] += second * h;
                return at(step[0], step[1], step[2]);
            };
            information(i, j) = -(moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * h * h);
        }
    }
    ASSERT_TRUE(information.factorise());
    for (std::size_t i = 0; i < 3; ++i) {
        std::vector<double> unit(3, 0.0);
        unit[i] = 1;
        // The inverse has ones on its diagonal in these units; differences of h² = 1e-4 remain.
        EXPECT_NEAR(information.solve(unit)[i], 1, 3e-3);
    }
}

TEST(SelectionModel, WeightsOfOneAreMaximumLikelihood) {
    auto const studies = hackshaw();
    auto const plain = pool(random_effects{maximum_likelihood{}}, studies);
    auto const fixed = selection_model{fixed_step_weights{{0.025, 0.3}, {1, 1, 1}}}(studies);
    EXPECT_EQ(fixed.status, status::ok);
    EXPECT_RELATIVE(fixed.pooled.effect, plain.effect, 1e-8);
    EXPECT_RELATIVE(fixed.pooled.tau_squared, plain.tau_squared, 1e-7);
    double const expected = log_likelihood(detail::as_evidence(studies), plain.tau_squared);
    EXPECT_RELATIVE(fixed.log_likelihood, expected, 1e-10);
    EXPECT_NEAR(fixed.likelihood_ratio.statistic, 0, 1e-9);
    EXPECT_TRUE(std::isnan(fixed.likelihood_ratio.p_value));
    // Weights matter by their ratios alone.
    auto const some = selection_model{fixed_step_weights{{0.05}, {1, 0.5}}}(studies);
    auto const twice = selection_model{fixed_step_weights{{0.05}, {2, 1}}}(studies);
    EXPECT_RELATIVE(some.pooled.effect, twice.pooled.effect, 1e-10);
    EXPECT_LT(some.pooled.effect, plain.effect);
}

/// Twelve studies of one effect, none of them selected.
std::vector<estimate> unselected(std::mt19937& random) {
    std::normal_distribution<> normal;
    std::vector<estimate> studies;
    for (int i = 0; i < 12; ++i) {
        double const variance = std::exp(normal(random) - 2);
        studies.push_back({0.2 + std::sqrt(variance + 0.02) * normal(random), variance});
    }
    return studies;
}

template <class Weights>
void expect_maximum_likelihood_at_the_bound() {
    std::mt19937 random(11);
    int at_the_bound = 0;
    int within = 0;
    for (int set = 0; set < 25; ++set) {
        auto const studies = unselected(random);
        auto const result = selection_model{Weights{}}(studies);
        if (result.status != status::ok) {
            continue;
        }
        if (result.weights[0] > 0) {
            ++within;
            EXPECT_GT(result.weight_standard_errors[0], 0);
        } else {
            ++at_the_bound;
            EXPECT_TRUE(std::isnan(result.weight_standard_errors[0]));
            // Maxima are found to half the digits of where they are.
            EXPECT_RELATIVE(result.pooled.effect, pool(random_effects{maximum_likelihood{}}, studies).effect,
                            1e-7);
            EXPECT_EQ(result.likelihood_ratio.statistic, 0);
            EXPECT_EQ(result.likelihood_ratio.p_value, 1);
        }
    }
    EXPECT_GE(at_the_bound, 4);
    EXPECT_GE(within, 4);
}

TEST(SelectionModel, WithoutSignsOfSelectionAParameterIsAtItsBoundAndTheFitIsMaximumLikelihood) {
    expect_maximum_likelihood_at_the_bound<half_normal_weights>();
    expect_maximum_likelihood_at_the_bound<negative_exponential_weights>();
    expect_maximum_likelihood_at_the_bound<logistic_weights>();
    expect_maximum_likelihood_at_the_bound<power_weights>();
}

TEST(SelectionModel, StepModelsNestAndSoDoTheirLikelihoods) {
    auto const studies = hackshaw();
    auto const one = selection_model{step_weights{{0.025}}}(studies);
    auto const two = selection_model{step_weights{{0.025, 0.5}}}(studies);
    EXPECT_GE(two.likelihood_ratio.statistic, one.likelihood_ratio.statistic);
    EXPECT_EQ(one.likelihood_ratio.degrees_of_freedom, 1);
    EXPECT_EQ(two.likelihood_ratio.degrees_of_freedom, 2);
    std::size_t total = 0;
    for (auto const& part : two.intervals) {
        total += part.count;
    }
    EXPECT_EQ(total, studies.size());
}

TEST(SelectionModel, AnIntervalWithoutPValuesIsNamed) {
    // All are significant: nothing tells the weight of the others.
    auto const studies = std::vector<estimate>{{0.5, 0.01}, {0.6, 0.02}, {0.4, 0.015}, {0.55, 0.012}};
    auto const result = selection_model{step_weights{{0.025}}}(studies);
    EXPECT_EQ(result.status, status::undefined);
    ASSERT_TRUE(result.sparse_interval);
    EXPECT_EQ(*result.sparse_interval, 1u);
    EXPECT_NE(result.message.find("0 p-values from 0.025 to 1"), std::string::npos) << result.message;
    EXPECT_TRUE(std::isnan(result.pooled.effect));
    EXPECT_EQ(result.pooled.status, status::undefined);
    EXPECT_TRUE(std::isnan(result.likelihood_ratio.p_value));
    auto const limits = selection_model{step_weights{{0.025}}}.mean_interval(studies, 0.95);
    EXPECT_TRUE(std::isnan(limits.lower));
    // None is: nothing tells the weight of the first interval, to which the others refer.
    auto const null = std::vector<estimate>{{0.05, 0.01}, {0.06, 0.02}, {-0.04, 0.015}, {0.01, 0.012}};
    EXPECT_EQ(*selection_model{step_weights{{0.025}}}(null).sparse_interval, 0u);
    // Given weights need no p-values in any interval.
    EXPECT_EQ((selection_model{fixed_step_weights{{0.025}, {1, 0.3}}}(null).status), status::ok);
}

TEST(SelectionModel, ProfileIntervalsEndWhereTheLikelihoodHasFallenByHalfTheQuantile) {
    auto const studies = hackshaw();
    auto const model = selection_model{step_weights{{0.025}}};
    auto const result = model(studies);
    auto const limits = model.mean_interval(studies, 0.95);
    EXPECT_LT(limits.lower, result.pooled.effect);
    EXPECT_GT(limits.upper, result.pooled.effect);
    double const drop = 1.9599639845400545 * 1.9599639845400545 / 2;
    for (double const end : {limits.lower, limits.upper}) {
        // The other two parameters at their best, by golden sections within each other.
        auto const best_of = [](auto const& function, double lower, double upper) {
            double const ratio = 0.6180339887498949;
            for (int step = 0; step < 40; ++step) {
                double const a = upper - ratio * (upper - lower);
                double const b = lower + ratio * (upper - lower);
                (function(a) > function(b) ? upper : lower) = function(a) > function(b) ? b : a;
            }
            return function((lower + upper) / 2);
        };
        auto const weighting = detail::selection_weighting<double>::of(model.weights, model.side);
        auto columns = std::vector<std::vector<double>>(1, std::vector<double>(studies.size(), 1.0));
        auto by_code = detail::selection_likelihood<double>(weighting, studies, columns);
        double const best = best_of(
            [&](double const tau_squared) {
                return best_of(
                    [&](double const log_weight) {
                        return by_code({end, tau_squared, log_weight}).value;
                    },
                    -8, 8);
            },
            0, 0.3);
        EXPECT_NEAR(best, result.log_likelihood - drop, 1e-6);
    }
    auto const weight = model.weight_interval(studies, 1, 0.95);
    EXPECT_GT(weight.lower, 0);
    EXPECT_TRUE(weight.contains(result.weights[1]));
    auto const spread = model.tau_squared_interval(studies, 0.95);
    EXPECT_GE(spread.lower, 0);
    EXPECT_TRUE(spread.contains(result.pooled.tau_squared));
    // The interval of a weight holds 1 exactly if the likelihood-ratio test does not reject 1.
    for (double const level : {0.05, 0.2, 0.5, 0.95}) {
        bool const rejected = result.likelihood_ratio.p_value < 1 - level;
        EXPECT_EQ(model.weight_interval(studies, 1, level).contains(1.0), !rejected) << level;
    }
}

/// Effects of 8 to 40 studies, of which there are some in each of the usual intervals.
rc::Gen<std::vector<estimate>> some_studies() {
    return rc::gen::map(
        rc::gen::pair(rc::gen::inRange(8, 40), rc::gen::arbitrary<unsigned>()),
        [](std::pair<int, unsigned> const& seed) {
            unsigned long long state = seed.second * 2654435761ULL + 12345;
            auto const uniform = [&] {
                state = state * 6364136223846793005ULL + 1442695040888963407ULL;
                return (static_cast<double>(state >> 33) + 0.5) / 2147483648.0;
            };
            std::vector<estimate> studies;
            for (int i = 0; i < seed.first; ++i) {
                double const variance = 0.01 + 0.2 * uniform();
                studies.push_back({0.3 + normal::quantile(uniform()) * std::sqrt(variance + 0.03), variance});
            }
            studies.push_back({0.5, 0.02});
            studies.push_back({-0.1, 0.03});
            studies.push_back({0.2, 0.05});
            return studies;
        });
}

RC_GTEST_PROP(SelectionModel, ScalesWithTheEffectsMirrorsWithTheSideAndDoesNotDependOnTheOrder, ()) {
    auto const studies = *some_studies();
    auto const model = selection_model{step_weights{{0.025, 0.5}}};
    auto const original = model(studies);
    RC_PRE(original.status == status::ok);
    auto scaled = studies;
    auto flipped = studies;
    auto reversed = studies;
    std::reverse(reversed.begin(), reversed.end());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        scaled[i] = {studies[i].effect * 1e6, studies[i].variance * 1e12};
        flipped[i].effect = -studies[i].effect;
    }
    auto const large = model(scaled);
    auto const mirrored = selection_model{step_weights{{0.025, 0.5}}, selects_negative{}}(flipped);
    auto const backwards = model(reversed);
    double const error = standard_error(original.pooled);
    auto const close = [&](double const a, double const b, double const unit) {
        return std::abs(a - b) <= 1e-6 * unit;
    };
    RC_ASSERT(close(large.pooled.effect / 1e6, original.pooled.effect, error));
    RC_ASSERT(close(-mirrored.pooled.effect, original.pooled.effect, error));
    RC_ASSERT(close(backwards.pooled.effect, original.pooled.effect, error));
    RC_ASSERT(close(large.likelihood_ratio.statistic, original.likelihood_ratio.statistic, 1));
    RC_ASSERT(close(mirrored.likelihood_ratio.statistic, original.likelihood_ratio.statistic, 1));
    RC_ASSERT(close(mirrored.weights[1], original.weights[1], original.weights[1]));
}

RC_GTEST_PROP(SelectionModel, IsNeverLessLikelyThanNoSelectionAndOkMeansFinite, ()) {
    auto const studies = *some_studies();
    auto const check = [](auto const& result) {
        if (result.status == status::ok) {
            RC_ASSERT(std::isfinite(result.pooled.effect) && result.pooled.variance > 0);
            RC_ASSERT(result.pooled.tau_squared >= 0);
            RC_ASSERT(result.likelihood_ratio.statistic >= 0);
            RC_ASSERT(result.message.empty());
        } else {
            RC_ASSERT(!result.message.empty());
        }
        RC_ASSERT(result.status != status::not_converged);
    };
    check(selection_model{step_weights{{0.025}}}(studies));
    check(selection_model{step_weights{{0.05, 0.5}}, selects_either{}}(studies));
    check(selection_model{half_normal_weights{}}(studies));
    check(selection_model{logistic_weights{}, selects_negative{}}(studies));
}

TEST(SelectionModel, OptionsThatMeanNothingAreRefused) {
    auto const studies = hackshaw();
    EXPECT_THROW((void)(selection_model{step_weights{{}}}(studies)), invalid_input);
    EXPECT_THROW((void)((selection_model{step_weights{{0.5, 0.025}}}(studies))), invalid_input);
    EXPECT_THROW((void)(selection_model{step_weights{{2.5}}}(studies)), invalid_input);
    EXPECT_THROW((void)((selection_model{fixed_step_weights{{0.025}, {1}}}(studies))), invalid_input);
    EXPECT_THROW((void)((selection_model{fixed_step_weights{{0.025}, {1, -1}}}(studies))), invalid_input);
    EXPECT_THROW((void)((selection_model{}.mean_interval(studies, 95))), invalid_input);
    EXPECT_THROW((void)((selection_model{}.weight_interval(studies, 0, 0.95))), invalid_input);
    EXPECT_THROW((void)((selection_model{}(std::vector<estimate>{}))), invalid_input);
    EXPECT_THROW((void)((selection_model{}(std::vector<estimate>{{0.1, -1.0}}))), invalid_input);
}

TEST(PUniformStar, LikelihoodIsThatOfItsDefinition) {
    auto const studies = hackshaw();
    auto const result = p_uniform_star{}(studies);
    ASSERT_EQ(result.status, status::ok);
    auto const at = [&](double const mean, double const tau_squared) {
        double total = 0;
        for (auto const& study : studies) {
            double const s = std::sqrt(study.variance + tau_squared);
            double const limit = (1.9599639845400545 * std::sqrt(study.variance) - mean) / s;
            bool const significant = study.effect > 1.9599639845400545 * std::sqrt(study.variance);
            double const z = (study.effect - mean) / s;
            total += -z * z / 2 - std::log(s * std::sqrt(2 * std::numbers::pi)) -
                     std::log(significant ? normal::survival(limit) : normal::cumulative(limit));
        }
        return total;
    };
    EXPECT_RELATIVE(at(result.pooled.effect, result.pooled.tau_squared), result.log_likelihood, 1e-10);
    double best = -1e300;
    double null = -1e300;
    for (double tau_squared = 0; tau_squared < 0.2; tau_squared += 0.001) {
        null = (std::max)(null, at(0, tau_squared));
        for (double mean = -1; mean < 1; mean += 0.01) {
            best = (std::max)(best, at(mean, tau_squared));
        }
    }
    EXPECT_LE(best, result.log_likelihood + 1e-10);
    EXPECT_NEAR(best, result.log_likelihood, 1e-2);
    EXPECT_NEAR(result.no_effect.statistic, 2 * (result.log_likelihood - null), 1e-2);
    // chi² with one degree of freedom is a normal square
    EXPECT_RELATIVE(result.no_effect.p_value, std::erfc(std::sqrt(result.no_effect.statistic / 2)), 1e-12);
    EXPECT_EQ(result.significant, 7u);
    EXPECT_TRUE(p_uniform_star{}.mean_interval(studies, 0.95).contains(result.pooled.effect));
}

TEST(PCurve, IsStouffersCombinationOfConditionalPValues) {
    // z of 2.5 and 3 are significant: p = 0.01241933, 0.00269980; divided by 0.05 and combined.
    auto const studies = std::vector<estimate>{{2.5, 1}, {-3, 1}, {1, 1}};
    auto const result = p_curve{}(studies);
    double const first = normal::quantile(std::erfc(2.5 / std::numbers::sqrt2) / 0.05);
    double const second = normal::quantile(std::erfc(3 / std::numbers::sqrt2) / 0.05);
    EXPECT_EQ(result.right_skew.k, 2u);
    EXPECT_RELATIVE(result.right_skew.statistic, (first + second) / std::sqrt(2.0), 1e-12);
    double const noncentrality = 1.9599639845400545 - normal::quantile(2.0 / 3);
    double const flat = normal::quantile(1 - 3 * normal::survival(2.5 - noncentrality)) +
                        normal::quantile(1 - 3 * normal::survival(3 - noncentrality));
    EXPECT_RELATIVE(result.flatness.statistic, flat / std::sqrt(2.0), 1e-11);
    // In the far tail nothing overflows.
    auto const far = p_curve{}(std::vector<estimate>{{60, 1}, {70, 1}});
    EXPECT_TRUE(std::isfinite(far.right_skew.statistic));
    EXPECT_RELATIVE(far.right_skew.statistic, -130 / std::sqrt(2.0), 2e-3);
    EXPECT_TRUE(far.evidential_value);
    auto const none = p_curve{}(std::vector<estimate>{{0.1, 1}});
    EXPECT_EQ(none.right_skew.status, status::undefined);
    EXPECT_FALSE(none.evidential_value);
}

} // namespace
} // namespace accrue::test_small_study_selection
