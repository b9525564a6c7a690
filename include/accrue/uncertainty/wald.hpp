#pragma once

#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/uncertainty/precision.hpp>

#include <string>

namespace accrue {

/// The variance of the pooled effect as if tau² were known: 1 / sum w with w = 1/(v + tau²), referred to the
/// normal.
///
/// Intervals are too short when there are few studies and tau² > 0, since the uncertainty of tau² is ignored.
/// DerSimonian & Laird 1986, Control Clin Trials 7:177-188, doi:10.1016/0197-2456(86)90046-2.
struct wald {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Wald"; }

    template <real Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        return {fit.variance(), detail::infinity<Real>()};
    }
};

} // namespace accrue
