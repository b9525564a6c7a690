#pragma once

#include <accrue/evidence/detail/inverse_variance_weight.hpp>
#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>

namespace accrue::detail {

/// The sum over groups of a function of their residual makers. Not inlined, and what it needs of a fit is
/// passed by value, so that fits stay in registers where it is not needed.
template <class Evidence, class Weight, class Trace>
[[nodiscard, gnu::noinline, gnu::cold]] auto trace_of_makers(Evidence const& studies, Weight const weight,
                                                             Trace const& trace) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    return sum_over<Real>(weighted_groups(studies, weight),
                          [&](auto const& group) { return trace(group.residual_maker()); });
}

// The traces of the residual maker of a fit with weights 1 / (v + tau²), in powers of its unit. Estimators
// that pool need them at every step, so this is the one way round `residual_maker`: the fit's own sums, where
// no study dominates, cost no further pass over the studies and stay in registers.

/// The relative tr P = sum u - sum u² / sum u, also where one study has nearly all the weight.
template <evidence Evidence, class Fit>
[[nodiscard, gnu::always_inline]] inline auto
residual_trace(Evidence const& studies, Fit const& fit,
               real_t<Evidence> const& tau_squared = real_t<Evidence>(0)) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    if (fit.traces_cancel()) [[unlikely]] {
        return trace_of_makers(studies, inverse_variance_weight<Real>{fit.unit, tau_squared},
                               [](auto const& maker) { return maker.trace(); });
    }
    return fit.trace();
}

/// (k - p) / tr P at weights 1/v, the typical sampling variance that tau² is measured against; of a fit with
/// tau² = 0.
template <evidence Evidence, class Fit>
[[nodiscard]] auto typical_variance_of(Evidence const& studies, Fit const& common) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    return from_count<Real>(studies.degrees_of_freedom()) * common.unit / residual_trace(studies, common);
}

/// The relative tr PP likewise.
template <evidence Evidence, class Fit>
[[nodiscard, gnu::always_inline]] inline auto residual_squared_trace(Evidence const& studies, Fit const& fit,
                                                                     real_t<Evidence> const& tau_squared)
    -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    if (fit.traces_cancel()) [[unlikely]] {
        return trace_of_makers(studies, inverse_variance_weight<Real>{fit.unit, tau_squared},
                               [](auto const& maker) { return maker.squared_trace(); });
    }
    return fit.squared_trace();
}

} // namespace accrue::detail
