#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// A pair of lines in a funnel plot: the effects with a given two-sided p-value, for each standard error,
///
///     centre ± z se,   z the upper p/2 quantile of the normal distribution.
///
/// About the effect of no difference, with p-values 0.1, 0.05 and 0.01, the lines are the contours of a
/// contour-enhanced funnel plot: where studies seem to be missing in the region without significance,
/// publication bias is the likelier reason; where they are missing in significant regions, another is. About
/// the pooled effect, with p = 0.05, they are the funnel's pseudo 95 % limits.
///
/// Peters, Sutton, Jones, Abrams & Rushton 2008, J Clin Epidemiol 61:991-996,
/// doi:10.1016/j.jclinepi.2007.11.010.
struct funnel_contour {
    double p_value = 0.05; ///< two-sided
    double centre = 0;     ///< on the scale of the effects

    /// The effects between which the p-value is larger, at a standard error (0 gives the tip of the funnel).
    ///
    /// \throws invalid_input for a standard error that is negative or not finite, or a p-value outside (0, 1)
    template <real Real>
    [[nodiscard]] basic_interval<Real> at(Real const& standard_error) const {
        detail::require_not_negative("standard error", standard_error);
        detail::require_finite("centre", centre);
        detail::require_between_0_and_1("p_value", p_value);
        Real const half_width = basic_normal<Real>::upper_quantile(Real(Real(p_value) / 2)) * standard_error;
        return {Real(centre) - half_width, Real(centre) + half_width};
    }

    /// Whether a study lies between the lines: its effect does not differ from the centre at this level.
    ///
    /// \throws invalid_input also for an effect or variance that is unusable
    template <real Real>
    [[nodiscard]] bool contains(basic_estimate<Real> const& study) const {
        detail::check(study);
        return at(standard_error(study)).contains(study.effect);
    }
};

} // namespace accrue
