#pragma once

/// \file
/// Trials as they accrue, analysed against boundaries: trial sequential analysis.

#include <accrue/sequential/monitoring/adjusted_inference.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/effect_boundaries.hpp>
#include <accrue/sequential/monitoring/iterated_logarithm.hpp>
#include <accrue/sequential/monitoring/look_schedule.hpp>
#include <accrue/sequential/monitoring/methods_sentence.hpp>
#include <accrue/sequential/monitoring/monitored_review.hpp>
#include <accrue/sequential/monitoring/monitoring_rule.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/power_to_come.hpp>
#include <accrue/sequential/monitoring/review_update.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/monitoring/sequential_look.hpp>
#include <accrue/sequential/monitoring/simulated_error.hpp>
#include <accrue/sequential/monitoring/trial_sequential_analysis.hpp>
