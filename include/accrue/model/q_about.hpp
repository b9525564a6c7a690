#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// Cochran's Q about a given effect: sum (y - effect)² / v. The heterogeneity that goes with
/// `mantel_haenszel` and `peto` is about their pooled effect, not about the inverse-variance mean.
///
/// \throws invalid_input as `pool` does
template <estimates Range, real Real>
[[nodiscard]] Real q_about(Real const& effect, Range const& estimates) {
    return detail::sum_over<Real>(detail::as_evidence(estimates).studies(), [&](auto const& study) {
        return Real(detail::square(Real(study.effect - effect)) / study.variance);
    });
}

} // namespace accrue
