#pragma once

/// \file
/// How much information is required, and how much has accrued.

#include <accrue/sequential/information/inflation.hpp>
#include <accrue/sequential/information/information_adjustment.hpp>
#include <accrue/sequential/information/information_size.hpp>
#include <accrue/sequential/information/information_target.hpp>
#include <accrue/sequential/information/information_time.hpp>
#include <accrue/sequential/information/next_trials.hpp>
#include <accrue/sequential/information/non_inferiority.hpp>
#include <accrue/sequential/information/required_trials.hpp>
