#pragma once

/// \file
/// Stopping boundaries, their properties, and inference that allows for stopping by them.

#include <accrue/sequential/boundary/any_futility.hpp>
#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/boundaries_with_futility.hpp>
#include <accrue/sequential/boundary/conditional_power.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/futility.hpp>
#include <accrue/sequential/boundary/harm.hpp>
#include <accrue/sequential/boundary/haybittle_peto.hpp>
#include <accrue/sequential/boundary/mean_unbiased.hpp>
#include <accrue/sequential/boundary/obrien_fleming.hpp>
#include <accrue/sequential/boundary/optimum_wang_tsiatis.hpp>
#include <accrue/sequential/boundary/ordered_inference.hpp>
#include <accrue/sequential/boundary/pampallona_tsiatis.hpp>
#include <accrue/sequential/boundary/pocock.hpp>
#include <accrue/sequential/boundary/predictive_power.hpp>
#include <accrue/sequential/boundary/repeated_inference.hpp>
#include <accrue/sequential/boundary/result_ordering.hpp>
#include <accrue/sequential/boundary/sequential_inference.hpp>
#include <accrue/sequential/boundary/stagewise.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/boundary/wang_tsiatis.hpp>
