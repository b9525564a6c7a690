#pragma once

/// \file
/// Trial sequential analysis: monitoring a growing body of trials.

#include <accrue/sequential/anytime.hpp>
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/information.hpp>
#include <accrue/sequential/monitoring.hpp>
#include <accrue/sequential/simulation.hpp>
#include <accrue/sequential/spending.hpp>
