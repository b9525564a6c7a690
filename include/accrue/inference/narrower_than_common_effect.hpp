#pragma once

#include <accrue/inference/confidence_interval.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// Whether a result's confidence interval is narrower than the common-effect one of the same studies.
///
/// It can be, with `hartung_knapp` when the effects scatter less than their variances predict; a
/// random-effects analysis then claims more than one that assumes there is nothing to be uncertain about. Use
/// `hartung_knapp_floored` or report the common effect. Wiksten, Rücker & Schwarzer 2016, Stat Med
/// 35:2503-2515, doi:10.1002/sim.6879.
///
/// \throws invalid_input as `pool` does, and unless 0 < level < 1
template <real Real, study_set Range>
    requires pools<common_effect, Range>
[[nodiscard]] bool is_narrower_than_common_effect(basic_pooled<Real> const& result, Range const& estimates,
                                                  double const level) {
    return confidence_interval(result, level).width() <
           confidence_interval(pool(common_effect{}, estimates), level).width();
}

} // namespace accrue
