#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>

namespace accrue {

// Predictors of a regression test: callable values from an estimate, or from an estimate and its number of
// participants. Any callable of yours with either signature will do.

/// The standard error: Egger's predictor. The intercept is the limit estimate, the slope is the bias per
/// standard error. Misleading where the standard error depends on the effect itself, as for log odds ratios
/// and standardised mean differences; then prefer a predictor from numbers of participants.
struct by_standard_error {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const& study) const {
        return standard_error(study);
    }
};

/// The variance: the predictor of PEESE (see `pet_peese`).
struct by_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const& study) const {
        return study.variance;
    }
};

/// The number of participants n. It grows with the study, so that the intercept is no limit estimate.
struct by_participants {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const&, Real const& n) const {
        return n;
    }
};

/// 1/n, which goes with the variance but not with the effect.
struct by_inverse_participants {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const&, Real const& n) const {
        return 1 / n;
    }
};

/// The square root of n. It grows with the study, so that the intercept is no limit estimate.
struct by_root_participants {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const&, Real const& n) const {
        return sqrt(n);
    }
};

/// 1/sqrt(n), which goes with the standard error but not with the effect.
struct by_inverse_root_participants {
    template <real Real>
    [[nodiscard]] Real operator()(basic_estimate<Real> const&, Real const& n) const {
        return 1 / sqrt(n);
    }
};

} // namespace accrue
