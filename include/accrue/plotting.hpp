#pragma once

/// \file
/// Pictures of results as SVG documents, without another program: `svg(plot_of(names, rows))`.

#include <accrue/plotting/baujat_plot.hpp>
#include <accrue/plotting/bubble_plot.hpp>
#include <accrue/plotting/canvas.hpp>
#include <accrue/plotting/chart.hpp>
#include <accrue/plotting/confidence_sequence_plot.hpp>
#include <accrue/plotting/density_plot.hpp>
#include <accrue/plotting/drawing.hpp>
#include <accrue/plotting/e_process_plot.hpp>
#include <accrue/plotting/effect_monitoring_plot.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/funnel_plot.hpp>
#include <accrue/plotting/labbe_plot.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/radial_plot.hpp>
#include <accrue/plotting/svg.hpp>
