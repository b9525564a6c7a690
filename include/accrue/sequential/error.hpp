#pragma once

/// \file
/// The error that a design may make: its size and sides, as types.

#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>
