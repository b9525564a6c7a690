#pragma once

/// \file
/// Everything but the opt-in headers (plotting, stream output, meta-regression). Each header can be included
/// alone, and those that need no distribution compile several times faster.

#include <accrue/arm.hpp>
#include <accrue/cumulative.hpp>
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/events.hpp>
#include <accrue/evidence.hpp>
#include <accrue/heterogeneity.hpp>
#include <accrue/inference.hpp>
#include <accrue/interval.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/sequential/z_curve.hpp>
#include <accrue/status.hpp>
#include <accrue/sum.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/two_arms.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>
#include <accrue/version.hpp>
#include <accrue/weighted_fit.hpp>
#include <accrue/weighted_moments.hpp>
