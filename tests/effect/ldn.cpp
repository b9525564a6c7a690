// The pain effects of four trials of low-dose naltrexone, each rebuilt from what its publication reports. The
// expected values were computed with R metafor 3.8 from the same reports.

#include "support/relative.hpp"
#include <accrue/effect/crossover_standardized_mean_difference.hpp>
#include <accrue/effect/difference.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/effect/standard_deviation.hpp>
#include <accrue/effect/standardized_mean_change.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>

#include <gtest/gtest.h>

namespace accrue::test_effect_ldn {
namespace {

// Ten printed digits.
auto constexpr tolerance = 1e-9;

struct crossover_report {
    measurement ldn;
    measurement placebo;
    double correlation;
};

// Arm intervals give each SD; the paired p-value gives the SD of the difference, and the three the
// correlation.
auto younger() -> crossover_report {
    auto const n = 28.0;
    auto const sd = [n](double mean, double half_width) {
        return standard_deviation_from_interval(n, interval{mean - half_width, mean + half_width});
    };
    auto const ldn = measurement{.mean = -28.8, .sd = sd(-28.8, 9.3)};
    auto const placebo = measurement{.mean = -18.0, .sd = sd(-18.0, 10.8)};
    auto const mean_change = from_p_value(ldn.mean - placebo.mean, reported::two_sided_p{0.016}, n - 1);
    auto const sd_of_change =
        standard_deviation_from_standard_error(n, reported::standard_error{standard_error(mean_change)});
    return {ldn, placebo, correlation_from_sd_of_difference(ldn.sd, placebo.sd, sd_of_change)};
}

// Qualifies: EFFECT-3
TEST(low_dose_naltrexone, crossover_from_arm_intervals_and_paired_p_value) {
    auto const report = younger();
    EXPECT_RELATIVE(report.ldn.sd, 23.984, 1e-4);
    EXPECT_RELATIVE(report.placebo.sd, 27.852, 1e-4);
    EXPECT_RELATIVE(report.correlation, 0.64114, 1e-5);
    auto const effect = crossover_standardized_mean_difference{}(paired_arms{
        .n = 28, .treatment = report.ldn, .control = report.placebo, .correlation = report.correlation});
    EXPECT_RELATIVE(effect.effect, -0.4155412942, tolerance);
    EXPECT_RELATIVE(effect.variance, 0.02784555721, tolerance);
}

TEST(low_dose_naltrexone, difference_of_two_changes_from_paired_p_values) {
    auto const change = [](double n, double p) {
        auto const t = statistic_from_p_value(reported::two_sided_p{p}, n - 1);
        return standardized_mean_change{}(paired_t{.n = n, .t = -t});
    };
    auto const effect = difference(change(22, 0.001), change(21, 0.009));
    EXPECT_RELATIVE(effect.effect, -0.177570607, tolerance);
    EXPECT_RELATIVE(effect.variance, 0.1158496039, tolerance);
}

TEST(low_dose_naltrexone, crossover_from_p_value_and_imputed_correlation) {
    auto const z = statistic_from_p_value(reported::two_sided_p{0.4});
    auto const effect = crossover_standardized_mean_difference{}(
        correlated_t{.n = 49, .t = -z, .correlation = younger().correlation});
    EXPECT_RELATIVE(effect.effect, -0.1018575612, tolerance);
    EXPECT_RELATIVE(effect.variance, 0.01472313351, tolerance);
}

TEST(low_dose_naltrexone, parallel_groups_from_cohens_d) {
    auto const effect =
        standardized_mean_difference{}(cohens_d{.n_treatment = 49, .n_control = 50, .d = -0.23});
    EXPECT_RELATIVE(effect.effect, -0.2282162846, tolerance);
    EXPECT_RELATIVE(effect.variance, 0.04067120707, tolerance);
}

} // namespace
} // namespace accrue::test_effect_ldn
