#pragma once

#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>
#include <accrue/weighted_fit.hpp>

namespace accrue {

/// The Kenward-Roger variance and degrees of freedom, which allow for tau² being a REML estimate. With w =
/// 1/(v + tau²), w1, w2, w3 the sums of their powers, and the expected information on tau²
///
///     I = w2/2 - w3/w1 + (w2/w1)²/2,
///     variance = (1 + 2 (w3/w1 - (w2/w1)²) / I) / w1,
///     degrees of freedom = 2 I / (variance w2)².
///
/// It is derived for `reml`; with another estimator of tau² it is a heuristic. A single study carries no
/// information on tau²: the Wald variance is returned.
///
/// Kenward & Roger 1997, Biometrics 53:983-997, doi:10.2307/2533558; Partlett & Riley 2017, Stat Med
/// 36:301-317, doi:10.1002/sim.7140.
struct kenward_roger {
    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        Real const information = fit.squared_trace() / 2;
        if (fit.k < 2 || !(information > 0)) {
            return wald{}(fit);
        }
        Real const mean_weight = fit.squared_weights / fit.weights;
        Real const spread = fit.cubed_weights / fit.weights - mean_weight * mean_weight;
        Real const inflation = 1 + 2 * spread / information;
        return {inflation * fit.variance(), 2 * information / detail::square(Real(inflation * mean_weight))};
    }
};

} // namespace accrue
