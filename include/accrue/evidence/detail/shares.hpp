#pragma once

#include <accrue/evidence/evidence.hpp>

#include <vector>

namespace accrue::detail {

/// w / sum w with w = 1 / (v + tau²).
template <real Real>
[[nodiscard]] std::vector<Real> inverse_variance_shares(study_evidence<Real> const& studies,
                                                        Real const& tau_squared) {
    Real const unit = studies.smallest_variance() + tau_squared;
    Real const total =
        studies.sum([&](Real const& variance) { return Real(unit / (variance + tau_squared)); });
    std::vector<Real> shares;
    shares.reserve(studies.size());
    for (auto const& study : studies.studies()) {
        shares.push_back(unit / (study.variance + tau_squared) / total);
    }
    return shares;
}

} // namespace accrue::detail
