#pragma once

#include <vector>

/// Results of everything that is computed several numbers at a time, by a unit of its own.
std::vector<double> plain_results();
std::vector<double> special_results(); ///< by a unit that was compiled for another processor
