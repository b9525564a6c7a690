#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

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

namespace detail {

/// The precision of the mean of a fit to the studies at tau².
template <class Uncertainty, evidence Evidence>
[[nodiscard]] auto precision_of(Uncertainty const& uncertainty,
                                weighted_fit<typename Evidence::real_type> const& fit,
                                Evidence const& studies, typename Evidence::real_type const& tau_squared)
    -> basic_precision<typename Evidence::real_type> {
    if constexpr (requires { uncertainty(fit, studies, tau_squared); }) {
        return uncertainty(fit, studies, tau_squared);
    } else {
        return uncertainty(fit);
    }
}

} // namespace detail
} // namespace accrue
