#include "support/relative.hpp"
#include <accrue/accrue.hpp>

#include <vector>

namespace accrue::test_model_pooling {
namespace {

// Four trials of low-dose naltrexone in fibromyalgia; expected values by R metafor 3.8-1 on the same numbers,
// which are rounded to ten digits.
std::vector<estimate> const naltrexone = {{-0.4155412942, 0.02784555721},
                                          {-0.177570607, 0.1158496039},
                                          {-0.1018575612, 0.01472313351},
                                          {-0.2282162846, 0.04067120707}};
constexpr double printed_digits = 1e-9;

// Qualifies: POOL-1
TEST(Pooling, ReproducesTheNaltrexoneReview) {
    auto const summary = pool(random_effects{dersimonian_laird{}}, naltrexone);
    EXPECT_RELATIVE(summary.effect, -0.2114911904, printed_digits);
    EXPECT_EQ(summary.tau_squared, 0);
    auto const ci = confidence_interval(summary, 0.95);
    EXPECT_RELATIVE(ci.lower, -0.378910447, printed_digits);
    EXPECT_RELATIVE(ci.upper, -0.04407193375, printed_digits);
    EXPECT_RELATIVE(p_value(summary), 0.01328968418, printed_digits);
    auto const spread = heterogeneity(naltrexone);
    EXPECT_RELATIVE(spread.q, 2.32844374, printed_digits);
    EXPECT_RELATIVE(spread.p_value, 0.5070937526, printed_digits);
    EXPECT_EQ(spread.i_squared, 0);
}

TEST(Pooling, TakesHundredsOfStudiesWhoseWeightUnderflowsBesideOne) {
    // Long lists are summed in blocks of studies; here whole blocks have no weight, first, last or between.
    for (std::size_t const place : {0U, 500U, 999U}) {
        auto studies = std::vector<estimate>(1000, {1, 1e250});
        studies[place] = {3, 1e-250};
        auto const summary = pool(random_effects{dersimonian_laird{}}, studies);
        EXPECT_RELATIVE(pool(common_effect{}, studies).effect, 3, 1e-14);
        EXPECT_RELATIVE(summary.effect, 3, 1e-14);
        EXPECT_RELATIVE(summary.variance, 1e-250, 1e-14);
        EXPECT_EQ(summary.k, 1000U);
    }
}

// Qualifies: POOL-3
TEST(Pooling, AResultThatIsNotFiniteIsNeverOk) {
    auto const opposite = std::vector<estimate>{{1e308, 1}, {-1e308, 1}};
    EXPECT_EQ(pool(common_effect{}, opposite).status, status::undefined);
    EXPECT_EQ(pool(random_effects{dersimonian_laird{}}, opposite).status, status::undefined);
    EXPECT_EQ(cumulative(random_effects{}, opposite).back().status, status::undefined);
    // Running sums of these would overflow; a cumulative analysis is what pooling each beginning says.
    auto const same = cumulative(common_effect{}, std::vector<estimate>{{1e308, 1}, {1e308, 1}});
    EXPECT_EQ(same.front().status, status::ok);
    EXPECT_EQ(same.back().status, status::ok);
    EXPECT_EQ(same.back().effect, 1e308);
    auto const in_range = pool(common_effect{}, std::vector<estimate>{{1e200, 1}, {-1e200, 1}});
    EXPECT_EQ(in_range.status, status::ok);
    EXPECT_EQ(in_range.effect, 0);
    EXPECT_RELATIVE(in_range.variance, 0.5, 1e-15);
}

TEST(ForestRows, ShowEachStudyWithItsOwnIntervalAndItsShareInPerCent) {
    auto const rows = forest_rows(common_effect{}, naltrexone, 0.95);
    ASSERT_EQ(rows.size(), naltrexone.size());
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].effect, naltrexone[i].effect);
        EXPECT_RELATIVE((rows[i].interval.upper - rows[i].interval.lower) / 2,
                        normal::upper_quantile(0.025) * standard_error(naltrexone[i]), 1e-14);
        EXPECT_RELATIVE(rows[i].weight / rows[0].weight, naltrexone[0].variance / naltrexone[i].variance,
                        1e-14);
        total += rows[i].weight;
    }
    EXPECT_RELATIVE(total, 100, 1e-14);
}

// Qualifies: TAU-2
TEST(Pooling, ByASharedTauSquaredTellsWhetherItConverged) {
    auto const groups = std::vector<std::vector<estimate>>{{{0.1, 0.01}, {0.9, 0.04}, {-0.5, 0.02}},
                                                           {{0.3, 0.05}, {1.4, 0.01}, {0.2, 0.03}}};
    EXPECT_EQ(pool(random_effects{common_tau_squared(reml{}, groups)}, groups[0]).status, status::ok);
    auto const cut_short = common_tau_squared(reml{.max_iterations = 1}, groups);
    EXPECT_EQ(pool(random_effects{cut_short}, groups[0]).status, status::not_converged);
}

} // namespace
} // namespace accrue::test_model_pooling
