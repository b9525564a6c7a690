#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <concepts>

namespace accrue {

/// How well a pooled effect is known: its variance, and the degrees of freedom of the t distribution that
/// goes with it (infinite for the normal). Methods of uncertainty turn a `weighted_fit` into this; one that
/// needs more of the studies than their fit can be called with (fit, studies, tau²) as well. Any function
/// will do, such as this one for three studies or more:
///
///     auto const cautious = [](weighted_fit<double> const& fit) {
///         return basic_precision<double>{fit.variance(), static_cast<double>(fit.k) - 2};
///     };
///     pool(random_effects{reml{}, cautious}, estimates)
template <real Real>
struct basic_precision {
    Real variance;           ///< of the pooled effect, in its squared units
    Real degrees_of_freedom; ///< of t; infinite for the normal
};

/// A method of uncertainty is a callable value from the fit of evidence at tau², or from (fit, studies,
/// tau²), to a `basic_precision`, such as `wald` and `kenward_roger`.
template <class Uncertainty, class Evidence>
concept uncertainty_for =
    evidence<Evidence> &&
    (
        requires(Uncertainty const& uncertainty, weighted_fit<real_t<Evidence>> const& fit,
                 Evidence const& studies, real_t<Evidence> const& tau_squared) {
            {
                uncertainty(fit, studies, tau_squared)
            } -> std::convertible_to<basic_precision<real_t<Evidence>>>;
        } ||
        requires(Uncertainty const& uncertainty, weighted_fit<real_t<Evidence>> const& fit) {
            { uncertainty(fit) } -> std::convertible_to<basic_precision<real_t<Evidence>>>;
        });

namespace detail {

/// The precision of the mean of a fit to the studies at tau².
template <class Uncertainty, evidence Evidence>
[[nodiscard]] auto precision_of(Uncertainty const& uncertainty, weighted_fit<real_t<Evidence>> const& fit,
                                Evidence const& studies, real_t<Evidence> const& tau_squared)
    -> basic_precision<real_t<Evidence>> {
    if constexpr (requires { uncertainty(fit, studies, tau_squared); }) {
        return uncertainty(fit, studies, tau_squared);
    } else {
        return uncertainty(fit);
    }
}

} // namespace detail
} // namespace accrue
