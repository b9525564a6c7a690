#pragma once

/// \file
/// The estimators of the variance between studies, tau squared.
///
/// Each is a callable value, evidence -> `tau_squared_estimate`; those that are functions of the studies
/// alone, without a prior, have a member `standard_error`. Iterated likelihoods: `reml`, the default, and
/// `maximum_likelihood`, which is biased downwards. Q equated to its expectation: `dersimonian_laird` (closed
/// form, the convention), `two_step`, and `paule_mandel`, where the weights agree with the estimate. From
/// unweighted effects: `hedges_olkin`, and `sidik_jonkman`, which is never 0 unless all effects are equal.
/// With few studies no estimator is good; `semi_bayes` adds what other reviews have found, and
/// `tau_squared_interval` says how little is known.

#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>
#include <accrue/tau_squared/generalised_q.hpp>
#include <accrue/tau_squared/hartung_makambi.hpp>
#include <accrue/tau_squared/hedges_olkin.hpp>
#include <accrue/tau_squared/hunter_schmidt.hpp>
#include <accrue/tau_squared/likelihood_estimator.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/median_unbiased_paule_mandel.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/semi_bayes.hpp>
#include <accrue/tau_squared/sidik_jonkman.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>
#include <accrue/tau_squared/two_step.hpp>
