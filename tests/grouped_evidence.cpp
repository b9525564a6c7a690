// Studies in groups that share one tau², against a meta-regression on the groups and against the groups on
// their own.

#include "support/relative.hpp"
#include <accrue/grouped_evidence.hpp>
#include <accrue/likelihood.hpp>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace accrue {
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

} // namespace
} // namespace accrue
