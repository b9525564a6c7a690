#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/association.hpp>

#include <cmath>

namespace accrue {

namespace detail {

struct hyperbolic_tangent {
    template <real Real>
    Real operator()(Real const& x) const {
        using std::tanh;
        return tanh(x);
    }
};

} // namespace detail

/// Fisher's z of a correlation, effect = atanh r = ln((1 + r)/(1 - r)) / 2, variance = 1/(n-3).
/// Fisher 1921, Metron 1:3-32; 1915, Biometrika 10:507-521, doi:10.1093/biomet/10.4.507.
///
/// The usual scale to pool correlations on: its variance does not depend on the correlation, and intervals
/// stay inside (-1, 1) once `back_transform` (tanh) has taken them back. Has the sign of the correlation.
/// Throws `invalid_input` unless -1 < r < 1 and n > 3.
struct fisher_z {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_association<Real> const& study) const {
        using std::atanh;
        detail::check(study);
        return {atanh(study.correlation.value()), 1 / (study.n - 3)};
    }

    static constexpr back_transformation<detail::hyperbolic_tangent> back_transform{};
};

} // namespace accrue
