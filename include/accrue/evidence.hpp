#pragma once

/// \file
/// Studies as sums of functions of their variances: all that estimators of tau² and models need. A list of
/// estimates, groups and an accumulator are evidence.

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/evidence/moderated_fit.hpp>
#include <accrue/evidence/sum.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/evidence/weighting.hpp>
