#pragma once

/// \file
/// Everything but the opt-in headers (plotting, stream output, meta-regression). Each header can be included
/// alone, and those that need no distribution compile several times faster.

#include <accrue/arm.hpp>
#include <accrue/association.hpp>
#include <accrue/correlation.hpp>
#include <accrue/cumulative.hpp>
#include <accrue/distribution.hpp>
#include <accrue/effect.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/events.hpp>
#include <accrue/evidence.hpp>
#include <accrue/forest.hpp>
#include <accrue/grouped_evidence.hpp>
#include <accrue/henmi_copas.hpp>
#include <accrue/heterogeneity.hpp>
#include <accrue/inference.hpp>
#include <accrue/influence.hpp>
#include <accrue/interval.hpp>
#include <accrue/leave_one_out.hpp>
#include <accrue/likelihood.hpp>
#include <accrue/log_rank.hpp>
#include <accrue/matched_pairs.hpp>
#include <accrue/model.hpp>
#include <accrue/paired_arms.hpp>
#include <accrue/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/quantiles.hpp>
#include <accrue/rate.hpp>
#include <accrue/real.hpp>
#include <accrue/sequential.hpp>
#include <accrue/status.hpp>
#include <accrue/subgroups.hpp>
#include <accrue/sum.hpp>
#include <accrue/t_test.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared_interval.hpp>
#include <accrue/tau_squared_standard_error.hpp>
#include <accrue/two_arms.hpp>
#include <accrue/uncertainty.hpp>
#include <accrue/version.hpp>
#include <accrue/weighted_fit.hpp>
#include <accrue/weighted_moments.hpp>
#include <accrue/weighting.hpp>
