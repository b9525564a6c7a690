#pragma once

#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <string>

namespace accrue {

/// The `wald` variance referred to t with k - 1 degrees of freedom: a simple allowance for tau² being
/// estimated. A single study has no degrees of freedom: its interval is the normal one.
///
/// Follmann & Proschan 1999, Biometrics 55:732-737, doi:10.1111/j.0006-341X.1999.00732.x.
struct wald_t {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Wald with t"; }

    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        if (fit.k < 2) {
            return wald{}(fit);
        }
        return {fit.variance(), detail::from_count<Real>(fit.degrees_of_freedom())};
    }
};

} // namespace accrue
