#pragma once

/// \file
/// Simulation on several threads. Not part of accrue.hpp: programs that need no threads don't pay for them.

#include <accrue/sequential/parallel/on_threads.hpp>
