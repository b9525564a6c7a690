#pragma once

/// \file
/// Everything but the opt-in headers (plotting, and what needs Eigen). Each header can be included alone, and
/// those that need no distribution compile several times faster.

#include <accrue/batch.hpp>
#include <accrue/bayes.hpp>
#include <accrue/distribution.hpp>
#include <accrue/effect.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence.hpp>
#include <accrue/inference.hpp>
#include <accrue/interval.hpp>
#include <accrue/model.hpp>
#include <accrue/pooled.hpp>
#include <accrue/rare_events.hpp>
#include <accrue/real.hpp>
#include <accrue/report.hpp>
#include <accrue/sequential.hpp>
#include <accrue/small_study.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>
#include <accrue/version.hpp>
