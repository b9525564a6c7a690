#pragma once

/// \file
/// What trials and papers report: plain aggregates, which effect measures turn into estimates.

#include <accrue/report/arm.hpp>
#include <accrue/report/association.hpp>
#include <accrue/report/cluster_design.hpp>
#include <accrue/report/correlation.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/log_rank.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/quantiles.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/reliability.hpp>
#include <accrue/report/reported.hpp>
#include <accrue/report/split_control.hpp>
#include <accrue/report/t_test.hpp>
#include <accrue/report/two_arms.hpp>
