#pragma once

#include <accrue/platform.hpp>

/// \file
/// The library's version: `ACCRUE_VERSION` is major * 10000 + minor * 100 + patch, for `#if`.

#define ACCRUE_VERSION_MAJOR 0
#define ACCRUE_VERSION_MINOR 1
#define ACCRUE_VERSION_PATCH 0
#define ACCRUE_VERSION (ACCRUE_VERSION_MAJOR * 10000 + ACCRUE_VERSION_MINOR * 100 + ACCRUE_VERSION_PATCH)
