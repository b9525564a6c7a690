#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>

#include <cstddef>

namespace accrue {

namespace detail {

/// -1/2 [ k log 2 pi + sum log(v + tau²) + q ]: the log-likelihood at tau² and the mean about which the
/// studies' weighted sum of squares is q.
template <evidence Evidence>
[[nodiscard]] auto log_likelihood_about(Evidence const& studies, real_t<Evidence> const& tau_squared,
                                        real_t<Evidence> const& q) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    Real const two_pi = 8 * atan(Real(1));
    Real const log_variances =
        studies.sum([&](Real const& variance) { return Real(log(Real(variance + tau_squared))); });
    return -(from_count<Real>(studies.size()) * log(two_pi) + log_variances + q) / 2;
}

} // namespace detail

/// The log-likelihood of the random-effects model at tau², with the mean at its maximum:
///
///     -1/2 [ k log 2 pi + sum log(v + tau²) + sum (y - mean)² / (v + tau²) ].
///
/// At tau² = 0 it is that of the common-effect model. A tau² that is NaN, as an undefined estimate's is,
/// gives NaN.
///
/// \throws invalid_input for no study, and a negative tau²
template <evidence Evidence>
[[nodiscard]] auto log_likelihood(Evidence const& studies, real_t<Evidence> const& tau_squared)
    -> real_t<Evidence> {
    detail::require_not_empty("evidence", studies.size());
    detail::require(!(tau_squared < 0), "tau_squared", "zero or positive", tau_squared);
    return detail::log_likelihood_about(studies, tau_squared, inverse_variance_fit(studies, tau_squared).q());
}

namespace detail {

/// log det(X'X) of the design: log k with one mean, the sum of the groups' log k with a mean for each group;
/// `moderated_evidence` knows its own.
template <evidence Evidence>
[[nodiscard]] auto log_design(Evidence const& studies) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    if constexpr (evidence_in_groups<Evidence>) {
        return sum_over<Real>(studies.groups(), [&](auto const& group) { return log_design(group); });
    } else if constexpr (requires { studies.log_design(); }) {
        return studies.log_design();
    } else {
        return log(from_count<Real>(studies.size()));
    }
}

} // namespace detail

/// The restricted log-likelihood at tau²: the density of k - 1 orthonormal contrasts between the effects,
///
///     -1/2 [ (k - 1) log 2 pi + sum log(v + tau²) + log sum w - log k + sum w (y - mean)² ],
///
/// with w = 1/(v + tau²). Unlike the full likelihood it counts the degree of freedom that the mean takes. Of
/// `grouped_evidence` it is the sum of the groups' own, as their contrasts are independent: k - groups
/// contrasts, log sum w and log k of each group. A tau² that is NaN gives NaN.
///
/// Some programs leave out log k, which does not depend on the data: add log(k)/2 to theirs. Restricted
/// likelihoods of models with different moderators are not comparable. Harville 1977, J Am Stat Assoc
/// 72:320-338, doi:10.1080/01621459.1977.10480998.
///
/// \throws invalid_input for no study, and a negative tau²
template <evidence Evidence>
[[nodiscard]] auto restricted_log_likelihood(Evidence const& studies, real_t<Evidence> const& tau_squared)
    -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    detail::require_not_empty("evidence", studies.size());
    detail::require(!(tau_squared < 0), "tau_squared", "zero or positive", tau_squared);
    Real const contrasts = detail::from_count<Real>(studies.degrees_of_freedom());
    Real const two_pi = 8 * atan(Real(1));
    auto const fit = inverse_variance_fit(studies, tau_squared);
    Real const log_variances =
        studies.sum([&](Real const& variance) { return Real(log(Real(variance + tau_squared))); });
    return -(contrasts * log(two_pi) + log_variances + fit.log_information() - detail::log_design(studies) +
             fit.q()) /
           2;
}

ACCRUE_HELD_BY_THE_LIBRARY(auto log_likelihood(study_evidence<double> const&, double const&)->double);
ACCRUE_HELD_BY_THE_LIBRARY(
    auto restricted_log_likelihood(study_evidence<double> const&, double const&)->double);

/// `log_likelihood` of any contiguous range of estimates.
///
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <estimates Range>
[[nodiscard]] auto log_likelihood(Range const& estimates, real_t<Range> const& tau_squared) {
    return log_likelihood(detail::as_evidence(estimates), tau_squared);
}

/// `restricted_log_likelihood` of any contiguous range of estimates.
///
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <estimates Range>
[[nodiscard]] auto restricted_log_likelihood(Range const& estimates, real_t<Range> const& tau_squared) {
    return restricted_log_likelihood(detail::as_evidence(estimates), tau_squared);
}

ACCRUE_REFUSE_ALL_BUT_STUDIES(log_likelihood(Studies const&, Rest const&...));
ACCRUE_REFUSE_ALL_BUT_STUDIES(restricted_log_likelihood(Studies const&, Rest const&...));

/// Criteria that weigh fit against the number of parameters; smaller is better, and only differences between
/// models of the same data mean anything.
template <real Real>
struct basic_information_criteria {
    Real aic;           ///< -2 log-likelihood + 2 p. Akaike 1974, doi:10.1109/TAC.1974.1100705
    Real bic;           ///< -2 log-likelihood + p log n. Schwarz 1978, doi:10.1214/aos/1176344136
    Real corrected_aic; ///< AIC for small samples. Hurvich & Tsai 1989, doi:10.1093/biomet/76.2.297; infinite
                        ///< when n <= p + 1
};

using information_criteria_summary = basic_information_criteria<double>;

/// AIC, BIC and the corrected AIC of a model with `parameters` fitted to `observations`.
///
/// The mean counts as a parameter, and tau² as another where it is estimated. Observations are the studies,
/// or the studies less one for a restricted likelihood.
template <real Real>
[[nodiscard]] basic_information_criteria<Real> information_criteria(Real const& log_likelihood,
                                                                    std::size_t const parameters,
                                                                    std::size_t const observations) {
    Real const p = detail::from_count<Real>(parameters);
    Real const n = detail::from_count<Real>(observations);
    Real const deviance = -2 * log_likelihood;
    Real const spare = n - p - 1;
    return {deviance + 2 * p, deviance + p * log(n),
            spare > 0 ? Real(deviance + 2 * p * (n / spare)) : detail::infinity<Real>()};
}

} // namespace accrue
