#pragma once

/// \file
/// The variance and reference distribution of a pooled effect.

#include <accrue/uncertainty/hartung_knapp.hpp>
#include <accrue/uncertainty/hartung_knapp_hybrid.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>
#include <accrue/uncertainty/wald_t.hpp>
