#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/effect/spread.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Difference of means, treatment minus control, in the outcome's units.
///
///     effect = x̄1 - x̄2,   variance = s1²/n1 + s2²/n2,
///
/// with each group's own SD, or the pooled one in both places (`mean_difference{pooled_sds{}}`). Positive
/// when treatment has the larger mean; whether that is good depends on the outcome. All studies must have
/// measured it on one scale: where they did not, use `standardized_mean_difference`.
///
/// Of participants measured twice (`paired_arms`: crossover trials, change from baseline) the variance is
/// (s1² + s2² - 2 r s1 s2)/n, whatever `Spread` is.
///
/// Throws `invalid_input` for an arm that is not valid (n below 2, SD not positive, anything not finite).
template <class Spread = separate_sds>
struct mean_difference {
    Spread spread{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        auto const [treatment, control] = spread(trial);
        return {treatment.mean - control.mean,
                treatment.sd * treatment.sd / treatment.n + control.sd * control.sd / control.n};
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        Real const sd = sd_of_difference(study);
        return {study.treatment.mean - study.control.mean, sd * sd / study.n};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Spread>
mean_difference(Spread) -> mean_difference<Spread>;

} // namespace accrue
