// Reports of trials that don't say what a meta-analysis needs: log-rank tests by chi² or p, trials of
// clusters, and controls that serve several comparisons.

#include "support/relative.hpp"
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/effect.hpp>
#include <accrue/report.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace accrue::test_effect_reports_that_were_asked_for {
namespace {

TEST(LogRankFromReport, HasTheChiSquaredAndThePValueThatWerePrinted) {
    for (double const chi_squared : {0.0, 0.3, 3.84, 11.2}) {
        for (double const variance : {2.5, 19.7}) {
            auto const trial = log_rank_from_chi_squared(chi_squared, variance, -1);
            EXPECT_NEAR(trial.observed_minus_expected * trial.observed_minus_expected / trial.variance,
                        chi_squared, 1e-14 * (1 + chi_squared));
            EXPECT_LE(trial.observed_minus_expected, 0);
            if (chi_squared > 0) {
                auto const p = reported::two_sided_p{basic_chi_squared<double>{1}.survival(chi_squared)};
                auto const same = log_rank_from_p_value(p, variance, -0.2);
                EXPECT_RELATIVE(same.observed_minus_expected, trial.observed_minus_expected, 1e-12);
                auto const half = log_rank_from_p_value(reported::one_sided_p{p.value / 2}, variance, 7);
                EXPECT_RELATIVE(half.observed_minus_expected, -trial.observed_minus_expected, 1e-12);
                // The estimate's own z is the root of chi².
                auto const estimate = log_hazard_ratio{}(trial);
                EXPECT_RELATIVE(estimate.effect / std::sqrt(estimate.variance), -std::sqrt(chi_squared),
                                1e-12);
            }
        }
    }
}

// Three ways to V agree where groups are equal and have as many events.
TEST(LogRankFromReport, VarianceIsAQuarterOfTheEventsOfEqualGroups) {
    EXPECT_DOUBLE_EQ(log_rank_variance(80), 20);
    EXPECT_DOUBLE_EQ(log_rank_variance(two_arms{events{40, 100}, events{40, 100}}), 20);
    EXPECT_DOUBLE_EQ(log_rank_variance_from_events(40, 40), 20);
    EXPECT_DOUBLE_EQ(log_rank_variance(90, 2.0 / 3), 20);
    EXPECT_DOUBLE_EQ(log_rank_variance(two_arms{events{50, 200}, events{40, 100}}), 20);
    EXPECT_DOUBLE_EQ(log_rank_variance_from_events(60, 30), 20);
    EXPECT_RELATIVE(log_rank_variance_from_events(1e300, 1e300), 5e299, 1e-15);
}

TEST(LogRankFromReport, BadNumbersAreRefused) {
    EXPECT_THROW((void)log_rank_variance(0), invalid_input);
    EXPECT_THROW((void)log_rank_variance(10, 1), invalid_input);
    EXPECT_THROW((void)log_rank_variance(two_arms{events{0, 9}, events{0, 9}}), invalid_input);
    EXPECT_THROW((void)log_rank_variance_from_events(0, 4), invalid_input);
    EXPECT_THROW((void)log_rank_from_chi_squared(-1, 4, 1), invalid_input);
    EXPECT_THROW((void)log_rank_from_chi_squared(3, 0, 1), invalid_input);
    EXPECT_THROW((void)log_rank_from_chi_squared(3, 4, 0), invalid_input);
    EXPECT_THROW((void)log_rank_from_chi_squared(3, 4, std::nan("")), invalid_input);
    EXPECT_THROW((void)log_rank_from_p_value(reported::two_sided_p{0}, 4, 1), invalid_input);
    EXPECT_THROW((void)log_rank_from_p_value(reported::one_sided_p{0.7}, 4, 1), invalid_input);
}

// 21 classrooms with 295 and 330 children, intracluster correlation .02: the example of the Cochrane
// Handbook, design effect 1.576, effective sizes 187.2 and 209.4, successes 40.0 and 53.3.
TEST(ClusterDesign, IsThatOfTheCochraneHandbook) {
    auto const design = cluster_design{.mean_size = 625.0 / 21, .intracluster_correlation = 0.02};
    // The example prints three decimals, from a mean size that it rounds to 29.8.
    EXPECT_NEAR(design.design_effect(), 1.576, 1e-3);
    auto const [treatment, control] = design(two_arms{events{63, 295}, events{84, 330}});
    EXPECT_NEAR(treatment.total, 187.2, 0.1);
    EXPECT_NEAR(control.total, 209.4, 0.1);
    EXPECT_NEAR(treatment.count, 40.0, 0.05);
    EXPECT_NEAR(control.count, 53.3, 0.05);
    EXPECT_DOUBLE_EQ(design.effective_size(295), treatment.total);
}

// Whichever way it goes in, a variance grows by the design effect, and effects stay.
TEST(ClusterDesign, MultipliesVariances) {
    auto const design = cluster_design{12, 0.05, 0.6};
    double const factor = design.design_effect();
    EXPECT_DOUBLE_EQ(factor, 1 + (1.36 * 12 - 1) * 0.05);
    auto const check = [&](auto const& measure, auto const& trial) {
        auto const naive = measure(trial);
        auto const right = measure(design(trial));
        EXPECT_RELATIVE(right.effect, naive.effect, 1e-14);
        EXPECT_RELATIVE(right.variance, naive.variance * factor, 1e-14);
        EXPECT_RELATIVE(design(naive).variance, right.variance, 1e-14);
        EXPECT_EQ(design(naive).effect, naive.effect);
    };
    check(log_odds_ratio{}, two_arms{events{30, 400}, events{45, 380}});
    check(risk_difference{}, two_arms{events{30, 400}, events{45, 380}});
    check(mean_difference{}, two_arms{arm{200, 3.1, 1.2}, arm{190, 2.9, 1.4}});
    EXPECT_EQ((cluster_design{1, 0.3}.design_effect()), 1) << "clusters of one are no clusters";
    EXPECT_EQ((cluster_design{40, 0}.design_effect()), 1);
    EXPECT_EQ((cluster_design{40, 1}.design_effect()), 40) << "copies of one another";
}

TEST(ClusterDesign, BadNumbersAreRefused) {
    EXPECT_THROW((void)(cluster_design{0.5, 0.1}.design_effect()), invalid_input);
    EXPECT_THROW((void)(cluster_design{10, -0.1}.design_effect()), invalid_input);
    EXPECT_THROW((void)(cluster_design{10, 1.1}.design_effect()), invalid_input);
    EXPECT_THROW((void)(cluster_design{10, 0.1, -1}.design_effect()), invalid_input);
    double const infinity = std::numeric_limits<double>::infinity();
    EXPECT_THROW((void)(cluster_design{infinity, 0.1}.design_effect()), invalid_input);
    EXPECT_THROW((void)(cluster_design{10, 0.1, infinity}.design_effect()), invalid_input);
    for (double const comparisons : {0.5, infinity}) {
        EXPECT_THROW((void)split_control(two_arms<events>{{3, 40}, {4, 40}}, comparisons), invalid_input);
        EXPECT_THROW((void)split_control(two_arms<arm>{{40, 3, 1}, {40, 4, 1}}, comparisons), invalid_input);
    }
    EXPECT_THROW((void)(cluster_design{10, 0.1}(events{3, 2})), invalid_input);
    EXPECT_THROW((void)(cluster_design{50, 0.9}(arm{60, 1, 1})), invalid_input) << "under two are left";
    EXPECT_THROW((void)(cluster_design{10, 0.1}(estimate{1, 0})), invalid_input);
}

TEST(SplitControl, CountsNobodyTwice) {
    auto const trial = two_arms{events{8, 60}, events{30, 90}};
    auto const half = split_control(trial, 2);
    EXPECT_EQ(half.treatment.total, 60);
    EXPECT_EQ(half.control.count, 15);
    EXPECT_EQ(half.control.total, 45);
    // The effect stays, with more variance; one comparison needs no split.
    EXPECT_DOUBLE_EQ(log_odds_ratio{}(half).effect, log_odds_ratio{}(trial).effect);
    EXPECT_DOUBLE_EQ(log_odds_ratio{}(half).variance - log_odds_ratio{}(trial).variance, 1.0 / 30 + 1.0 / 60);
    EXPECT_EQ(split_control(trial, 1).control.total, 90);
    auto const means = split_control(two_arms{arm{20, 5, 2}, arm{30, 4, 3}}, 3);
    EXPECT_EQ(means.control.n, 10);
    EXPECT_EQ(means.control.sd, 3);
    EXPECT_THROW((void)split_control(trial, 0.5), invalid_input);
    EXPECT_THROW((void)split_control(two_arms{arm{20, 5, 2}, arm{3, 4, 3}}, 2), invalid_input);
}

} // namespace
} // namespace accrue::test_effect_reports_that_were_asked_for
