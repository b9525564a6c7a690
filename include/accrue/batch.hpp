#pragma once

/// \file
/// Many meta-analyses at once.

#include <accrue/batch/pool_each.hpp>
#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
