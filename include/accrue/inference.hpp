#pragma once

/// \file
/// What is reported of a pooled result, or of pooling again: intervals, p-values, heterogeneity, subgroups,
/// cumulative and leave-one-out analyses, influence.

#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/inference/leave_one_out.hpp>
#include <accrue/inference/narrower_than_common_effect.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/inference/stratified_tests.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/inference/z_curve.hpp>
#include <accrue/inference/z_value.hpp>
