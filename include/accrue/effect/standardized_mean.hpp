#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>

namespace accrue {

/// One group's mean in units of its standard deviation (metafor "SMN").
///
///     effect g = J(n-1) x̄/s,   variance = 1/n + g²/(2n)
///
/// (Hedges 1981, doi:10.3102/10769986006002107, for one sample). For means that are differences from a
/// reference value: the change in one group when only its SD is known. Throws `invalid_input` for a group
/// that is not valid; the exact J needs n above 2.
template <class Correction = hedges_exact>
struct standardized_mean {
    Correction correction{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        Real const g = correction(Real(group.n - 1)) * (group.mean / group.sd);
        return {g, (1 + g * g / 2) / group.n};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Correction>
standardized_mean(Correction) -> standardized_mean<Correction>;

} // namespace accrue
