#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The variance-component estimator of tau²: the sample variance of the effects beyond their mean sampling
/// variance,
///
///     tau² = max(0, sum (y - ybar)² / (k - 1) - sum v / k).
///
/// Also called Cochran's or the analysis-of-variance estimator; it weights all studies alike. Closed form; 0
/// for a single study. Hedges 1983, Psychol Bull 93:388-395, doi:10.1037/0033-2909.93.2.388; Hedges & Olkin
/// 1985, Statistical Methods for Meta-Analysis, 189-203.
struct hedges_olkin {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Hedges-Olkin"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        return detail::moment_estimate(detail::make_quadratic_form(studies, equal_weights{}).excess());
    }

    /// The standard error of the estimate at tau² for normal effects.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::moment_standard_error(studies, equal_weights{}, tau_squared);
    }
};

} // namespace accrue
