#pragma once

/// \file
/// The reference distributions.

#include <accrue/distribution/cauchy.hpp>
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/extreme_value.hpp>
#include <accrue/distribution/fisher_f.hpp>
#include <accrue/distribution/logistic.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
