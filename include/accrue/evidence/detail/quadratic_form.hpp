#pragma once

#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>

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

/// The form of studies with a design.
template <class Weighted>
    requires requires(Weighted const& weighted) { weighted.projection(); }
[[nodiscard]] auto quadratic_form_of(Weighted const& weighted)
    -> quadratic_form<typename Weighted::real_type> {
    using Real = typename Weighted::real_type;
    auto const projection = weighted.projection();
    return {projection.size() - projection.columns(),
            projection.sum([&](std::size_t const i) { return square(projection.residual(i)); }),
            projection.trace([](std::size_t) { return Real(1); }),
            projection.trace([&](std::size_t const i) { return weighted.variance(i); })};
}

/// The form of studies with one mean.
template <class Weighted>
[[nodiscard]] auto quadratic_form_of(Weighted const& weighted)
    -> quadratic_form<typename Weighted::real_type> {
    using Real = typename Weighted::real_type;
    auto const fit = weighted.fit();
    auto const sum = [&](auto const& function) { return weighted.sum(function); };
    using traces = dominated_traces<Real, decltype(sum)>;
    if (weighted.traces_cancel(fit.weights, fit.squared_weights)) {
        auto const dominated = traces(fit.weights, weighted.dominating_weight(fit.weights), sum);
        return {fit.degrees_of_freedom(), fit.squares, dominated.trace([](Real const&) { return Real(1); }),
                dominated.trace([](Real const& v) { return v; })};
    }
    Real const sampling = weighted.sum([](Real const& u, Real const& v) { return Real(u * v); });
    Real const pooled_sampling = weighted.sum([](Real const& u, Real const& v) { return Real(u * u * v); });
    return {fit.degrees_of_freedom(), fit.squares, fit.trace(), sampling - pooled_sampling / fit.weights};
}

template <evidence Evidence, class Weights>
[[nodiscard]] auto make_quadratic_form(Evidence const& studies, Weights const& weights,
                                       typename Evidence::real_type const& scale)
    -> quadratic_form<typename Evidence::real_type> {
    using Real = typename Evidence::real_type;
    auto total = quadratic_form<Real>{0, Real(0), Real(0), Real(0)};
    for (auto const& group : weighted_groups(studies, weights, scale)) {
        auto const form = quadratic_form_of(group);
        total.degrees_of_freedom += form.degrees_of_freedom;
        total.statistic += form.statistic;
        total.trace += form.trace;
        total.sampling += form.sampling;
    }
    return total;
}

template <evidence Evidence, class Weights>
[[nodiscard]] auto make_quadratic_form(Evidence const& studies, Weights const& weights) {
    return make_quadratic_form(studies, weights, typename Evidence::real_type(studies.smallest_variance()));
}

/// tr (P V)² of studies with a design.
template <class Weighted>
    requires requires(Weighted const& weighted) { weighted.projection(); }
[[nodiscard]] auto squared_trace_of(Weighted const& weighted, typename Weighted::real_type const& tau_squared)
    -> typename Weighted::real_type {
    using Real = typename Weighted::real_type;
    return weighted.projection().squared_trace(
        [&](std::size_t const i) { return Real(weighted.variance(i) + tau_squared); });
}

/// tr (P V)² of studies with one mean.
template <class Weighted>
[[nodiscard]] auto squared_trace_of(Weighted const& weighted, typename Weighted::real_type const& tau_squared)
    -> typename Weighted::real_type {
    using Real = typename Weighted::real_type;
    auto const sum = [&](auto const& function) { return weighted.sum(function); };
    Real const total = sum([](Real const& u, Real const&) { return u; });
    using traces = dominated_traces<Real, decltype(sum)>;
    if (weighted.traces_cancel(total, Real(sum([](Real const& u, Real const&) { return square(u); })))) {
        return traces(total, weighted.dominating_weight(total), sum).squared_trace([&](Real const& v) {
            return Real(v + tau_squared);
        });
    }
    auto const spread = [&](Real const& u, Real const& v) { return Real(u * (v + tau_squared)); };
    Real const squares = sum([&](Real const& u, Real const& v) { return square(spread(u, v)); });
    Real const cubes = sum([&](Real const& u, Real const& v) { return Real(u * square(spread(u, v))); });
    Real const mean = sum([&](Real const& u, Real const& v) { return Real(u * spread(u, v)); });
    return squares - 2 * cubes / total + square(Real(mean / total));
}

/// 2 tr (P V)² in relative weights: the variance of a quadratic form at tau² if effects are normal.
template <evidence Evidence, class Weights>
[[nodiscard]] auto quadratic_form_variance(Evidence const& studies, Weights const& weights,
                                           typename Evidence::real_type const& scale,
                                           typename Evidence::real_type const& tau_squared) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    Real trace(0);
    for (auto const& group : weighted_groups(studies, weights, scale)) {
        trace += squared_trace_of(group, tau_squared);
    }
    return 2 * trace;
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
