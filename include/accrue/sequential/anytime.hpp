#pragma once

/// \file
/// Monitoring that needs no plan: any number of looks, at any time, for ever (e-processes).

#include <accrue/sequential/anytime/anytime_analysis.hpp>
#include <accrue/sequential/anytime/anytime_sentences.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/e_process.hpp>
#include <accrue/sequential/anytime/effect_node.hpp>
#include <accrue/sequential/anytime/exact_binary_e_process.hpp>
#include <accrue/sequential/anytime/grow.hpp>
#include <accrue/sequential/anytime/robbins_mixture.hpp>
#include <accrue/sequential/anytime/symmetric_e_process.hpp>
#include <accrue/sequential/anytime/universal_inference.hpp>
