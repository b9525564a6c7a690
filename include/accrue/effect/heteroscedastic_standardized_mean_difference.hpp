#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Standardised mean difference, treatment minus control, for groups whose SDs differ (Bonett 2008,
/// doi:10.1037/1082-989X.13.2.99; metafor "SMDH").
///
///     sa² = (s1² + s2²)/2,   effect g = J(n1+n2-2) (x̄1 - x̄2)/sa,
///     variance = g² (s1⁴/(n1-1) + s2⁴/(n2-1))/(8 sa⁴) + (s1²/(n1-1) + s2²/(n2-1))/sa².
///
/// Its unit is the SD of a population with as many treated as untreated, whatever the group sizes. Throws
/// `invalid_input` for arms that are not valid.
template <class Correction = hedges_exact>
struct heteroscedastic_standardized_mean_difference {
    Correction correction{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        auto const& [treatment, control] = trial;
        Real const scale = treatment.sd < control.sd ? control.sd : treatment.sd;
        Real const first = detail::square(Real(treatment.sd / scale));
        Real const second = detail::square(Real(control.sd / scale));
        Real const average = (first + second) / 2;
        Real const d = (treatment.mean - control.mean) / scale / sqrt(average);
        Real const g = correction(Real(treatment.n + control.n - 2)) * d;
        Real const share1 = first / average;
        Real const share2 = second / average;
        return {g, g * g / 8 * (share1 * share1 / (treatment.n - 1) + share2 * share2 / (control.n - 1)) +
                       share1 / (treatment.n - 1) + share2 / (control.n - 1)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Correction>
heteroscedastic_standardized_mean_difference(Correction)
    -> heteroscedastic_standardized_mean_difference<Correction>;

} // namespace accrue
