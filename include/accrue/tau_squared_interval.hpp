#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>

#include <type_traits>

namespace accrue {

/// A confidence set for tau², in squared units of the effect.
///
/// Two outcomes are not errors but must be read as what they are. `one_sided`: the data don't exclude tau² =
/// 0, so that `lower` is the boundary and not a limit. `empty`: the effects differ even less than sampling
/// error alone makes likely, so that no tau² >= 0 is compatible with them at this level; `lower` and `upper`
/// are then 0.
template <real Real>
struct basic_tau_squared_interval {
    Real lower;
    Real upper;            ///< infinite when the data set no limit
    bool one_sided;        ///< 0 is in the set
    bool empty;            ///< no tau² >= 0 is in the set
    accrue::status status; ///< `not_converged` if an iteration was cut short, `undefined` for a single study
};

/// The Q-profile method for confidence sets of tau²: those tau² at which
///
///     Q(tau²) = sum (y - mean)² / (v + tau²),   which has a chi²(k - 1) distribution at the true tau²,
///
/// lies between the chi² quantiles of (1 - level)/2 and (1 + level)/2. The coverage is exact for normal
/// effects with known variances, and the set does not depend on how tau² was estimated: it need not contain
/// an estimate from another method. Viechtbauer 2007, Stat Med 26:37-52, doi:10.1002/sim.2514.
struct q_profile {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies, for each limit

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies, double const level) const
        -> basic_tau_squared_interval<typename Evidence::real_type> {
        using Real = typename Evidence::real_type;
        Real const tail = (1 - Real(level)) / 2;
        auto const q = basic_chi_squared<Real>{detail::from_count<Real>(studies.size() - 1)};
        Real const greatest = q.upper_quantile(tail);
        Real const least = q.quantile(tail);
        auto const lower = detail::tau_squared_where_q_is(studies, greatest, Real(tolerance), max_iterations);
        auto const upper = detail::tau_squared_where_q_is(studies, least, Real(tolerance), max_iterations);
        Real const without = inverse_variance_fit(studies, Real(0)).q();
        return {lower.value, upper.value, !(without > greatest || without < least), without < least,
                lower.status == status::ok ? upper.status : lower.status};
    }
};

/// A confidence set for tau²: `tau_squared_interval(q_profile{}, estimates, 0.95)`.
///
/// A single study says nothing of tau²: the set is then all of [0, infinity), with the status `undefined`.
///
/// \param method a callable value (evidence, level) -> `basic_tau_squared_interval`, such as `q_profile`
/// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study), or
/// unless 0 < level < 1
template <class Method, class Range>
[[nodiscard]] auto tau_squared_interval(Method const& method, Range const& estimates, double const level) {
    detail::require_between_0_and_1("level", level);
    return detail::with_evidence(
        estimates,
        [&](auto const& studies)
            -> basic_tau_squared_interval<typename std::remove_cvref_t<decltype(studies)>::real_type> {
            using Real = typename std::remove_cvref_t<decltype(studies)>::real_type;
            if (studies.size() < 2) {
                return {Real(0), detail::infinity<Real>(), true, false, status::undefined};
            }
            return method(studies, level);
        });
}

} // namespace accrue
