#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/settled.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/association.hpp>

#include <span>

namespace accrue {

/// The variance is taken at each study's own correlation.
struct own_correlation {
    template <real Real>
    [[nodiscard]] Real operator()(basic_association<Real> const& study) const {
        return study.correlation.value();
    }
};

/// The variance is taken at this correlation, whatever a study's own; what `average_correlation` becomes.
template <real Real>
struct basic_fixed_correlation {
    Real value; ///< between -1 and 1

    [[nodiscard]] Real operator()(basic_association<Real> const&) const {
        detail::require_correlation("fixed correlation", value);
        return value;
    }
};

using fixed_correlation = basic_fixed_correlation<double>;

/// The variance is taken at the studies' mean correlation, weighted by n, so that weights depend on the
/// studies' sizes alone (Hunter & Schmidt 2015, Methods of Meta-Analysis, doi:10.4135/9781483398105; metafor
/// "AV"). It needs the whole set, so a measure that holds it works through `effects` alone.
struct average_correlation {
    template <real Real>
    [[nodiscard]] basic_fixed_correlation<Real>
    for_studies(std::span<basic_association<Real> const> const studies) const {
        Real sum(0);
        Real n(0);
        for (auto const& study : studies) {
            sum = sum + study.n * study.correlation.value();
            n = n + study.n;
        }
        return {sum / n};
    }
};

/// A correlation as it is, with variance (1 - r²)²/(n-1) (Hedges 1989; metafor "COR").
///
/// Weights then grow with the observed correlation, which biases a pooled value away from zero; `fisher_z`
/// avoids this, and so does `raw_correlation{average_correlation{}}`. Throws `invalid_input` unless
/// -1 < r < 1 and n > 3.
template <class VarianceAt = own_correlation>
struct raw_correlation {
    VarianceAt variance_at{};

    template <real Real>
        requires detail::settled_for<basic_association<Real>, VarianceAt>
    [[nodiscard]] basic_estimate<Real> operator()(basic_association<Real> const& study) const {
        detail::check(study);
        Real const r = variance_at(study);
        return {study.correlation.value(), detail::square(Real((1 - r) * (1 + r))) / (study.n - 1)};
    }

    /// The measure for this set of studies, whose `variance_at` no longer depends on any other.
    template <class Trial>
        requires detail::needs_all_studies<VarianceAt, Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const studies) const {
        auto at = variance_at.for_studies(studies);
        return raw_correlation<decltype(at)>{at};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class VarianceAt>
raw_correlation(VarianceAt) -> raw_correlation<VarianceAt>;

} // namespace accrue
