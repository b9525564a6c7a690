#pragma once

/// \file
/// Small-study effects: tests of funnel plot asymmetry, trim and fill, fail-safe numbers, regression and
/// selection models that adjust for them.

#include <accrue/small_study/arcsine_test.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/deeks_test.hpp>
#include <accrue/small_study/dispersion.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/excess_significance.hpp>
#include <accrue/small_study/fail_safe_n.hpp>
#include <accrue/small_study/funnel_contour.hpp>
#include <accrue/small_study/harbord_test.hpp>
#include <accrue/small_study/limit_meta_analysis.hpp>
#include <accrue/small_study/macaskill_test.hpp>
#include <accrue/small_study/p_curve.hpp>
#include <accrue/small_study/p_uniform_star.hpp>
#include <accrue/small_study/p_value_side.hpp>
#include <accrue/small_study/pet_peese.hpp>
#include <accrue/small_study/peters_test.hpp>
#include <accrue/small_study/predictor.hpp>
#include <accrue/small_study/pustejovsky_rodgers_test.hpp>
#include <accrue/small_study/schwarzer_test.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/small_study/selection_weights.hpp>
#include <accrue/small_study/trim_and_fill.hpp>
