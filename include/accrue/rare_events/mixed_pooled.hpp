#pragma once

#include <accrue/pooled.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace accrue {

/// What a generalised linear mixed model says of a set of trials: a `basic_pooled`, so that intervals,
/// p-values and predictions work on it, with its likelihood and how well that was integrated.
///
/// The effect is the mean of the true effects on the analysis scale (log odds ratio, log rate ratio, logit),
/// `tau_squared` their variance, and the variance is that of the estimated mean. Where no trial says
/// anything, or the likelihood rises for ever, the status is `undefined`. Conditional and unconditional forms
/// of a model have likelihoods of different data: compare those of one form alone.
template <real Real>
struct basic_mixed_pooled : basic_pooled<Real> {
    Real log_likelihood; ///< at the maximum, with all constants; NaN where there is none
    /// Decimal digits of the likelihood that the quadrature is sure of. Points are added until digits stop
    /// changing.
    int digits;
};

using mixed_pooled = basic_mixed_pooled<double>;

namespace detail {

template <real Real>
[[nodiscard]] basic_mixed_pooled<Real> as_pooled(mixed_maximum<Real> const& maximum, std::size_t const k) {
    if (maximum.status == status::undefined) {
        return {undefined_pooled<Real>(k), not_a_number<Real>(), 0};
    }
    int const digits = static_cast<int>(std::floor(-std::log10(static_cast<double>(maximum.error))));
    int const most = std::numeric_limits<Real>::digits10;
    return {{maximum.mean, maximum.variance, maximum.sd * maximum.sd, infinity<Real>(), k, maximum.status},
            maximum.log_likelihood,
            digits < most ? digits : most};
}

} // namespace detail
} // namespace accrue
