#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared/detail/in_larger_units.hpp>
#include <accrue/tau_squared/detail/negligible_variance.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

namespace detail {

/// The tau² >= 0 at which Q(tau²) = sum (y - mean)² / (v + tau²) has fallen to `target`; 0 when Q(0) is no
/// larger.
///
/// Q is sum z_j² / (a_j + tau²) in the eigenbasis of the restricted covariance, so 1 / Q is concave: Newton's
/// steps for 1 / Q = 1 / target, taken from 0, rise to the root and never pass it; from a start above the
/// root the first step falls below it. Where all variances are equal 1 / Q is linear and one step arrives.
template <evidence Evidence>
[[nodiscard]] auto tau_squared_where_q_is(Evidence const& studies, real_t<Evidence> const& target,
                                          real_t<Evidence> const& tolerance, int const limit,
                                          real_t<Evidence> const& start = real_t<Evidence>(0))
    -> tau_squared_estimate_of<Evidence> {
    using Real = real_t<Evidence>;
    if (should_be_in_larger_units(studies)) [[unlikely]] {
        return in_larger_units(studies, [&](auto const& larger) {
            return tau_squared_where_q_is(larger, target, tolerance, limit);
        });
    }
    Real tau_squared = start;
    Real const negligible = negligible_variance(studies);
    for (int iterations = 0; iterations < limit; ++iterations) {
        auto const fit = inverse_variance_fit(studies, Real(tau_squared + negligible));
        if (!is_finite(fit.squares)) [[unlikely]] {
            return {not_a_number<Real>(), iterations, status::undefined};
        }
        bool const is_falling = iterations == 0 && tau_squared > 0;
        if (!(detail::excess(fit, target) > 0 || is_falling)) {
            return {tau_squared, iterations, status::ok};
        }
        Real const step = newton_step(fit, target);
        tau_squared = tau_squared + step > 0 ? Real(tau_squared + step) : Real(0);
        if (magnitude(step) <= tolerance * fit.unit) {
            return {tau_squared, iterations + 1, status::ok};
        }
    }
    return {tau_squared, limit, status::not_converged};
}

ACCRUE_HELD_BY_THE_LIBRARY(auto tau_squared_where_q_is(study_evidence<double> const&, double const&,
                                                       double const&, int, double const&)
                               ->tau_squared_estimate);

/// sqrt(2 k² / (k - 1)) / sum w, w = 1/(v + tau²).
template <evidence Evidence>
[[nodiscard]] auto paule_mandel_standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared)
    -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    auto const weight = relative_weight_at(studies, tau_squared);
    Real const weights = studies.sum(weight);
    Real const k = from_count<Real>(studies.size());
    return k * sqrt(Real(2 / from_count<Real>(studies.degrees_of_freedom()))) * weight.unit / weights;
}

} // namespace detail

/// The Paule-Mandel estimator of tau², the solution of
///
///     sum w (y - mean)² = k - 1,   w = 1/(v + tau²),
///
/// or 0 when the left side is smaller already at tau² = 0. It makes the generalised Q equal its expectation,
/// is the same as the empirical Bayes estimator, and assumes no distribution of effects. The left side falls
/// strictly, so that the solution is unique; the iteration rises to it and can't pass it.
///
/// Paule & Mandel 1982, J Res Natl Bur Stand 87:377-385, doi:10.6028/jres.087.022; Morris 1983, J Am Stat
/// Assoc 78:47-55, doi:10.1080/01621459.1983.10477920; DerSimonian & Kacker 2007, Contemp Clin Trials
/// 28:105-114, doi:10.1016/j.cct.2006.04.004.
struct paule_mandel {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Paule-Mandel"; }

    /// \param guess the estimate from nearly the same studies, if there is one; it saves time and changes the
    /// result by no more than the tolerance
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies,
                                  real_t<Evidence> const& guess = real_t<Evidence>(0)) const
        -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if (studies.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        return detail::tau_squared_where_q_is(studies, detail::from_count<Real>(studies.degrees_of_freedom()),
                                              Real(tolerance), max_iterations, guess);
    }

    /// The asymptotic standard error at tau², sqrt(2 k² / (k - 1)) / sum w.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::paule_mandel_standard_error(studies, tau_squared);
    }
};

} // namespace accrue
