#pragma once

/// \file
/// Meta-regression and what goes with it; needs Eigen (the target accrue::eigen).

#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/regression/location_scale.hpp>
#include <accrue/regression/marginal_means.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/permutation_test.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/regression/regress_each.hpp>
#include <accrue/regression/residual_heterogeneity.hpp>
#include <accrue/regression/selection_regression.hpp>
#include <accrue/regression/study_diagnostics.hpp>
#include <accrue/regression/variance_inflation.hpp>
