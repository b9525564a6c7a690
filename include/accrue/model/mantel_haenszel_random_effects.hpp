#pragma once

#include <accrue/effect/effects.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/model/mantel_haenszel.hpp>
#include <accrue/model/q_about.hpp>
#include <accrue/name_of.hpp>
#include <accrue/pooled.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <span>
#include <string>
#include <type_traits>

namespace accrue {

/// The random-effects model of RevMan for Mantel-Haenszel analyses: the DerSimonian-Laird model with Q taken
/// about the Mantel-Haenszel estimate,
///
///     tau² = max(0, (sum w (y - MH)² - (k - 1)) / (sum w - sum w² / sum w)),   w = 1/v,
///
/// and then the inverse-variance mean with weights 1/(v + tau²). Single studies' effects follow the measure,
/// with its zero-cell policy; a policy that drops double-zero trials drops them here. Deeks & Higgins 2010,
/// Statistical algorithms in Review Manager 5.
template <class Measure = log_odds_ratio<>, class Uncertainty = wald>
struct mantel_haenszel_random_effects {
    Measure measure{};
    Uncertainty uncertainty{};

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "the Mantel-Haenszel random-effects model (" + name_of(uncertainty, "an uncertainty") + ")";
    }

    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <class Trial>
        requires detail::has_mantel_haenszel_sums<Measure, sato_variance, Trial>
    [[nodiscard]] auto operator()(std::span<Trial const> const trials) const {
        auto const centre = mantel_haenszel{measure}(trials);
        using Real = std::remove_const_t<decltype(centre.effect)>;
        if (centre.status == status::undefined) {
            return detail::undefined_pooled<Real>(trials.size());
        }
        auto const estimates = effects(measure, trials);
        auto const studies = detail::as_evidence(estimates);
        auto const common = inverse_variance_fit(studies, Real(0));
        Real const excess =
            q_about(centre.effect, estimates) - detail::from_count<Real>(common.degrees_of_freedom());
        bool const spread = common.k > 1 && excess > 0; // one trial has no Q but for rounding
        Real const tau_squared =
            spread ? Real(excess * common.unit / detail::residual_trace(studies, common)) : Real(0);
        auto const fit = inverse_variance_fit(studies, tau_squared);
        auto const precision = detail::precision_of(uncertainty, fit, studies, tau_squared);
        return basic_pooled<Real>{fit.mean, precision.variance, tau_squared, precision.degrees_of_freedom,
                                  fit.k,    centre.status};
    }
};

template <class Measure, class Uncertainty = wald>
mantel_haenszel_random_effects(Measure, Uncertainty = {})
    -> mantel_haenszel_random_effects<Measure, Uncertainty>;

} // namespace accrue
