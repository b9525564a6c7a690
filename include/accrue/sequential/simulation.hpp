#pragma once

/// \file
/// Reviews that are simulated, to measure what a procedure does.

#include <accrue/sequential/simulation/calibration.hpp>
#include <accrue/sequential/simulation/executor.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>
#include <accrue/sequential/simulation/simulation.hpp>
#include <accrue/sequential/simulation/trial_series.hpp>
