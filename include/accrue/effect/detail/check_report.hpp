#pragma once

#include <accrue/error.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/association.hpp>
#include <accrue/report/correlation.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/log_rank.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/t_test.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace accrue::detail {

template <class Part>
void check_part(std::string_view const name, Part const& part) {
    for_part(name, [&] { check(part); });
}

template <class Arm>
void check(two_arms<Arm> const& trial) {
    check_part("treatment", trial.treatment);
    check_part("control", trial.control);
}

template <real Real>
void require_sample(std::string_view const name, Real const& n) {
    require(n >= 2 && is_finite(n), name, "at least 2 and finite", n);
}

template <real Real>
void check(basic_paired_arms<Real> const& study) {
    require_sample("n", study.n);
    check_part("treatment", study.treatment);
    check_part("control", study.control);
    require_correlation("correlation", study.correlation.value());
}

template <real Real>
void check(basic_two_sample_t<Real> const& study) {
    require_sample("n_treatment", study.n_treatment);
    require_sample("n_control", study.n_control);
    require_finite("t", study.t);
}

template <real Real>
void check(basic_paired_t<Real> const& study) {
    require_sample("n", study.n);
    require_finite("t", study.t);
}

template <real Real>
void check(basic_correlated_t<Real> const& study) {
    require_sample("n", study.n);
    require_finite("t", study.t);
    require_correlation("correlation", study.correlation.value());
}

template <real Real>
void check(basic_cohens_d<Real> const& study) {
    require_sample("n_treatment", study.n_treatment);
    require_sample("n_control", study.n_control);
    require_finite("d", study.d);
}

template <class Trial>
void check_trials(std::span<Trial const> const trials) {
    require_not_empty("trials", trials.size());
    for_each_study(trials.size(), [&](std::size_t const i) { check(trials[i]); });
}

} // namespace accrue::detail
