#pragma once

/// \file
/// Trial sequential analysis: monitoring a growing body of trials.

#include <accrue/sequential/analysis.hpp>
#include <accrue/sequential/any_spending_function.hpp>
#include <accrue/sequential/asymmetric.hpp>
#include <accrue/sequential/boundaries.hpp>
#include <accrue/sequential/boundaries_with_futility.hpp>
#include <accrue/sequential/conclusion.hpp>
#include <accrue/sequential/conditional_power.hpp>
#include <accrue/sequential/drift.hpp>
#include <accrue/sequential/error_rate.hpp>
#include <accrue/sequential/exit_probabilities.hpp>
#include <accrue/sequential/futility.hpp>
#include <accrue/sequential/haybittle_peto.hpp>
#include <accrue/sequential/information_adjustment.hpp>
#include <accrue/sequential/information_size.hpp>
#include <accrue/sequential/information_target.hpp>
#include <accrue/sequential/information_time.hpp>
#include <accrue/sequential/look_schedule.hpp>
#include <accrue/sequential/monitoring_rule.hpp>
#include <accrue/sequential/obrien_fleming.hpp>
#include <accrue/sequential/one_sided.hpp>
#include <accrue/sequential/pocock.hpp>
#include <accrue/sequential/predictive_power.hpp>
#include <accrue/sequential/repeated_inference.hpp>
#include <accrue/sequential/required_trials.hpp>
#include <accrue/sequential/sequential_design.hpp>
#include <accrue/sequential/spending.hpp>
#include <accrue/sequential/stagewise.hpp>
#include <accrue/sequential/stopping_boundaries.hpp>
#include <accrue/sequential/two_sided.hpp>
#include <accrue/sequential/wang_tsiatis.hpp>
#include <accrue/sequential/z_curve.hpp>
