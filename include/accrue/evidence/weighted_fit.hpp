#pragma once

#include <accrue/real.hpp>

#include <cstddef>

namespace accrue {

/// What weighted least squares with one mean leaves: the mean, the sums of powers of the weights and the sums
/// of squares about the mean.
///
/// Every moment and likelihood formula of this library is a combination of these. In matrix terms, with
/// W = diag(w) and P = W - W11'W / 1'W1 (the residual maker),
///
///     tr P = w1 - w2/w1                      tr PP = w2 - 2 w3/w1 + (w2/w1)²
///     y'Py = Q = sum w r²                    y'PPy = sum w² r²
///     y'PPPy = sum w³ r² - (sum w² r)² / w1  where r = y - mean
///
/// so that O(k) sums replace k x k matrices.
///
/// Weights are relative, u_i = unit * w_i with the largest near 1, so that no power of a weight over- or
/// underflows even where variances are 1e-300 or 1e300; `unit` (in units of variance) turns them back: w1 =
/// weights / unit. `Real` is a `real`, or a vector of them for several meta-analyses side by side.
template <class Real>
struct weighted_fit {
    std::size_t k;               ///< number of studies
    Real unit;                   ///< the variance that has relative weight 1
    Real mean;                   ///< sum u y / sum u
    Real weights;                ///< sum u
    Real squared_weights;        ///< sum u²
    Real cubed_weights;          ///< sum u³
    Real squares;                ///< sum u r²
    Real weighted_squares;       ///< sum u² r²
    Real twice_weighted_squares; ///< sum u³ r²
    Real weighted_residuals;     ///< sum u² r

    /// Studies beyond those that it takes to estimate the mean: k - 1.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return k - 1; }
    /// Sampling variance of the mean if the weights are the inverse of the true variances: 1 / w1.
    [[nodiscard, gnu::always_inline]] Real variance() const { return unit / weights; }
    /// Q = sum w r², Cochran's statistic generalised to these weights.
    [[nodiscard, gnu::always_inline]] Real q() const { return squares / unit; }
    /// log w1, the log-determinant of the information that the weights hold on the mean.
    [[nodiscard, gnu::always_inline]] Real log_information() const { return log(weights) - log(unit); }
    /// Whether one study has so much of the weight that `trace` and `squared_trace` lose digits, more than
    /// 0.6.
    ///
    /// The sum of squared shares of the weight is no more than the greatest share and no less than its
    /// square. So if it exceeds 0.6, a study has more than 0.6 of the weight; if not, none has more than
    /// 0.78.
    [[nodiscard, gnu::always_inline]] bool traces_cancel() const {
        return 5 * squared_weights > 3 * (weights * weights);
    }
    /// unit * tr P.
    [[nodiscard, gnu::always_inline]] Real trace() const { return weights - squared_weights / weights; }
    /// unit² * tr PP.
    [[nodiscard, gnu::always_inline]] Real squared_trace() const {
        Real const ratio = squared_weights / weights;
        return squared_weights - 2 * cubed_weights / weights + ratio * ratio;
    }
    /// unit * y'PPy.
    [[nodiscard, gnu::always_inline]] Real score_squares() const { return weighted_squares / unit; }
    /// unit² * y'PPPy.
    [[nodiscard, gnu::always_inline]] Real curvature_squares() const {
        return (twice_weighted_squares - weighted_residuals * weighted_residuals / weights) / unit;
    }
};

namespace detail {

// What estimators of tau² make of any fit with weights 1 / (v + tau²), or of a pack of them.

/// unit * (Q - dof), the excess of Q over its expectation at the true tau².
template <class Fit, class Number>
[[nodiscard, gnu::always_inline]] inline Number excess(Fit const& fit, Number const& degrees_of_freedom) {
    return fit.squares - degrees_of_freedom * fit.unit;
}

/// What to add to tau² so that Q falls to `goal`: Newton's step for 1 / Q = 1 / goal.
template <class Fit, class Number>
[[nodiscard, gnu::always_inline]] inline Number newton_step(Fit const& fit, Number const& goal) {
    Number const relative = goal * fit.unit;
    return (fit.squares - relative) / relative * (fit.squares / fit.weighted_squares) * fit.unit;
}

} // namespace detail
} // namespace accrue
