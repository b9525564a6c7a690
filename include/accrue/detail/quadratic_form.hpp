#pragma once

#include <accrue/evidence.hpp>
#include <accrue/weighting.hpp>

#include <cmath>
#include <cstddef>

namespace accrue::detail {

/// What the method of moments needs of Q_a = sum a (y - mean_a)² with weights a that do not depend on tau².
/// With A = diag(a) and P = A - aa'/sum a,
///
///     E Q_a = tr P S + tau² tr P,   var Q_a = 2 tr (P V)²,   S = diag(v),  V = S + tau² I.
///
/// Everything is in relative weights, so that it scales as one. For `grouped_evidence` the forms of the
/// groups add up.
template <real Real>
struct quadratic_form {
    std::size_t degrees_of_freedom; ///< k - 1
    Real statistic;                 ///< Q_a
    Real trace;                     ///< tr P
    Real sampling;                  ///< tr P S

    /// The tau² at which the form's expectation is its value; not below 0. A single study says nothing of
    /// tau²: 0.
    [[nodiscard]] Real excess() const {
        Real const difference = statistic - sampling;
        return difference > 0 && trace > 0 ? Real(difference / trace) : Real(0);
    }
};

template <evidence Evidence, class Weights>
[[nodiscard]] auto make_quadratic_form(Evidence const& studies, Weights const& weights,
                                       typename Evidence::real_type const& scale)
    -> quadratic_form<typename Evidence::real_type> {
    using Real = typename Evidence::real_type;
    if constexpr (requires { studies.groups(); }) {
        auto total = quadratic_form<Real>{0, Real(0), Real(0), Real(0)};
        for (auto const& group : studies.groups()) {
            auto const form = make_quadratic_form(group, weights, scale);
            total.degrees_of_freedom += form.degrees_of_freedom;
            total.statistic += form.statistic;
            total.trace += form.trace;
            total.sampling += form.sampling;
        }
        return total;
    } else {
        auto const weighted = weighted_studies<Evidence, Weights>(studies, weights, scale);
        auto const fit = weighted.fit();
        Real const sampling = weighted.sum([](Real const& u, Real const& v) { return Real(u * v); });
        Real const pooled_sampling =
            weighted.sum([](Real const& u, Real const& v) { return Real(u * u * v); });
        return {fit.degrees_of_freedom(), fit.squares, weighted.trace(fit),
                sampling - pooled_sampling / fit.weights};
    }
}

template <evidence Evidence, class Weights>
[[nodiscard]] auto make_quadratic_form(Evidence const& studies, Weights const& weights) {
    return make_quadratic_form(studies, weights, typename Evidence::real_type(studies.smallest_variance()));
}

/// 2 tr (P V)² in relative weights: the variance of a quadratic form at tau² if effects are normal.
template <evidence Evidence, class Weights>
[[nodiscard]] auto quadratic_form_variance(Evidence const& studies, Weights const& weights,
                                           typename Evidence::real_type const& scale,
                                           typename Evidence::real_type const& tau_squared) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    if constexpr (requires { studies.groups(); }) {
        Real total(0);
        for (auto const& group : studies.groups()) {
            total += quadratic_form_variance(group, weights, scale, tau_squared);
        }
        return total;
    } else {
        auto const weighted = weighted_studies<Evidence, Weights>(studies, weights, scale);
        auto const spread = [&](Real const& u, Real const& v) { return Real(u * (v + tau_squared)); };
        Real const total = weighted.sum([](Real const& u, Real const&) { return u; });
        Real const squares = weighted.sum([&](Real const& u, Real const& v) { return square(spread(u, v)); });
        Real const cubes =
            weighted.sum([&](Real const& u, Real const& v) { return Real(u * square(spread(u, v))); });
        Real const mean = weighted.sum([&](Real const& u, Real const& v) { return Real(u * spread(u, v)); });
        return 2 * (squares - 2 * cubes / total + square(Real(mean / total)));
    }
}

/// The standard error of the moment estimator of tau² from Q_a, at tau².
template <evidence Evidence, class Weights>
[[nodiscard]] auto moment_standard_error(Evidence const& studies, Weights const& weights,
                                         typename Evidence::real_type const& tau_squared) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    using std::sqrt;
    Real const scale = studies.smallest_variance();
    Real const trace = make_quadratic_form(studies, weights, scale).trace;
    return sqrt(quadratic_form_variance(studies, weights, scale, tau_squared)) / trace;
}

} // namespace accrue::detail
