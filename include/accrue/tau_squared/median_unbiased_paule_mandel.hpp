#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The Paule-Mandel estimator of tau² with the median of chi²(k - 1) in place of its mean:
///
///     sum w (y - mean)² = median of chi²(k - 1),   w = 1/(v + tau²).
///
/// It is as often too large as too small, except for truncation at 0, where `paule_mandel` is too small more
/// often than not. Viechtbauer 2021, Median-unbiased estimators for the amount of heterogeneity in
/// meta-analysis, European Congress of Methodology, Valencia.
struct median_unbiased_paule_mandel {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "median-unbiased Paule-Mandel"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if (studies.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        auto const q = basic_chi_squared<Real>{detail::from_count<Real>(studies.degrees_of_freedom())};
        return detail::tau_squared_where_q_is(studies, q.upper_quantile(Real(0.5)), Real(tolerance),
                                              max_iterations);
    }

    /// The asymptotic standard error at tau², as for `paule_mandel`.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::paule_mandel_standard_error(studies, tau_squared);
    }
};

} // namespace accrue
