// Studies in groups that share one tau², against a meta-regression on the groups and against the groups on
// their own.

#include "support/relative.hpp"
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace accrue::test_evidence_groups {
namespace {

std::vector<std::vector<estimate>> const groups = {{{-0.9, 0.3}, {-1.5, 0.2}, {0.1, 0.1}, {-0.3, 0.05}},
                                                   {{0.4, 0.4}, {0.7, 0.15}, {1.1, 0.08}},
                                                   {{0.2, 0.25}, {-0.4, 0.6}}};

grouped_evidence<double> grouped(std::vector<std::vector<estimate>> const& lists) {
    std::vector<study_evidence<double>> evidence;
    for (auto const& list : lists) {
        evidence.push_back(detail::as_evidence(list));
    }
    return grouped_evidence<double>(std::move(evidence));
}

// R 4.2.2 with metafor 3.8-1: f <- rma(yi, vi, mods = ~ factor(g) - 1, method = "REML", tau2 = 0.25);
// logLik(f), AIC(f), BIC(f), printed to 15 digits. A given tau² is not a parameter there.
TEST(GroupedEvidence, ItsRestrictedLikelihoodIsThatOfAMetaRegressionOnTheGroups) {
    double const found = restricted_log_likelihood(grouped(groups), 0.25);
    EXPECT_RELATIVE(found, -5.38912631006528, 1e-14);
    auto const criteria = information_criteria(found, 3, 9 - 3);
    EXPECT_RELATIVE(criteria.aic, 16.7782526201306, 1e-14);
    EXPECT_RELATIVE(criteria.bic, 16.1535310278147, 1e-14);
}

TEST(GroupedEvidence, ItsLikelihoodsAreTheSumsOfTheGroupsOwn) {
    for (double const tau_squared : {0.0, 0.1, 3.0}) {
        double full = 0;
        double restricted = 0;
        for (auto const& group : groups) {
            full += log_likelihood(group, tau_squared);
            restricted += restricted_log_likelihood(group, tau_squared);
        }
        EXPECT_RELATIVE(log_likelihood(grouped(groups), tau_squared), full, 1e-14);
        EXPECT_RELATIVE(restricted_log_likelihood(grouped(groups), tau_squared), restricted, 1e-14);
    }
}

std::vector<estimate> joined(std::vector<std::vector<estimate>> const& lists) {
    std::vector<estimate> all;
    for (auto const& list : lists) {
        all.insert(all.end(), list.begin(), list.end());
    }
    return all;
}

std::vector<std::vector<estimate>> const scattered = [] {
    auto result = groups;
    for (auto& group : result) {
        for (auto& study : group) {
            study.effect *= 2;
        }
    }
    return result;
}();

// R 4.2.2 with metafor 3.8-1: rma(2 * yi, vi, mods = ~ factor(g) - 1, method = "GENQ", weights = 1:9).
TEST(GroupedEvidence, WeightsOfOnesOwnBelongToTheStudiesGroupByGroup) {
    auto const moments = generalised_q{user_weights{{1, 2, 3, 4, 5, 6, 7, 8, 9}}};
    double const found = moments(grouped(scattered)).value;
    EXPECT_RELATIVE(found, 0.682783564261825, 1e-14);
    EXPECT_RELATIVE(moments.standard_error(grouped(scattered), found), 0.644043195632041, 1e-14);
    EXPECT_THROW((void)(generalised_q{user_weights{{1, 2, 3}}}(grouped(scattered))), invalid_input);
    try {
        (void)generalised_q{user_weights{{1, 2, 3, 4, 5, -6, 7, 8, 9}}}(grouped(scattered));
        ADD_FAILURE() << "a negative weight was accepted";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 5u);
    }
}

TEST(GroupedEvidence, WeightsOfOnesOwnMayBeThoseOfAnyEstimator) {
    std::vector<double> inverse;
    for (auto const& study : joined(scattered)) {
        inverse.push_back(3 / study.variance);
    }
    EXPECT_RELATIVE(generalised_q{user_weights{inverse}}(grouped(scattered)).value,
                    dersimonian_laird{}(grouped(scattered)).value, 1e-14);
    EXPECT_RELATIVE(generalised_q{user_weights{std::vector<double>(9, 0.1)}}(grouped(scattered)).value,
                    hedges_olkin{}(grouped(scattered)).value, 1e-14);
}

// R 4.2.2 with metafor 3.8-1: confint(rma(2 * yi, vi, mods = ~ factor(g) - 1, method = "DL"), control =
// list(tol = 1e-14, maxiter = 1e5)), whose iteration stops some digits earlier than asked.
TEST(GroupedEvidence, TheSetOfSharedTauSquaredIsThatOfAMetaRegressionOnTheGroups) {
    auto const set = tau_squared_interval(q_profile{}, grouped(scattered), 0.95);
    EXPECT_RELATIVE(set.lower, 0.347420290889759, 1e-9);
    EXPECT_RELATIVE(set.upper, 5.944137724004974, 1e-9);
}

TEST(GroupedEvidence, OfEqualVariancesTheGeneralisedQIsCochransQ) {
    auto equal = scattered;
    for (auto& group : equal) {
        for (auto& study : group) {
            study.variance = 0.2;
        }
    }
    auto const profile = tau_squared_interval(q_profile{}, grouped(equal), 0.95);
    for (auto const& set :
         {tau_squared_interval(generalised_q_profile{}, grouped(equal), 0.95),
          tau_squared_interval(generalised_q_profile{user_weights{std::vector<double>(9, 7.0)}},
                               grouped(equal), 0.95)}) {
        EXPECT_RELATIVE(set.lower, profile.lower, 1e-10);
        EXPECT_RELATIVE(set.upper, profile.upper, 1e-10);
    }
}

TEST(GroupedEvidence, GroupsOfOneStudySayNothingOfTauSquared) {
    auto const set = tau_squared_interval(q_profile{}, grouped({{{0.1, 1}}, {{0.9, 2}}}), 0.95);
    EXPECT_EQ(set.status, status::undefined);
    EXPECT_EQ(set.upper, std::numeric_limits<double>::infinity());
}

TEST(UserWeights, OneThatExceedsAllOthersCostsNoDigits) {
    // But for shares of 1e-15, the mean is the first effect. With W - u as the others' weights, Q_a is 1.5² +
    // 4.5², tr P = 2 + 1 + 1 and tr PS = 2 * 1 + 1 + 3.
    std::vector<estimate> const three = {{0.5, 1}, {2, 1}, {-4, 3}};
    auto const studies = detail::as_evidence(three);
    auto const found = generalised_q{user_weights{{1e15, 1, 1}}}(studies);
    EXPECT_RELATIVE(found.value, (1.5 * 1.5 + 4.5 * 4.5 - 6) / 4, 1e-14);
}

/// `long double` holds variances that are 1e4900 apart, and so is right where `double` is near its limit.
TEST(GroupedEvidence, HoldsVariancesThatAre1e100Apart) {
    auto const far_apart = std::vector<std::vector<estimate>>{
        {{0.3, 2e-50}, {-0.9, 3e10}, {0.1, 1e49}}, {{0.8, 4e49}, {-2.2, 1e-20}, {-0.1, 3e2}}, {{0.4, 7e48}}};
    auto precise = std::vector<std::vector<basic_estimate<long double>>>{};
    for (auto const& group : far_apart) {
        auto& into = precise.emplace_back();
        for (auto const& study : group) {
            into.push_back({study.effect, study.variance});
        }
    }
    auto const expect_same = [&](auto const& estimator) {
        auto const found = common_tau_squared(estimator, far_apart);
        EXPECT_EQ(to_string(found.status), "ok");
        EXPECT_RELATIVE(found.value, static_cast<double>(common_tau_squared(estimator, precise).value), 1e-8);
    };
    expect_same(dersimonian_laird{});
    expect_same(hartung_makambi{});
    expect_same(paule_mandel{});
    expect_same(reml{});
    expect_same(maximum_likelihood{});
}

TEST(GroupedEvidence, RefusesVariancesBesideWhichWeightsVanish) {
    auto const far_apart =
        std::vector<std::vector<estimate>>{{{0.1, 1e-60}, {0.3, 2e-60}}, {{0.5, 1e60}, {1, 1e60}}};
    EXPECT_THROW(static_cast<void>(common_tau_squared(reml{}, far_apart)), invalid_input);
}

} // namespace
} // namespace accrue::test_evidence_groups
