#pragma once

/// \file
/// Reviews that are simulated, to measure what a procedure does, and boundaries that come from them.

#include <accrue/sequential/simulation/binary_null.hpp>
#include <accrue/sequential/simulation/calibration.hpp>
#include <accrue/sequential/simulation/executor.hpp>
#include <accrue/sequential/simulation/normal_null.hpp>
#include <accrue/sequential/simulation/null_scenario.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>
#include <accrue/sequential/simulation/simulated_monitoring.hpp>
#include <accrue/sequential/simulation/simulation.hpp>
#include <accrue/sequential/simulation/trial_series.hpp>
