#pragma once

#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>

#include <cstddef>

namespace accrue::detail {

/// What the method of moments needs of Q_a = sum a (y - mean_a)² with weights a that do not depend on tau².
/// With A = diag(a) and P = A - aa'/sum a,
///
///     E Q_a = tr P S + tau² tr P,   var Q_a = 2 tr (P V)²,   S = diag(v),  V = S + tau² I.
///
/// Everything is in relative weights, so that it scales as one. For `grouped_evidence` the forms of the
/// groups add up; with moderators P is the residual maker of the regression.
template <real Real>
struct quadratic_form {
    std::size_t degrees_of_freedom; ///< studies beyond those that it takes to estimate the means
    Real statistic;                 ///< Q_a
    Real trace;                     ///< tr P
    Real sampling;                  ///< tr P S

    /// The tau² at which the form's expectation is its value; not below 0. A single study says nothing of
    /// tau²: 0. NaN where squares of effects are too large for the type.
    [[nodiscard]] Real excess() const {
        Real const difference = statistic - sampling;
        return difference <= 0 || trace <= 0 ? Real(0) : Real(difference / trace);
    }
};

/// The form of studies with weights.
template <evidence Evidence, class Weights>
[[nodiscard]] auto make_quadratic_form(Evidence const& studies, Weights const& weights)
    -> quadratic_form<real_t<Evidence>> {
    using Real = real_t<Evidence>;
    auto total = quadratic_form<Real>{0, Real(0), Real(0), Real(0)};
    for (auto const& group : weighted_groups(studies, weights)) {
        auto const maker = group.residual_maker();
        if constexpr (requires { maker.squares(); }) {
            total.degrees_of_freedom += maker.degrees_of_freedom();
            total.statistic += maker.squares();
        } else {
            auto const fit = group.fit();
            total.degrees_of_freedom += fit.degrees_of_freedom();
            total.statistic += fit.squares;
        }
        total.trace += maker.trace();
        total.sampling += maker.trace([](Real const& v) { return v; });
    }
    return total;
}

/// sqrt(2 tr (P V)²) in relative weights: the standard deviation of a quadratic form at tau² if effects are
/// normal. V is taken in units of tr PV, so that no square of a variance over- or underflows: with them tr (P
/// V)² is between 1 over the rank of P and 1.
template <evidence Evidence, class Weights>
[[nodiscard]] auto quadratic_form_deviation(Evidence const& studies, Weights const& weights,
                                            quadratic_form<real_t<Evidence>> const& form,
                                            real_t<Evidence> const& tau_squared) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    Real const expected = form.sampling + tau_squared * form.trace;
    Real trace(0);
    for (auto const& group : weighted_groups(studies, weights)) {
        trace += group.residual_maker().squared_trace(
            [&](Real const& v) { return Real((v + tau_squared) / expected); });
    }
    return sqrt(Real(2 * trace)) * expected;
}

/// The standard error of the moment estimator of tau² from Q_a, at tau².
template <evidence Evidence, class Weights>
[[nodiscard]] auto moment_standard_error(Evidence const& studies, Weights const& weights,
                                         real_t<Evidence> const& tau_squared) -> real_t<Evidence> {
    auto const form = make_quadratic_form(studies, weights);
    return quadratic_form_deviation(studies, weights, form, tau_squared) / form.trace;
}

} // namespace accrue::detail
