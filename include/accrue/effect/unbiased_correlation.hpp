#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/olkin_pratt.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/association.hpp>

namespace accrue {

/// (1 - G²)²/(n-1), with the corrected correlation G put in (metafor "LS").
struct corrected_correlation_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_association<Real> const& study,
                                  detail::olkin_pratt_terms<Real> const& f) const {
        Real const& r = study.correlation.value();
        Real const u = (1 - r) * (1 + r);
        // 1 - G² = u - r² ((1 + u A)² - 1), G = r (1 + u A)
        Real const slope = (1 + u * f.estimate) / (2 * (study.n - 2));
        Real const rest = u * (1 - r * r * slope * (2 + u * slope));
        return rest * rest / (study.n - 1);
    }
};

/// G² - 1 + (n-3)/(n-2) (1-r²) 2F1(1, 1; n/2; 1-r²), unbiased for the variance of G (Olkin & Pratt 1958;
/// Hedges 1989, doi:10.1037/0021-9010.74.3.469; metafor "UB").
struct unbiased_correlation_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_association<Real> const& study,
                                  detail::olkin_pratt_terms<Real> const& f) const {
        Real const& r = study.correlation.value();
        Real const& n = study.n;
        Real const u = (1 - r) * (1 + r);
        // Written as u² times what is left when the ones and the terms of order u have cancelled on paper.
        Real const slope = (1 + u * f.estimate) / (2 * (n - 2));
        return u * u *
               ((r * r * f.estimate - 1 + (n - 3) * (1 + u * f.variance) * 2 / n) / (n - 2) +
                r * r * slope * slope);
    }
};

/// Correlation corrected for its bias towards zero (Olkin & Pratt 1958, doi:10.1214/aoms/1177706717; metafor
/// "UCOR").
///
///     effect G = r 2F1(1/2, 1/2; (n-2)/2; 1 - r²) ≈ r (1 + (1-r²)/(2 (n-2))),
///
/// with variance (1 - G²)²/(n-1) by default. Throws `invalid_input` unless -1 < r < 1 and n >= 5: below, the
/// hypergeometric function has no finite limit at r = 0.
template <class Variance = corrected_correlation_variance>
struct unbiased_correlation {
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_association<Real> const& study) const {
        detail::check(study);
        detail::require(study.n >= 5, "n", "at least 5 for an unbiased correlation", study.n);
        Real const& r = study.correlation.value();
        detail::olkin_pratt_terms<Real> const f = detail::olkin_pratt(study.n, r);
        Real const u = (1 - r) * (1 + r);
        return {r + r * u * (1 + u * f.estimate) / (2 * (study.n - 2)), variance(study, f)};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Variance>
unbiased_correlation(Variance) -> unbiased_correlation<Variance>;

} // namespace accrue
