#pragma once

/// \file
/// Effects that are not independent: several in a study, several outcomes, shared controls. Opt-in:
/// `accrue.hpp` does not include them, and what meets matrices needs Eigen (link `accrue::eigen`).

#include <accrue/dependence/between_covariance.hpp>
#include <accrue/dependence/cluster_effects.hpp>
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/dependence/diagnostic_accuracy.hpp>
#include <accrue/dependence/hierarchical_effects.hpp>
#include <accrue/dependence/i_squared_by_level.hpp>
#include <accrue/dependence/leave_one_cluster_out.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/multivariate.hpp>
#include <accrue/dependence/nested_information.hpp>
#include <accrue/dependence/outcome_of.hpp>
#include <accrue/dependence/regression_model.hpp>
#include <accrue/dependence/satterthwaite.hpp>
#include <accrue/dependence/shared_control.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/dependence/three_level_interval.hpp>
#include <accrue/dependence/three_level_prediction.hpp>
#include <accrue/dependence/three_level_regression.hpp>
