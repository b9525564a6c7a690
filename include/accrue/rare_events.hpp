#pragma once

/// \file
/// Models for trials with few events, which work on the counts themselves: nothing is estimated trial by
/// trial, and no zero is corrected.
///
/// `binomial_normal` and `poisson_normal` are mixed models of odds ratios and rate ratios with heterogeneity;
/// `exact_odds_ratio` and `exact_interval` are exact without heterogeneity, `zelen_test` asks whether there
/// is any; `beta_binomial` compares groups, trials with one group included. `mantel_haenszel` and `peto`,
/// among the models, are simpler and without heterogeneity.

#include <accrue/rare_events/beta_binomial.hpp>
#include <accrue/rare_events/binomial_normal.hpp>
#include <accrue/rare_events/exact_odds_ratio.hpp>
#include <accrue/rare_events/mixed_pooled.hpp>
#include <accrue/rare_events/poisson_normal.hpp>
#include <accrue/rare_events/proportion_intervals.hpp>
#include <accrue/rare_events/zelen_test.hpp>
