#pragma once

#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <string>

namespace accrue {

/// The Kenward-Roger variance and degrees of freedom, which allow for tau² being a REML estimate. With w =
/// 1/(v + tau²), w1, w2, w3 the sums of their powers, and the expected information on tau²
///
///     I = w2/2 - w3/w1 + (w2/w1)²/2,
///     variance = (1 + 2 (w3/w1 - (w2/w1)²) / I) / w1,
///     degrees of freedom = 2 I / (variance w2)².
///
/// In the traces of `weighted_fit`, 2 I = tr PP and w3/w1 - (w2/w1)² = (w2/w1 tr P - tr PP) / 2, which is how
/// they are computed. It is derived for `reml`; with another estimator of tau² it is a heuristic. A single
/// study carries no information on tau²: the Wald variance is returned.
///
/// Kenward & Roger 1997, Biometrics 53:983-997, doi:10.2307/2533558; Partlett & Riley 2017, Stat Med
/// 36:301-317, doi:10.1002/sim.7140.
struct kenward_roger {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Kenward-Roger"; }

    /// From sums over studies alone. Digits are lost where one study has nearly all the weight.
    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        return from_traces(fit, fit.trace(), fit.squared_trace());
    }

    /// With all digits, from the studies of the fit and its tau².
    template <evidence Evidence>
    [[nodiscard]] auto operator()(weighted_fit<real_t<Evidence>> const& fit, Evidence const& studies,
                                  real_t<Evidence> const& tau_squared) const
        -> basic_precision<real_t<Evidence>> {
        return from_traces(fit, detail::residual_trace(studies, fit, tau_squared),
                           detail::residual_squared_trace(studies, fit, tau_squared));
    }

  private:
    template <real Real>
    [[nodiscard]] static basic_precision<Real> from_traces(weighted_fit<Real> const& fit, Real const& trace,
                                                           Real const& squared_trace) {
        if (fit.k < 2 || !(trace > 0) || squared_trace < 0) {
            return wald{}(fit);
        }
        Real const mean_weight = fit.squared_weights / fit.weights;
        Real const inflation = 2 * mean_weight * trace / squared_trace - 1;
        return {inflation * fit.variance(), squared_trace / detail::square(Real(inflation * mean_weight))};
    }
};

} // namespace accrue
