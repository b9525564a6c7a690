#pragma once

/// \file
/// The models that pool estimates.

#include <accrue/model/common_effect.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/model/mantel_haenszel.hpp>
#include <accrue/model/mantel_haenszel_random_effects.hpp>
#include <accrue/model/peto.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/q_about.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/model/weighted_average.hpp>
