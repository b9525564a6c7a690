#pragma once

// What the wrong calls are made with.

#include <accrue/estimate.hpp>
#include <accrue/report.hpp>

#include <list>
#include <vector>

using namespace accrue; // as in a reader's first program

inline std::vector<two_arms<events>> const trials;
inline std::vector<two_arms<arm>> const means;
inline std::vector<estimate> const studies;
inline std::list<estimate> const linked;
inline std::vector<double> const numbers;

template <class T>
T const& any();
