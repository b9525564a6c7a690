#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <concepts>

namespace accrue {

/// An estimate of the between-study variance tau², in squared units of the effect, never negative.
///
/// tau, its square root, is the standard deviation of the true effects, on the scale of the effect: of 20
/// studies like these about 19 have true effects within 2 tau of the mean, if true effects are normal. Unlike
/// I² it does not change when studies become larger.
template <real Real>
struct basic_tau_squared_estimate {
    Real value;            ///< tau²; 0 also where the moment equation has a negative root
    int iterations;        ///< passes over the studies beyond the first; 0 for closed forms
    accrue::status status; ///< `not_converged` when the iteration limit came first
};

using tau_squared_estimate = basic_tau_squared_estimate<double>;

/// What an estimator makes of this evidence.
template <evidence Evidence>
using tau_squared_estimate_of = basic_tau_squared_estimate<real_t<Evidence>>;

/// An estimator of tau² is a callable value from evidence to a `basic_tau_squared_estimate`, such as `reml`;
/// your own will do, for lists (`study_evidence`) or for any evidence.
template <class Estimator, class Evidence>
concept tau_squared_estimator_for =
    evidence<Evidence> && requires(Estimator const& estimator, Evidence const& studies) {
        { estimator(studies).value } -> std::convertible_to<real_t<Evidence>>;
        { estimator(studies).status } -> std::convertible_to<status>;
    };

namespace detail {

/// An estimate by a formula whose value may be below 0, where it is cut off; `undefined` where the sums that
/// it is made of were too large for the type.
template <real Real>
[[nodiscard]] basic_tau_squared_estimate<Real> moment_estimate(Real const& value, int const iterations = 0,
                                                               accrue::status const reached = status::ok) {
    if (!is_finite(value)) [[unlikely]] {
        return {not_a_number<Real>(), iterations, status::undefined};
    }
    return {value > 0 ? value : Real(0), iterations, reached};
}

} // namespace detail
} // namespace accrue
