#pragma once

/// \file
/// Bayesian random-effects meta-analysis by quadrature: priors, the posterior of the mean, of tau, of each
/// study and of a new one, Bayes factors.

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/bayes_factor.hpp>
#include <accrue/bayes/bayesian_looks.hpp>
#include <accrue/bayes/bayesian_random_effects.hpp>
#include <accrue/bayes/credible_interval.hpp>
#include <accrue/bayes/exponential.hpp>
#include <accrue/bayes/flat_prior.hpp>
#include <accrue/bayes/half_cauchy.hpp>
#include <accrue/bayes/half_normal.hpp>
#include <accrue/bayes/half_student_t.hpp>
#include <accrue/bayes/heterogeneity_prior.hpp>
#include <accrue/bayes/inverse_gamma.hpp>
#include <accrue/bayes/log_normal.hpp>
#include <accrue/bayes/log_student_t.hpp>
#include <accrue/bayes/mean_prior.hpp>
#include <accrue/bayes/normal_mixture.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/bayes/on_tau_squared.hpp>
#include <accrue/bayes/point_prior.hpp>
#include <accrue/bayes/posterior.hpp>
#include <accrue/bayes/posterior_z.hpp>
#include <accrue/bayes/shrinkage.hpp>
#include <accrue/bayes/tau_posterior.hpp>
#include <accrue/bayes/uniform.hpp>
