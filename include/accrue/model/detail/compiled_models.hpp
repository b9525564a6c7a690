#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/pooled.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>
#include <accrue/uncertainty/wald.hpp>

namespace accrue {

// The pairs of an estimator and an uncertainty that are asked for most often.
#define ACCRUE_HELD_MODEL(...)                                                                               \
    ACCRUE_HELD_BY_THE_LIBRARY(auto random_effects<__VA_ARGS__>::operator()(study_evidence<double> const&)   \
                                   const->pooled)
ACCRUE_HELD_MODEL(reml, wald);
ACCRUE_HELD_MODEL(reml, hartung_knapp);
ACCRUE_HELD_MODEL(reml, hartung_knapp_floored);
ACCRUE_HELD_MODEL(dersimonian_laird, wald);
ACCRUE_HELD_MODEL(dersimonian_laird, hartung_knapp);
ACCRUE_HELD_MODEL(dersimonian_laird, hartung_knapp_floored);
ACCRUE_HELD_MODEL(paule_mandel, wald);
ACCRUE_HELD_MODEL(paule_mandel, hartung_knapp);
ACCRUE_HELD_MODEL(paule_mandel, hartung_knapp_floored);
ACCRUE_HELD_MODEL(maximum_likelihood, wald);
#undef ACCRUE_HELD_MODEL

} // namespace accrue
