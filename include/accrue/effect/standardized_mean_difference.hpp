#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/as_cohens_d.hpp>
#include <accrue/effect/detail/settled.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/t_test.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// What the variance formulas of a standardised difference are made of.
template <real Real>
struct basic_standardized_difference {
    Real n_treatment; ///< participants under treatment
    Real n_control;   ///< participants under control
    Real d;           ///< difference over the estimated SD, uncorrected
    Real correction;  ///< the small-sample factor J
    Real effect;      ///< J d
};

/// 1/n1 + 1/n2 + g²/(2N), the large-sample variance with the corrected effect g put in (Hedges 1982,
/// doi:10.1037/0033-2909.92.2.490, eq. 8; metafor "LS", the default there).
struct large_sample_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        return 1 / x.n_treatment + 1 / x.n_control +
               x.effect * x.effect / (2 * (x.n_treatment + x.n_control));
    }
};

/// J² (1/n1 + 1/n2 + d²/(2N)), the variance of d carried over to g = J d (Borenstein et al. 2009,
/// doi:10.1002/9780470743386, ch. 4; metafor "LS2").
struct scaled_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        return x.correction * x.correction *
               (1 / x.n_treatment + 1 / x.n_control + x.d * x.d / (2 * (x.n_treatment + x.n_control)));
    }
};

/// 1/n1 + 1/n2 + (1 - (m-2)/(m J²)) g², m = N - 2, unbiased for the variance of g when J is exact (Hedges
/// 1983, doi:10.1037/0033-2909.93.2.388, eq. 9; metafor "UB", meta's `exact.smd`).
struct unbiased_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        Real const m = x.n_treatment + x.n_control - 2;
        // (1 - (m-2)/(m J²)) g² = (J² - 1 + 2/m) d², without dividing by J and multiplying by it again.
        Real const factor = hedges_exact{}.square_minus_one(m) + 2 / m;
        return 1 / x.n_treatment + 1 / x.n_control + factor * x.d * x.d;
    }
};

/// N/(n1 n2) + g²/(2 (N - 3.94)), as RevMan computes it, together with `hedges_approximate`.
struct revman_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        Real const n = x.n_treatment + x.n_control;
        detail::require(n > 4, "total n", "above 4 for RevMan's variance", n);
        return n / (x.n_treatment * x.n_control) + x.effect * x.effect / (2 * (n - Real(3.94)));
    }
};

/// J² m/(m-2) (1/n1 + 1/n2), m = N - 2, the exact variance of g when there is no difference; for tests of
/// that hypothesis (Hedges 1981; metafor "H0"). Needs N > 4.
struct null_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        Real const m = x.n_treatment + x.n_control - 2;
        detail::require(m > 2, "total n", "above 4 for the variance of no difference", Real(m + 2));
        return x.correction * x.correction * (m / (m - 2)) * (1 / x.n_treatment + 1 / x.n_control);
    }
};

/// 1/n1 + 1/n2 + δ²/(2N) with one δ for every study; what `average_effect_variance` becomes.
template <real Real>
struct basic_fixed_effect_variance {
    Real effect; ///< δ, the standardised difference

    [[nodiscard]] Real operator()(basic_standardized_difference<Real> const& x) const {
        detail::require_finite("effect in a variance", effect);
        return 1 / x.n_treatment + 1 / x.n_control + effect * effect / (2 * (x.n_treatment + x.n_control));
    }
};

using fixed_effect_variance = basic_fixed_effect_variance<double>;

/// The large-sample variance with the studies' mean effect, weighted by N, in place of each study's own, so
/// that weights depend on the studies' sizes alone (metafor "AV"; the argument is that of Hunter & Schmidt
/// 2015, doi:10.4135/9781483398105). It needs the whole set, so a measure that holds it works through
/// `effects` alone.
struct average_effect_variance {
    template <real Real>
    [[nodiscard]] basic_fixed_effect_variance<Real>
    for_studies(std::span<basic_standardized_difference<Real> const> const studies) const {
        Real sum(0);
        Real n(0);
        for (auto const& x : studies) {
            sum = sum + (x.n_treatment + x.n_control) * x.effect;
            n = n + x.n_treatment + x.n_control;
        }
        return {sum / n};
    }
};

namespace detail {

/// What a measure standardises such a report to.
template <report_of_two_means Report>
using standardized_of = basic_standardized_difference<
    std::remove_cvref_t<decltype(as_cohens_d(std::declval<Report const&>()).d)>>;

} // namespace detail

/// Standardised mean difference, treatment minus control, in units of the participants' standard deviation.
///
///     d = (x̄1 - x̄2) / sp,  sp² = ((n1-1) s1² + (n2-1) s2²) / (n1+n2-2),  effect = J(n1+n2-2) d.
///
/// By default Hedges' g with exact J (Hedges 1981, doi:10.3102/10769986006002107) and the large-sample
/// variance: the numbers of metafor's `escalc(measure = "SMD")`. Cohen's d is
/// `standardized_mean_difference{uncorrected{}}`, RevMan's is
/// `standardized_mean_difference{hedges_approximate{}, revman_variance{}}`. Positive when treatment has the
/// larger mean. Assumes one SD in both groups: see `glass_delta` and
/// `heteroscedastic_standardized_mean_difference` where that fails.
///
/// It takes the two arms, or what stands in their place in a report: the t statistic of the comparison
/// (d = t √(1/n1 + 1/n2)) or Cohen's d itself.
///
/// Throws `invalid_input` for an arm that is not valid; the usual cause of an implausibly large effect is a
/// standard error entered as an SD.
template <class Correction = hedges_exact, class Variance = large_sample_variance>
struct standardized_mean_difference {
    Correction correction{};
    Variance variance{};

    /// What the variance is made of: of two arms, a t statistic or Cohen's d.
    template <detail::report_of_two_means Report>
    [[nodiscard]] auto standardized(Report const& report) const {
        return corrected(detail::as_cohens_d(report));
    }

    template <detail::report_of_two_means Report>
        requires detail::settled_for<detail::standardized_of<Report>, Variance>
    [[nodiscard]] auto operator()(Report const& report) const {
        auto const x = standardized(report);
        return basic_estimate<std::remove_const_t<decltype(x.effect)>>{x.effect, variance(x)};
    }

    /// The measure for this set of studies, whose variance no longer depends on any other. Throws
    /// `invalid_input` with the index of a report that is not valid.
    template <detail::report_of_two_means Report>
        requires detail::needs_all_studies<Variance, detail::standardized_of<Report>>
    [[nodiscard]] auto for_studies(std::span<Report const> const reports) const {
        using x_type = detail::standardized_of<Report>;
        std::vector<x_type> all;
        all.reserve(reports.size());
        detail::for_each_study(reports.size(),
                               [&](std::size_t const i) { all.push_back(standardized(reports[i])); });
        auto settled = variance.for_studies(std::span<x_type const>(all));
        return standardized_mean_difference<Correction, decltype(settled)>{correction, settled};
    }

    static constexpr identity_back_transform back_transform{};

  private:
    template <real Real>
    [[nodiscard]] basic_standardized_difference<Real> corrected(basic_cohens_d<Real> const& x) const {
        Real const factor = correction(Real(x.n_treatment + x.n_control - 2));
        return {x.n_treatment, x.n_control, x.d, factor, factor * x.d};
    }
};

template <class Correction, class Variance = large_sample_variance>
standardized_mean_difference(Correction, Variance = {}) -> standardized_mean_difference<Correction, Variance>;

} // namespace accrue
