#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/pooled_sd.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/t_test.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue::detail {

// What reports of two means come to, in units of the pooled standard deviation: the difference of two arms,
// or what stands in its place, t √(1/n1 + 1/n2) or Cohen's d itself.

template <real Real>
basic_cohens_d<Real> as_cohens_d(two_arms<basic_arm<Real>> const& trial) {
    check(trial);
    auto const& [treatment, control] = trial;
    return {treatment.n, control.n, (treatment.mean - control.mean) / pooled_sd(treatment, control)};
}

template <real Real>
basic_cohens_d<Real> as_cohens_d(basic_two_sample_t<Real> const& report) {
    check(report);
    return {report.n_treatment, report.n_control,
            report.t * sqrt(Real(1 / report.n_treatment + 1 / report.n_control))};
}

template <real Real>
basic_cohens_d<Real> as_cohens_d(basic_cohens_d<Real> const& report) {
    check(report);
    return report;
}

template <class Report>
concept report_of_two_means = requires(Report const& report) { as_cohens_d(report); };

} // namespace accrue::detail
