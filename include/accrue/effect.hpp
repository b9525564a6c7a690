#pragma once

/// \file
/// Every effect measure, and the ways from what a report prints to an estimate.
///
/// A measure is a callable value, from what one trial reports to an `estimate` on its analysis scale, with
/// `back_transform` as the way back to the scale of reports:
///
/// | reports | measures |
/// |---|---|
/// | two arms' events | `log_odds_ratio` `log_risk_ratio` `risk_difference` `arcsine_difference` ... |
/// | two arms' means | `mean_difference` `standardized_mean_difference` `glass_delta` `log_ratio_of_means` |
/// | events over time | `log_incidence_rate_ratio` `incidence_rate_difference` `log_hazard_ratio` |
/// | before and after, or pairs | `standardized_mean_change` `crossover_standardized_mean_difference` ... |
/// | one group | `proportion` `group_mean` `incidence_rate` `standardized_mean` |
/// | an association | `fisher_z` `raw_correlation` `phi_coefficient` `biserial_correlation` |
///
/// `effects(measure, trials)` applies one to all trials. Where a paper prints an interval, a p-value or a
/// t-test instead, `from_interval`, `from_p_value` and the like make the same estimate of it;
/// `conversion.hpp` leads from one measure to another.

#include <accrue/effect/arcsine_difference.hpp>
#include <accrue/effect/arm_from_quantiles.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/baseline_standardized_mean_change.hpp>
#include <accrue/effect/binomial_variance.hpp>
#include <accrue/effect/biserial_correlation.hpp>
#include <accrue/effect/combine.hpp>
#include <accrue/effect/common_language_effect_size.hpp>
#include <accrue/effect/conditional_log_odds_ratio.hpp>
#include <accrue/effect/conversion.hpp>
#include <accrue/effect/cronbach_alpha.hpp>
#include <accrue/effect/crossover_standardized_mean_difference.hpp>
#include <accrue/effect/difference.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/effect/fisher_z.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/effect/glass_delta.hpp>
#include <accrue/effect/group_mean.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/effect/heteroscedastic_standardized_mean_difference.hpp>
#include <accrue/effect/incidence_rate.hpp>
#include <accrue/effect/incidence_rate_difference.hpp>
#include <accrue/effect/log_coefficient_of_variation.hpp>
#include <accrue/effect/log_coefficient_of_variation_ratio.hpp>
#include <accrue/effect/log_hazard_ratio.hpp>
#include <accrue/effect/log_incidence_rate_ratio.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_rank_from_report.hpp>
#include <accrue/effect/log_ratio_of_means.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/log_standard_deviation.hpp>
#include <accrue/effect/log_variability_ratio.hpp>
#include <accrue/effect/mean_difference.hpp>
#include <accrue/effect/overlap.hpp>
#include <accrue/effect/peto_log_odds_ratio.hpp>
#include <accrue/effect/phi_coefficient.hpp>
#include <accrue/effect/point_biserial_correlation.hpp>
#include <accrue/effect/pooled_standardized_mean_change.hpp>
#include <accrue/effect/probit_difference.hpp>
#include <accrue/effect/probit_proportion.hpp>
#include <accrue/effect/proportion.hpp>
#include <accrue/effect/raw_correlation.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/effect/risks.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/effect/spread.hpp>
#include <accrue/effect/square_root_rate_difference.hpp>
#include <accrue/effect/standard_deviation.hpp>
#include <accrue/effect/standardized_mean.hpp>
#include <accrue/effect/standardized_mean_change.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>
#include <accrue/effect/unbiased_correlation.hpp>
#include <accrue/effect/yule_coefficient.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/report/reported.hpp>
