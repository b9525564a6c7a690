#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <string>

namespace accrue {

/// `hartung_knapp` or `wald`, whichever gives the wider interval at `level`: the interval is then never
/// shorter than the one that ignores the uncertainty of tau², which `hartung_knapp` alone can be when effects
/// happen to scatter little. `hartung_knapp_floored` is the more cautious choice: it bounds the variance, but
/// keeps the quantile of t.
///
/// Which of the two it took can change with `level`; a p-value belongs to the one taken at this `level`.
///
/// Jackson, Law, Rücker & Schwarzer 2017, Stat Med 36:3923-3934, doi:10.1002/sim.7411 (their second hybrid).
struct hartung_knapp_hybrid {
    double level = 0.95; ///< coverage at which the two intervals are compared

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "hybrid Hartung-Knapp"; }

    /// \throws invalid_input unless 0 < level < 1
    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        detail::require_between_0_and_1("level", level);
        Real const tail = (1 - Real(level)) / 2;
        auto const half_width = [&](basic_precision<Real> const& precision) -> Real {
            return basic_student_t<Real>{precision.degrees_of_freedom}.upper_quantile(tail) *
                   sqrt(precision.variance);
        };
        auto const scattered = hartung_knapp{}(fit);
        auto const known = wald{}(fit);
        return half_width(scattered) < half_width(known) ? known : scattered;
    }
};

} // namespace accrue
