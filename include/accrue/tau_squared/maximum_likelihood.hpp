#pragma once

#include <accrue/compiled.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/tau_squared/detail/in_larger_units.hpp>
#include <accrue/tau_squared/detail/likelihood_maximum.hpp>
#include <accrue/tau_squared/detail/score_cubes.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The maximum likelihood estimator of tau²: the global maximum over tau² >= 0 of
///
///     -1/2 [ sum log(v + tau²) + sum w (y - mean)² ],   w = 1/(v + tau²),
///
/// the normal likelihood with the mean at its own maximum. Its score is zero where sum w² (y - mean)² = sum
/// w. It is biased downwards, as it does not count the degree of freedom that the mean takes; `reml` does.
/// Convergence is guaranteed as for `reml`.
///
/// Hardy & Thompson 1996, Stat Med 15:619-629,
/// <https://doi.org/10.1002/(SICI)1097-0258(19960330)15:6%3C619%3A%3AAID-SIM188%3E3.0.CO%3B2-A>.
struct maximum_likelihood {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "maximum likelihood"; }

    /// \param guess the estimate from nearly the same studies, if there is one; it saves time and changes the
    /// result by no more than the tolerance
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies,
                                  real_t<Evidence> const& guess = real_t<Evidence>(0)) const
        -> tau_squared_estimate_of<Evidence>;

    /// The likelihood that the estimate maximises, at tau².
    template <evidence Evidence>
    [[nodiscard]] static auto log_likelihood(Evidence const& studies, real_t<Evidence> const& tau_squared) {
        return accrue::log_likelihood(studies, tau_squared);
    }

    /// The asymptotic standard error at tau² from the expected information, sqrt(2 / sum w²).
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const
        -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, tau_squared);
        return fit.unit * sqrt(Real(2 / fit.squared_weights));
    }
};

namespace detail {

/// The score of the likelihood at tau².
template <evidence Evidence>
[[nodiscard, gnu::always_inline]] inline auto likelihood_score(Evidence const& studies,
                                                               real_t<Evidence> const& tau_squared)
    -> score_terms<real_t<Evidence>> {
    using Real = real_t<Evidence>;
    auto const fit = inverse_variance_fit(studies, tau_squared);
    return {tau_squared,
            fit.unit,
            fit.score_squares(),
            fit.weights,
            score_cubes(fit),
            fit.squared_weights,
            excess(fit, from_count<Real>(fit.degrees_of_freedom())),
            fit.q()};
}

} // namespace detail

template <evidence Evidence>
auto maximum_likelihood::operator()(Evidence const& studies, real_t<Evidence> const& guess) const
    -> tau_squared_estimate_of<Evidence> {
    using Real = real_t<Evidence>;
    if (detail::should_be_in_larger_units(studies)) [[unlikely]] {
        return detail::in_larger_units(studies, [&](auto const& larger) { return (*this)(larger); });
    }
    auto const terms = [&](Real const& tau_squared) {
        return detail::likelihood_score(studies, tau_squared);
    };
    return detail::likelihood_maximum(studies, *this, terms, guess);
}

ACCRUE_HELD_BY_THE_LIBRARY(auto maximum_likelihood::operator()(study_evidence<double> const&, double const&)
                               const->tau_squared_estimate);

} // namespace accrue
