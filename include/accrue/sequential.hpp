#pragma once

/// \file
/// Trial sequential analysis: monitoring a growing body of trials.

#include <accrue/sequential/z_curve.hpp>
