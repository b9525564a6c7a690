#pragma once

/// \file
/// The estimators of the variance between studies, tau squared.

#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
