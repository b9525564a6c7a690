#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Log ratio of standard deviations, treatment over control: does treatment change how much participants vary
/// (Nakagawa et al. 2015, doi:10.1111/2041-210X.12309)?
///
///     effect = ln(s1/s2) + 1/(2(n1-1)) - 1/(2(n2-1)),   variance = 1/(2(n1-1)) + 1/(2(n2-1)).
///
/// The two small terms make each log SD unbiased. Negative when treatment makes participants more alike;
/// `back_transform` gives the ratio of SDs. The means play no part. Assumes normal outcomes. Of participants
/// measured twice (`paired_arms`): ln(s1/s2) with variance (1 - r²)/(n-1).
///
/// Throws `invalid_input` for an arm that is not valid.
struct log_variability_ratio {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        auto const& [treatment, control] = trial;
        Real const first = 1 / (2 * (treatment.n - 1));
        Real const second = 1 / (2 * (control.n - 1));
        Real const bias = 2 * first * second * (control.n - treatment.n); // first - second
        return {detail::log_ratio(treatment.sd, control.sd) + bias, first + second};
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        detail::check(study);
        Real const& r = study.correlation.value();
        return {detail::log_ratio(study.treatment.sd, study.control.sd), (1 - r) * (1 + r) / (study.n - 1)};
    }

    static constexpr exponential_back_transform back_transform{};
};

} // namespace accrue
