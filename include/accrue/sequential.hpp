#pragma once

/// \file
/// Trial sequential analysis: monitoring a growing body of trials.

#include <accrue/sequential/asymmetric.hpp>
#include <accrue/sequential/boundaries.hpp>
#include <accrue/sequential/one_sided.hpp>
#include <accrue/sequential/spending.hpp>
#include <accrue/sequential/stopping_boundaries.hpp>
#include <accrue/sequential/two_sided.hpp>
#include <accrue/sequential/z_curve.hpp>
