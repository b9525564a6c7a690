#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/evidence.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/pool.hpp>

namespace accrue {

/// How much studies differ beyond sampling error, from Cochran's Q.
template <real Real>
struct basic_heterogeneity_summary {
    Real q;                  ///< sum of (y - mean)² / v about the common-effect mean
    Real degrees_of_freedom; ///< k - 1
    Real p_value;            ///< P(chi²(k - 1) >= q), the test that all true effects are equal
    Real i_squared; ///< max(0, (q - df) / q): share of the variation that is not sampling error, 0 to 1
    Real h_squared; ///< q / df; 1 when there is only one study
};

using heterogeneity_summary = basic_heterogeneity_summary<double>;

/// Cochran's Q, its test, and I² and H² computed from Q.
///
/// Cochran 1954, Biometrics 10:101-129, doi:10.2307/3001666; Higgins & Thompson 2002, Stat Med 21:1539-1558,
/// doi:10.1002/sim.1186. I² is a proportion here; it does not say how large the differences are, tau² does.
template <evidence Evidence>
[[nodiscard]] auto heterogeneity(Evidence const& studies)
    -> basic_heterogeneity_summary<typename Evidence::real_type> {
    using Real = typename Evidence::real_type;
    Real const q = inverse_variance_fit(studies, Real(0)).q();
    Real const degrees_of_freedom = detail::from_count<Real>(studies.size() - 1);
    return {q, degrees_of_freedom, basic_chi_squared<Real>{degrees_of_freedom}.survival(q),
            q > degrees_of_freedom ? Real((q - degrees_of_freedom) / q) : Real(0),
            studies.size() > 1 ? Real(q / degrees_of_freedom) : Real(1)};
}

/// `heterogeneity` of any contiguous range of estimates.
///
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <class Range>
requires requires(Range const& estimates) {
    detail::as_evidence(estimates);
}
[[nodiscard]] auto heterogeneity(Range const& estimates) {
    return heterogeneity(detail::as_evidence(estimates));
}

/// The diversity D² = 1 - V_common / V_random, the share of the random-effects variance that heterogeneity
/// causes; required information sizes are divided by 1 - D².
///
/// V_random is 1 / sum w with w = 1/(v + tau²) at the model's tau², whatever the model's uncertainty method:
/// the Hartung-Knapp variance would make D² reflect chance scatter. D² >= I² from the same tau². Wetterslev
/// et al. 2009, BMC Med Res Methodol 9:86, doi:10.1186/1471-2288-9-86.
///
/// \param model the model whose tau² is used, such as `random_effects{dersimonian_laird{}}`
/// \throws invalid_input as `pool` does
template <class Range, class Model>
[[nodiscard]] auto diversity(Range const& estimates, Model const& model) {
    auto const tau_squared = pool(model, estimates).tau_squared;
    auto const common = pool(common_effect{}, estimates).variance;
    auto const fit = [&] {
        if constexpr (evidence<Range>) {
            return inverse_variance_fit(estimates, tau_squared);
        } else {
            return inverse_variance_fit(detail::as_evidence(estimates), tau_squared);
        }
    }();
    return decltype(tau_squared)(1 - common / fit.variance());
}

} // namespace accrue
