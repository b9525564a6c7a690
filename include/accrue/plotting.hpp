#pragma once

/// \file
/// Pictures, by way of gnuplot scripts. Opt-in: `accrue.hpp` does not include them, and nothing here needs
/// gnuplot to compile or run.

#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/gnuplot_script.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/plotting/picture.hpp>
#include <accrue/plotting/plot_of.hpp>
