#pragma once

/// Every effect measure, and the ways from what a report prints to an estimate.

#include <accrue/effect/crossover_standardized_mean_difference.hpp>
#include <accrue/effect/difference.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/mean_difference.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/effect/standard_deviation.hpp>
#include <accrue/effect/standardized_mean_change.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>
