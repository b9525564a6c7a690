#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>

#include <string>
#include <vector>

namespace accrue {

/// The inverse-variance model with one true effect behind all studies (also called 'fixed effect'):
///
///     effect = sum(y/v) / sum(1/v),   variance = 1 / sum(1/v),
///
/// referred to the normal distribution. Differences between studies are sampling error by assumption; without
/// that assumption it estimates the average effect in these studies, and its variance is valid for that
/// reading only. Birge 1932, Phys Rev 40:207-227, doi:10.1103/PhysRev.40.207.
struct common_effect {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "a common-effect model"; }

    template <evidence_with_mean Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> basic_pooled<real_t<Evidence>>;

    /// Each study's share in the pooled effect; the shares add up to 1.
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return detail::weighted_studies(studies, detail::relative_weight_at(studies, Real(0))).shares();
    }
};

template <evidence_with_mean Evidence>
auto common_effect::operator()(Evidence const& studies) const -> basic_pooled<real_t<Evidence>> {
    using Real = real_t<Evidence>;
    auto const fit = inverse_variance_fit(studies, Real(0));
    return {fit.mean, fit.variance(), Real(0), detail::infinity<Real>(), fit.k, status::ok};
}

ACCRUE_HELD_BY_THE_LIBRARY(auto common_effect::operator()(study_evidence<double> const&) const->pooled);

} // namespace accrue
