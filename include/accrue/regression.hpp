#pragma once

/// \file
/// Meta-regression and what goes with it; needs Eigen (the target accrue::eigen).

#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/regression/moderators.hpp>
