// Laws that pooling obeys for all data: what must not change when studies are reordered, moved or rescaled,
// and what must agree with what.

#include "support/relative.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference.hpp>
#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/inference/leave_one_out.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace accrue::test_model_laws {
namespace {

using estimator = std::function<tau_squared_estimate(study_evidence<double> const&)>;

/// Estimators whose estimate is squared when effects and standard errors are, as all should; and is
/// continuous in the data, so that rounding can't move it far.
std::map<std::string, estimator> const estimators = {
    {"DerSimonian-Laird", dersimonian_laird{}},
    {"Hedges-Olkin", hedges_olkin{}},
    {"Hunter-Schmidt", hunter_schmidt{}},
    {"Hunter-Schmidt, small sample", hunter_schmidt_small_sample{}},
    {"Sidik-Jonkman", sidik_jonkman{}},
    {"Hartung-Makambi", hartung_makambi{}},
    {"Paule-Mandel", paule_mandel{}},
    {"median-unbiased Paule-Mandel", median_unbiased_paule_mandel{}},
    {"generalised Q", generalised_q{}},
    {"two-step", two_step{}},
    {"maximum likelihood", maximum_likelihood{}},
    {"REML", reml{}},
};

double uniform(double const lower, double const upper) {
    return lower + (upper - lower) * *rc::gen::inRange(0, 1 << 30) / (1 << 30);
}

/// Studies with variances over six orders of magnitude.
std::vector<estimate> studies(int const least = 2) {
    auto const k = *rc::gen::inRange(least, 40);
    double const spread = std::exp(uniform(-3, 3));
    std::vector<estimate> result;
    for (int i = 0; i < k; ++i) {
        result.push_back({spread * uniform(-1, 1), std::pow(10, uniform(-3, 3))});
    }
    return result;
}

/// Equal up to rounding: tau² in units of the typical variance, since it may cancel to nothing.
void expect_same_tau_squared(double const found, double const expected, double const typical,
                             double const tolerance = 1e-8) {
    RC_ASSERT(std::abs(found - expected) <= tolerance * (expected + typical));
}

// Qualifies: POOL-4
RC_GTEST_PROP(PoolingLaw, TheOrderOfStudiesDoesNotMatter, ()) {
    auto const original = studies();
    auto shuffled = original;
    std::reverse(shuffled.begin(), shuffled.end());
    std::rotate(shuffled.begin(), shuffled.begin() + *rc::gen::inRange(0, int(shuffled.size())),
                shuffled.end());
    for (auto const& [name, tau_squared] : estimators) {
        RC_LOG() << name << '\n';
        auto const first = pool(random_effects{tau_squared, hartung_knapp{}}, original);
        auto const second = pool(random_effects{tau_squared, hartung_knapp{}}, shuffled);
        expect_same_tau_squared(second.tau_squared, first.tau_squared, typical_variance(original));
        RC_ASSERT(std::abs(second.effect - first.effect) <= 1e-8 * std::sqrt(first.variance + 1e-300));
    }
}

// Qualifies: POOL-4
RC_GTEST_PROP(PoolingLaw, MovingAllEffectsMovesThePooledEffectAndNothingElse, ()) {
    auto const original = studies();
    double const shift = uniform(-1, 1);
    auto moved = original;
    for (auto& study : moved) {
        study.effect += shift;
    }
    for (auto const& [name, tau_squared] : estimators) {
        RC_LOG() << name << '\n';
        auto const first = pool(random_effects{tau_squared}, original);
        auto const second = pool(random_effects{tau_squared}, moved);
        expect_same_tau_squared(second.tau_squared, first.tau_squared, typical_variance(original));
        RC_ASSERT(std::abs(second.effect - shift - first.effect) <= 1e-8 * standard_error(first));
    }
}

// Qualifies: POOL-4
RC_GTEST_PROP(PoolingLaw, RescalingEffectsRescalesEverything, ()) {
    auto const original = studies();
    double const factor = std::ldexp(1.0, *rc::gen::inRange(-60, 60));
    auto scaled = original;
    for (auto& study : scaled) {
        study.effect *= factor;
        study.variance *= factor * factor;
    }
    // A power of two changes no significand: the results are the same to the last bit, iterations included.
    for (auto const& [name, tau_squared] : estimators) {
        RC_LOG() << name << '\n';
        auto const first = pool(random_effects{tau_squared, kenward_roger{}}, original);
        auto const second = pool(random_effects{tau_squared, kenward_roger{}}, scaled);
        RC_ASSERT(std::abs(second.tau_squared - first.tau_squared * factor * factor) <=
                  1e-14 * first.tau_squared * factor * factor);
        RC_ASSERT(std::abs(second.effect - first.effect * factor) <= 1e-14 * factor * std::abs(first.effect));
        RC_ASSERT(std::abs(second.degrees_of_freedom - first.degrees_of_freedom) <=
                  1e-12 * first.degrees_of_freedom);
    }
}

RC_GTEST_PROP(PoolingLaw, WithoutHeterogeneityRandomEffectsAreTheCommonEffect, ()) {
    auto const data = studies(1);
    auto const common = pool(common_effect{}, data);
    auto const random = pool(random_effects{fixed_tau_squared{0}}, data);
    auto const fixed_weights = pool(weighted_average{inverse_variance_weights{}, fixed_tau_squared{0}}, data);
    // Sums in another order differ by rounding errors of effects, however small the standard error is.
    double size = standard_error(common);
    for (auto const& study : data) {
        size = std::max(size, std::abs(study.effect));
    }
    for (auto const& result : {random, fixed_weights}) {
        RC_ASSERT(std::abs(result.effect - common.effect) <= 2e-15 * size);
        RC_ASSERT(std::abs(result.variance - common.variance) <= 1e-14 * common.variance);
    }
}

RC_GTEST_PROP(PoolingLaw, EmpiricalBayesIteratesToPauleMandel, ()) {
    auto data = studies(3);
    for (auto& study : data) {
        study.effect *= 1000;
    }
    auto const evidence = detail::as_evidence(data);
    double const solution = paule_mandel{}(evidence).value;
    RC_PRE(solution > 0);
    // Morris' equation, sum w (k/(k-1) (y - mean)² - (v + tau²)) = 0 over sum w, has the same solution.
    auto const fit = inverse_variance_fit(evidence, solution);
    double const k = double(data.size());
    double residual = 0;
    double size = 0;
    for (auto const& study : data) {
        double const w = 1 / (study.variance + solution);
        double const scatter = w * k / (k - 1) * detail::square(study.effect - fit.mean);
        residual += scatter - 1;
        size += scatter + 1;
    }
    RC_ASSERT(std::abs(residual) <= 1e-9 * size);
}

RC_GTEST_PROP(PoolingLaw, DerSimonianLairdAndHedgesOlkinAreGeneralisedQ, ()) {
    auto const data = studies();
    auto const evidence = detail::as_evidence(data);
    double const typical = typical_variance(data);
    expect_same_tau_squared(generalised_q{inverse_variance_weights{}}(evidence).value,
                            dersimonian_laird{}(evidence).value, typical);
    expect_same_tau_squared(generalised_q{equal_weights{}}(evidence).value, hedges_olkin{}(evidence).value,
                            typical);
    std::vector<double> weights;
    for (auto const& study : data) {
        weights.push_back(7 / study.variance);
    }
    expect_same_tau_squared(generalised_q{user_weights{weights}}(evidence).value,
                            dersimonian_laird{}(evidence).value, typical);
    // Paule and Mandel's estimate is what the two-step estimator leaves as it is.
    double const solution = paule_mandel{}(evidence).value;
    if (solution > 0) {
        expect_same_tau_squared(two_step{fixed_tau_squared{solution}}(evidence).value, solution, typical);
    }
}

RC_GTEST_PROP(PoolingLaw, DiversityIsAtLeastInconsistency, ()) {
    auto const data = studies();
    for (auto const& [name, tau_squared] : estimators) {
        RC_LOG() << name << '\n';
        auto const model = random_effects{tau_squared};
        double const inconsistency = i_squared_from_tau_squared(pool(model, data).tau_squared, data);
        RC_ASSERT(diversity(data, model) >= inconsistency - 1e-12);
    }
    RC_ASSERT(
        std::abs(i_squared_from_tau_squared(dersimonian_laird{}(detail::as_evidence(data)).value, data) -
                 heterogeneity(data).i_squared) <= 1e-10);
}

// Qualifies: INFERENCE-1
RC_GTEST_PROP(PoolingLaw, IntervalsOfHigherLevelsContainThoseOfLowerOnes, ()) {
    auto const data = studies(3);
    double const low = uniform(0.5, 0.98);
    double const high = uniform(low + 0.001, 0.999);
    auto const nested = [](auto const& inner, auto const& outer) {
        RC_ASSERT(outer.lower <= inner.lower);
        RC_ASSERT(inner.upper <= outer.upper);
    };
    auto const result = pool(random_effects{reml{}, hartung_knapp{}}, data);
    nested(confidence_interval(result, low), confidence_interval(result, high));
    nested(prediction_interval(result, low), prediction_interval(result, high));
    auto const robust = pool(henmi_copas{}, data);
    nested(confidence_interval(robust, low), confidence_interval(robust, high));
    auto const nested_sets = [&](auto const& method) {
        auto const inner = tau_squared_interval(method, data, low);
        auto const outer = tau_squared_interval(method, data, high);
        if (!inner.empty) {
            RC_ASSERT(!outer.empty);
            nested(inner, outer);
        }
    };
    nested_sets(q_profile{});
    nested_sets(generalised_q_profile{});
    nested_sets(profile_likelihood{});
}

// Qualifies: INFERENCE-1
RC_GTEST_PROP(PoolingLaw, AnEffectOutsideItsIntervalIsSignificantAndTheReverse, ()) {
    auto const data = studies(3);
    for (auto const& result :
         {pool(random_effects{reml{}, hartung_knapp{}}, data),
          pool(random_effects{reml{}, kenward_roger{}}, data), pool(common_effect{}, data)}) {
        double const p = p_value(result);
        RC_PRE(p > 1e-6 && p < 0.999);
        auto const ci = confidence_interval(result, 1 - p);
        double const edge = std::min(std::abs(ci.lower), std::abs(ci.upper));
        RC_ASSERT(edge <= 1e-8 * ci.width());
        RC_ASSERT(std::abs(p_value_greater(result) + p_value_less(result) - 1) <= 1e-14);
        RC_ASSERT(std::abs(2 * std::min(p_value_greater(result), p_value_less(result)) - p) <= 1e-12 * p);
        RC_ASSERT(std::abs(std::exp(log_p_value(result)) - p) <= 1e-12 * p);
    }
    auto const robust = pool(henmi_copas{}, data);
    double const p = p_value(robust);
    RC_PRE(p > 1e-6 && p < 0.999);
    auto const ci = confidence_interval(robust, 1 - p);
    RC_ASSERT(std::min(std::abs(ci.lower), std::abs(ci.upper)) <= 1e-7 * ci.width());
}

RC_GTEST_PROP(PoolingLaw, SharesAddUpToOneAndGiveTheEffect, ()) {
    auto const data = studies();
    auto const check = [&](auto const& model) {
        auto const shares = model.weights(detail::as_evidence(data));
        double total = 0;
        double effect = 0;
        for (std::size_t i = 0; i < data.size(); ++i) {
            total += shares[i];
            effect += shares[i] * data[i].effect;
        }
        auto const result = pool(model, data);
        RC_ASSERT(std::abs(total - 1) <= 1e-13);
        RC_ASSERT(std::abs(effect - result.effect) <= 1e-10 * std::sqrt(result.variance));
    };
    check(common_effect{});
    check(random_effects{reml{}});
    check(weighted_average{});
    check(ivhet{});
    check(weighted_average{user_weights{std::vector<double>(data.size(), 3.0)}});
    check(henmi_copas{});
}

RC_GTEST_PROP(PoolingLaw, HybridIntervalsAreTheWiderOfTwoAndFlooredOnesNeverNarrowerThanT, ()) {
    auto const data = studies(3);
    auto const width = [&](auto const& uncertainty) {
        return confidence_interval(pool(random_effects{reml{}, uncertainty}, data), 0.95).width();
    };
    double const expected = std::max(width(hartung_knapp{}), width(wald{}));
    RC_ASSERT(std::abs(width(hartung_knapp_hybrid{}) - expected) <= 1e-12 * expected);
    RC_ASSERT(width(hartung_knapp_floored{}) >= width(wald_t{}) * (1 - 1e-14));
    RC_ASSERT(width(hartung_knapp_floored{}) >= width(hartung_knapp{}) * (1 - 1e-14));
    auto const scattered = pool(random_effects{reml{}, hartung_knapp{}}, data);
    RC_ASSERT(is_narrower_than_common_effect(scattered, data, 0.95) ==
              (width(hartung_knapp{}) < confidence_interval(pool(common_effect{}, data), 0.95).width()));
}

RC_GTEST_PROP(PoolingLaw, AnAccumulatorGivesWhatTheListGives, ()) {
    auto const data = studies();
    auto accumulated = evidence_accumulator{};
    for (auto const& study : data) {
        accumulated.add(study);
    }
    auto const list = detail::as_evidence(data);
    double const typical = typical_variance(data);
    auto const compare = [&](auto const& method) {
        expect_same_tau_squared(method(accumulated).value, method(list).value, typical, 1e-12);
    };
    compare(dersimonian_laird{});
    compare(hedges_olkin{});
    compare(hunter_schmidt{});
    compare(hunter_schmidt_small_sample{});
    compare(sidik_jonkman{});
    compare(hartung_makambi{});
    compare(paule_mandel{});
    compare(median_unbiased_paule_mandel{});
    compare(generalised_q{});
    compare(two_step{});
    compare(maximum_likelihood{});
    compare(reml{});
    auto const compare_limits = [&](auto const& method) {
        auto const found = tau_squared_interval(method, accumulated, 0.95);
        auto const expected = tau_squared_interval(method, data, 0.95);
        // A limit is enclosed to 1e-12 of v + tau².
        expect_same_tau_squared(found.lower, expected.lower, typical, 2e-12);
        expect_same_tau_squared(found.upper, expected.upper, typical, 2e-12);
    };
    compare_limits(q_profile{});
    compare_limits(generalised_q_profile{});
    compare_limits(profile_likelihood{});
    auto const compare_results = [&](auto const& model) {
        auto const found = pool(model, accumulated);
        auto const expected = pool(model, data);
        RC_ASSERT(std::abs(found.effect - expected.effect) <= 1e-12 * std::sqrt(expected.variance));
        RC_ASSERT(std::abs(found.variance - expected.variance) <= 1e-12 * expected.variance);
    };
    auto const compare_errors = [&](auto const& method) {
        double const expected = tau_squared_standard_error(method, data);
        RC_ASSERT(std::abs(tau_squared_standard_error(method, accumulated) - expected) <= 1e-12 * expected);
    };
    compare_errors(dersimonian_laird{});
    compare_errors(generalised_q{});
    compare_errors(paule_mandel{});
    compare_errors(maximum_likelihood{});
    compare_errors(reml{});
    compare_results(random_effects{reml{}, kenward_roger{}});
    compare_results(random_effects{reml{}, hartung_knapp_hybrid{}});
    compare_results(weighted_average{});
    compare_results(ivhet{});
    compare_results(henmi_copas{});
    auto const found = pool(henmi_copas{}, accumulated).q;
    auto const expected = pool(henmi_copas{}, data).q;
    // Both are differences of terms of the order of the expectation of Q and its square.
    double const mean = expected.mean_base + expected.mean_slope;
    RC_ASSERT(std::abs(found.mean_base - expected.mean_base) <= 1e-12 * mean);
    RC_ASSERT(std::abs(found.variance_base - expected.variance_base) <= 1e-12 * mean * mean);
    RC_ASSERT(std::abs(found.room - expected.room) <= 1e-12 * expected.room);
}

RC_GTEST_PROP(PoolingLaw, OneGroupIsNoGroupingAndGroupsAddUp, ()) {
    auto const data = studies(4);
    auto const compare = [&](auto const& method) {
        auto const one = common_tau_squared(method, std::vector<std::vector<estimate>>{data});
        expect_same_tau_squared(one.value, method(detail::as_evidence(data)).value, typical_variance(data));
    };
    compare(dersimonian_laird{});
    compare(hedges_olkin{});
    compare(generalised_q{});
    compare(paule_mandel{});
    compare(maximum_likelihood{});
    compare(reml{});
    compare(sidik_jonkman{});
    // Cochran's Q is the sum of the groups' Q and Q between them.
    auto const half = std::ptrdiff_t(data.size() / 2);
    auto const groups = std::vector{std::vector(data.begin(), data.begin() + half),
                                    std::vector(data.begin() + half, data.end())};
    auto const analysis = subgroups(common_effect{}, groups);
    double const q = heterogeneity(data).q;
    RC_ASSERT(std::abs(heterogeneity(groups[0]).q + heterogeneity(groups[1]).q + analysis.q_between - q) <=
              1e-10 * (q + 1));
}

RC_GTEST_PROP(PoolingLaw, CumulativeResultsAreThoseOfTheFirstStudies, ()) {
    auto const data = studies();
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const results = cumulative(model, data);
    RC_ASSERT(results.size() == data.size());
    auto const all = pool(model, data);
    RC_ASSERT(std::abs(results.back().effect - all.effect) <= 1e-12 * standard_error(all));
    auto const without = leave_one_out(model, data);
    auto const last = pool(model, std::span(data).first(data.size() - 1));
    RC_ASSERT(std::abs(without.back().effect - last.effect) <= 1e-12 * std::sqrt(last.variance + 1e-300));
}

} // namespace
} // namespace accrue::test_model_laws
