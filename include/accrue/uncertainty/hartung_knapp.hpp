#pragma once

#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <string>

namespace accrue {

/// The Hartung-Knapp-Sidik-Jonkman variance: the Wald variance times
///
///     q = sum w (y - mean)² / (k - 1),   w = 1/(v + tau²),
///
/// referred to t with k - 1 degrees of freedom. It lets the observed scatter say how well the mean is known,
/// and holds its error far better than Wald with few studies. When the effects scatter less than their
/// variances predict (q < 1) the interval is shorter than Wald's with t, sometimes shorter than the
/// common-effect one; `hartung_knapp_floored` forbids that. A single study has no scatter: the Wald variance
/// is returned.
///
/// Hartung & Knapp 2001, Stat Med 20:3875-3889, doi:10.1002/sim.1009; Sidik & Jonkman 2002, Stat Med
/// 21:3153-3159, doi:10.1002/sim.1262.
struct hartung_knapp {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Hartung-Knapp"; }

    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        if (fit.k < 2) {
            return wald{}(fit);
        }
        Real const degrees_of_freedom = detail::from_count<Real>(fit.k - 1);
        return {fit.squares / fit.weights / degrees_of_freedom, degrees_of_freedom};
    }
};

/// `hartung_knapp` with its factor never below 1, so that the interval is never shorter than Wald's with t.
///
/// Knapp & Hartung 2003, Stat Med 22:2693-2710, doi:10.1002/sim.1482.
struct hartung_knapp_floored {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "floored Hartung-Knapp"; }

    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        auto const scattered = hartung_knapp{}(fit);
        Real const least = fit.variance();
        return {scattered.variance < least ? least : scattered.variance, scattered.degrees_of_freedom};
    }
};

} // namespace accrue
