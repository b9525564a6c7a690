#pragma once

#include <accrue/association.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/estimate.hpp>

namespace accrue {

/// A correlation as it is, with variance (1 - r²)²/(n-1) (Hedges 1989; metafor "COR").
///
/// Weights then grow with the observed correlation, which biases a pooled value away from zero; `fisher_z`
/// avoids this. Throws `invalid_input` unless -1 < r < 1 and n > 3.
struct raw_correlation {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_association<Real> const& study) const {
        detail::check(study);
        Real const& r = study.correlation.value();
        return {r, detail::square(Real((1 - r) * (1 + r))) / (study.n - 1)};
    }

    static constexpr identity_back_transform back_transform{};
};

} // namespace accrue
