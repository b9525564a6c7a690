#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue::detail {

/// The weighted least-squares fit of a line: what `weighted_fit` is for one mean.
///
/// With u the relative weights, U = diag(u) and E the two columns 1/sqrt(sum u) and (x - mean)/sqrt(Sxx),
/// which are orthonormal under U, the residual maker is P = U - U E E' U, so that with h = row norms of E
///
///     tr P = sum u (1 - u h),   tr PP = sum u² - 2 sum u³ h + |E'U²E|²,
///     y'PPy = sum u² r²,        y'PPPy = sum u³ r² - |E'U²r|².
template <real Real>
struct line_fit {
    std::size_t k;
    Real unit;
    Real slope;
    Real weights = Real(0);
    Real squared_weights = Real(0);
    Real squares = Real(0);
    Real weighted_squares = Real(0);
    Real trace_sum = Real(0);
    Real squared_trace_sum = Real(0);
    Real curvature_sum = Real(0);
    Real xx = Real(0);

    [[nodiscard]] std::size_t degrees_of_freedom() const { return k - 2; }
    [[nodiscard]] Real q() const { return squares / unit; }
    /// The trace is summed from positive terms.
    [[nodiscard]] static constexpr bool traces_cancel() { return false; }
    [[nodiscard]] Real trace() const { return trace_sum; }
    [[nodiscard]] Real squared_trace() const { return squared_trace_sum; }
    [[nodiscard]] Real score_squares() const { return weighted_squares / unit; }
    [[nodiscard]] Real curvature_squares() const { return curvature_sum / unit; }
    /// log det(X'WX)
    [[nodiscard]] Real log_information() const {
        using std::log;
        return log(weights) + log(xx) - 2 * log(unit);
    }
};

/// Estimates with a predictor each as evidence: estimators of tau² that need no more than the fit then give
/// the heterogeneity that is left about the line (`estimates_residual_tau_squared`).
template <real Real>
class line_evidence {
  public:
    using real_type = Real;

    line_evidence(study_evidence<Real> const& studies, std::vector<Real> predictor)
        : studies_(studies), x_(std::move(predictor)) {}

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] Real smallest_variance() const { return studies_.smallest_variance(); }
    [[nodiscard]] Real largest_variance() const { return studies_.largest_variance(); }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size() - 2; }

    /// log det(X'X), a constant of the restricted likelihood: that of the unweighted fit.
    [[nodiscard]] Real log_design() const {
        return fit(Real(1), [](Real const&) { return Real(1); }).log_information();
    }

    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return studies_.sum(function);
    }

    template <class Weight>
    [[nodiscard]] line_fit<Real> fit(Real const& unit, Weight const& weight) const {
        auto const studies = studies_.studies();
        line_fit<Real> result{size(), unit, Real(0)};
        std::vector<Real> u(size());
        Real mean_x(0);
        Real mean_y(0);
        for (int pass = 0; pass < 2; ++pass) {
            Real total(0);
            Real sum_x(0);
            Real sum_y(0);
            for (std::size_t i = 0; i < size(); ++i) {
                u[i] = weight(studies[i].variance);
                total += u[i];
                sum_x += u[i] * (x_[i] - mean_x);
                sum_y += u[i] * (studies[i].effect - mean_y);
            }
            mean_x += sum_x / total;
            mean_y += sum_y / total;
            result.weights = total;
        }
        Real xy(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const dx = x_[i] - mean_x;
            result.xx += u[i] * dx * dx;
            xy += u[i] * dx * (studies[i].effect - mean_y);
        }
        result.slope = xy / result.xx;
        Real cubes(0);
        Real cubed_leverage(0);
        Real cross_11(0);
        Real cross_12(0);
        Real cross_22(0);
        Real residual_1(0);
        Real residual_2(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const dx = x_[i] - mean_x;
            Real const r = (studies[i].effect - mean_y) - result.slope * dx;
            Real const u2 = u[i] * u[i];
            Real const h = 1 / result.weights + dx * dx / result.xx;
            result.squared_weights += u2;
            result.squares += u[i] * r * r;
            result.weighted_squares += u2 * r * r;
            cubes += u2 * u[i] * r * r;
            result.trace_sum += u[i] * (1 - u[i] * h);
            cubed_leverage += u2 * u[i] * h;
            cross_11 += u2;
            cross_12 += u2 * dx;
            cross_22 += u2 * dx * dx;
            residual_1 += u2 * r;
            residual_2 += u2 * dx * r;
        }
        Real const w = result.weights;
        Real const xx = result.xx;
        result.squared_trace_sum = result.squared_weights - 2 * cubed_leverage + square(Real(cross_11 / w)) +
                                   2 * cross_12 * cross_12 / w / xx + square(Real(cross_22 / xx));
        result.curvature_sum = cubes - residual_1 * residual_1 / w - residual_2 * residual_2 / xx;
        return result;
    }

  private:
    study_evidence<Real> studies_;
    std::vector<Real> x_;
};

} // namespace accrue::detail
