// Heterogeneity of groups, of no study at all, and of so few that nothing can be said.

#include "support/relative.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>
#include <accrue/tau_squared/semi_bayes.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace accrue::test_inference_few_studies {
namespace {

using list = std::vector<estimate>;

auto const groups = std::vector<list>{
    {{0, 0.3}, {1, 0.3}, {2, 0.3}}, {{0.2, 0.3}, {1.7, 0.3}, {3.1, 0.3}}, {{0.4, 0.3}, {0.5, 0.3}}};

grouped_evidence<double> grouped() {
    auto evidence = std::vector<study_evidence<double>>{};
    for (auto const& group : groups) {
        evidence.push_back(detail::as_evidence(group));
    }
    return grouped_evidence<double>(std::move(evidence));
}

// Q is the sum of the groups' own, each of which has one mean.
TEST(FewStudies, InGroupsLoseADegreeOfFreedomForEachMean) {
    auto const summary = heterogeneity(grouped());
    EXPECT_RELATIVE(summary.degrees_of_freedom, 5.0, 0);
    EXPECT_RELATIVE(summary.p_value, 0.000920644794, 1e-8);
    EXPECT_RELATIVE(summary.i_squared, 0.758518916, 1e-8);
    EXPECT_RELATIVE(summary.h_squared, 4.14111111, 1e-8);
    EXPECT_RELATIVE(h_squared_interval(test_based{}, grouped(), 0.95).lower,
                    std::exp(std::log(4.1411111111111) - 1.959963984540054 * std::log(4.1411111111111) /
                                                             (std::sqrt(2 * 20.7055555555555) - 3)),
                    1e-9);
}

// Groups that are equal are one posterior of as many groups' likelihoods.
// One study in each group leaves nothing to compare, as one study alone does.
TEST(FewStudies, OneInEachGroupSayNothingOfTauSquared) {
    auto const single = std::vector<list>{{{0.1, 0.2}}, {{0.5, 0.3}}};
    auto evidence = std::vector<study_evidence<double>>{};
    for (auto const& group : single) {
        evidence.push_back(detail::as_evidence(group));
    }
    auto const studies = grouped_evidence<double>(std::move(evidence));
    EXPECT_TRUE(std::isnan(tau_squared_standard_error(reml{}, studies)));
    EXPECT_TRUE(std::isnan(tau_squared_standard_error(paule_mandel{}, studies)));
    EXPECT_EQ(tau_squared_interval(q_profile{}, studies, 0.95).status, status::undefined);
    EXPECT_EQ(i_squared_interval(test_based{}, studies, 0.95).status, status::undefined);
    EXPECT_EQ(heterogeneity(studies).p_value, 1);
}

TEST(FewStudies, InGroupsShareAPosteriorOfTauSquared) {
    auto const prior = semi_bayes{inverse_gamma_prior{2, 0.1}};
    auto const single = std::vector<list>{groups[0]};
    EXPECT_RELATIVE(common_tau_squared(prior, single).value, prior(detail::as_evidence(groups[0])).value,
                    1e-12);
    EXPECT_GT(common_tau_squared(prior, groups).value, 0);
}

TEST(FewStudies, KeepTheFlagOfAnEmptySet) {
    auto const studies = list{{0.1, 0.01}, {0.12, 0.02}, {0.14, 0.03}};
    auto const i_squared = i_squared_interval(q_profile{}, studies, 0.95);
    EXPECT_TRUE(i_squared.empty);
    EXPECT_TRUE(h_squared_interval(q_profile{}, studies, 0.95).empty);
    EXPECT_EQ(i_squared.status, status::ok);
    EXPECT_FALSE(i_squared_interval(q_profile{}, groups[0], 0.95).empty);
}

// Q at tau² = 0 decides, not at any other.
TEST(FewStudies, TellWhetherZeroIsInTheSet) {
    auto const far = tau_squared_interval(q_profile{}, list{{0, 0.01}, {1, 0.01}, {2, 0.01}}, 0.95);
    EXPECT_FALSE(far.one_sided);
    EXPECT_FALSE(far.empty);
    EXPECT_GT(far.lower, 0);
    auto const near = tau_squared_interval(q_profile{}, list{{0, 0.01}, {0.05, 0.01}, {0.1, 0.01}}, 0.95);
    EXPECT_TRUE(near.one_sided);
    EXPECT_FALSE(near.empty);
}

TEST(FewStudies, HaveNoTestBasedInterval) {
    for (auto const& studies : {list{{0.1, 0.01}, {0.12, 0.02}}, list{{0.1, 0.01}}}) {
        auto const interval = i_squared_interval(test_based{}, studies, 0.95);
        EXPECT_EQ(interval.status, status::undefined);
        EXPECT_TRUE(std::isnan(interval.lower));
        EXPECT_TRUE(std::isnan(interval.upper));
    }
    EXPECT_EQ(i_squared_interval(test_based{}, list{{0, 0.01}, {1, 0.02}}, 0.95).status, status::ok);
    EXPECT_EQ(i_squared_interval(q_profile{}, list{{0.1, 0.01}}, 0.95).status, status::undefined);
}

// As a callable value, which `h_squared_interval` does not call.
TEST(FewStudies, HaveTheTestBasedIntervalByItsOwnCallAsWell) {
    auto const studies = grouped();
    auto const own = test_based{}(studies, 0.9);
    auto const expected = h_squared_interval(test_based{}, studies, 0.9);
    EXPECT_GT(own.upper, own.lower);
    EXPECT_RELATIVE(own.lower, expected.lower, 1e-15);
    EXPECT_RELATIVE(own.upper, expected.upper, 1e-15);
    EXPECT_EQ(own.status, status::ok);
}

// Two are enough for a distribution that is not normal: tests/oracles/henmi_copas_of_two.py. The quadrature
// of R metafor 3.8-1 agrees in the first five digits.
TEST(FewStudies, HaveTheIntervalOfHenmiAndCopas) {
    auto const alike = confidence_interval(pool(henmi_copas{}, list{{0.3, 0.1}, {1.4, 0.2}}), 0.95);
    EXPECT_RELATIVE(alike.lower, -1.25363868365321215, 1e-10);
    EXPECT_RELATIVE(alike.upper, 2.58697201698654548, 1e-10);
    auto const unlike = confidence_interval(pool(henmi_copas{}, list{{0.3, 0.01}, {1.4, 0.3}}), 0.95);
    EXPECT_RELATIVE(unlike.lower, -4.93548459238089875, 1e-10);
    EXPECT_RELATIVE(unlike.upper, 5.60645233431638262, 1e-10);
}

TEST(FewStudies, OfWhichThereAreNoneAreRefused) {
    auto const none = evidence_accumulator{};
    EXPECT_THROW(static_cast<void>(heterogeneity(none)), invalid_input);
    EXPECT_THROW(static_cast<void>(typical_variance(none)), invalid_input);
    EXPECT_THROW(static_cast<void>(tau_squared_interval(q_profile{}, none, 0.95)), invalid_input);
    EXPECT_THROW(static_cast<void>(tau_squared_standard_error(reml{}, none)), invalid_input);
    EXPECT_THROW(static_cast<void>(log_likelihood(none, 0.1)), invalid_input);
    EXPECT_THROW(static_cast<void>(restricted_log_likelihood(none, 0.1)), invalid_input);
    EXPECT_THROW(static_cast<void>(diversity(none, random_effects{})), invalid_input);
}

TEST(Inconsistency, OfNoNumberIsNoNumber) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(i_squared_from_q(nan, 2.0)));
    EXPECT_TRUE(std::isnan(h_squared_from_q(nan, 2.0)));
    EXPECT_TRUE(std::isnan(h_squared_from_q(1.0, nan)));
    EXPECT_TRUE(std::isnan(i_squared_from_tau_squared(nan, groups[0])));
    EXPECT_TRUE(std::isnan(h_squared_from_tau_squared(nan, groups[0])));
}

struct limits_of_tau_squared {
    double lower;
    double upper;
    template <evidence Evidence>
    auto operator()(Evidence const&, double) const -> basic_tau_squared_interval<double> {
        return {lower, upper, false, false, status::ok};
    }
};

// Whatever method found the limits of tau²: I² is tau² / (tau² + s²), also where H² is 1 but for rounding.
TEST(Inconsistency, OfATinyTauSquaredKeepsItsDigits) {
    auto const studies = list{{0.1, 2}, {0.2, 2}, {0.3, 2}};
    auto const small = i_squared_interval(limits_of_tau_squared{1e-20, 3e-9}, studies, 0.95);
    EXPECT_RELATIVE(small.lower, 5e-21, 1e-14);
    EXPECT_RELATIVE(small.upper, 3e-9 / (2 + 3e-9), 1e-14);
    auto const large =
        i_squared_interval(limits_of_tau_squared{6, std::numeric_limits<double>::infinity()}, studies, 0.95);
    EXPECT_RELATIVE(large.lower, 0.75, 1e-14);
    EXPECT_RELATIVE(large.upper, 1.0, 1e-14);
}

// D² = tau² / (v + tau²) of equal variances.
TEST(Diversity, OfATinyTauSquaredKeepsItsDigits) {
    auto const studies = list{{0.1, 2}, {0.2, 2}, {0.3, 2}};
    EXPECT_RELATIVE(diversity(studies, random_effects{fixed_tau_squared{1e-20}}), 5e-21, 1e-14);
    EXPECT_RELATIVE(diversity(studies, random_effects{fixed_tau_squared{3}}), 0.6, 1e-14);
}

TEST(Reml, GainsFromAGuessAndIsNotChangedByIt) {
    auto const studies = list{{0, 0.3}, {1, 0.2}, {2, 0.1}, {-0.5, 0.4}, {1.4, 0.2}};
    auto const evidence = detail::as_evidence(studies);
    auto const plain = reml{}(evidence);
    for (double const guess : {1e-6, 0.1, plain.value, 10.0}) {
        EXPECT_RELATIVE(reml{}(evidence, guess).value, plain.value, 1e-9);
    }
    EXPECT_LT(reml{}(evidence, plain.value).iterations, plain.iterations);
}

} // namespace
} // namespace accrue::test_inference_few_studies
