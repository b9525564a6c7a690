#pragma once

#include <accrue/compiled.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/status.hpp>

namespace accrue {

/// The confidence interval effect ± c SE, with c the (1 + level)/2 quantile of t with the result's degrees of
/// freedom (the normal when they are infinite), on the analysis scale.
///
/// \param level the coverage, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_interval<Real> confidence_interval(basic_pooled<Real> const& result, double const level) {
    detail::require_between_0_and_1("level", level);
    Real const tail = (1 - Real(level)) / 2;
    Real const half_width =
        basic_student_t<Real>{result.degrees_of_freedom}.upper_quantile(tail) * standard_error(result);
    return {result.effect - half_width, result.effect + half_width};
}

/// The normal confidence interval of one study's estimate, as in a row of a forest plot.
///
/// \throws invalid_input unless 0 < level < 1 and the estimate is finite with positive variance
template <real Real>
[[nodiscard]] basic_interval<Real> confidence_interval(basic_estimate<Real> const& study,
                                                       double const level) {
    detail::check(study);
    return confidence_interval(
        basic_pooled<Real>{study.effect, study.variance, Real(0), detail::infinity<Real>(), 1, status::ok},
        level);
}

ACCRUE_HELD_BY_THE_LIBRARY(interval confidence_interval(pooled const&, double));
ACCRUE_HELD_BY_THE_LIBRARY(interval confidence_interval(estimate const&, double));

template <estimates Studies>
ACCRUE_REFUSED("pool the estimates first: confidence_interval(pool(model, estimates), level)",
               confidence_interval(Studies const&, double));
template <detail::contiguous Results>
    requires(!estimates<Results>)
ACCRUE_REFUSED("there are several results: confidence_interval(result, level) of each",
               confidence_interval(Results const&, double));
ACCRUE_REFUSED("there is no level: confidence_interval(result, 0.95)", confidence_interval(auto const&));

} // namespace accrue
