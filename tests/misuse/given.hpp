#pragma once

// What the wrong calls of this folder are made with.

#include <accrue/effect.hpp>
#include <accrue/estimate.hpp>
#include <accrue/model.hpp>
#include <accrue/report.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <list>
#include <vector>

using namespace accrue;

inline std::vector<two_arms<events>> const trials{{{1, 10}, {2, 10}}, {{3, 10}, {4, 10}}};
inline std::vector<two_arms<arm>> const means{{{10, 1.0, 2.0}, {10, 2.0, 2.0}}};
inline std::vector<estimate> const estimates_given{{0.1, 0.2}, {0.3, 0.4}};
inline std::list<estimate> const linked{{0.1, 0.2}, {0.3, 0.4}};
inline std::vector<double> const numbers{0.1, 0.2};
