#pragma once

/// \file
/// The estimators of the variance between studies, tau squared.

#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>
#include <accrue/tau_squared/generalised_q.hpp>
#include <accrue/tau_squared/hartung_makambi.hpp>
#include <accrue/tau_squared/hedges_olkin.hpp>
#include <accrue/tau_squared/hunter_schmidt.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/median_unbiased_paule_mandel.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/semi_bayes.hpp>
#include <accrue/tau_squared/sidik_jonkman.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/tau_squared/two_step.hpp>
