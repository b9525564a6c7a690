#pragma once

/// \file
/// The reference distributions.

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
