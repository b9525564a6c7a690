#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <span>

namespace accrue {

/// What weighted least squares with moderators leaves: `weighted_fit` with a coefficient for each column of a
/// design X instead of one mean. With W = diag(w) and P = W - WX (X'WX)^-1 X'W,
///
///     tr P = sum w (1 - h)      tr PP = sum over i, l of w_i w_l (I - H)_il²      y'Py = Q = sum w r²
///
/// where H = W^½ X (X'WX)^-1 X'W^½ has the hat values h on its diagonal and r are the residuals. It has the
/// members that estimators of tau² use, in relative weights u = unit w; there is no one mean. Raudenbush
/// 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis, 2nd ed.,
/// 295-315.
template <real Real>
class moderated_fit {
  public:
    std::size_t k;         ///< number of studies
    Real unit;             ///< the variance that has relative weight 1
    Real weights;          ///< sum u
    Real squared_weights;  ///< sum u²
    Real squares;          ///< sum u r²
    Real weighted_squares; ///< sum u² r²

    moderated_fit(Real const& scale, detail::weighted_projection<Real>& projection, Real const& log_design)
        : k(projection.size()), unit(scale), p_(projection.columns()) {
        auto const one = [](std::size_t) { return Real(1); };
        weights = projection.sum([&](std::size_t const i) { return projection.weight(i); });
        squared_weights =
            projection.sum([&](std::size_t const i) { return detail::square(projection.weight(i)); });
        squares = projection.sum([&](std::size_t const i) { return detail::square(projection.residual(i)); });
        weighted_squares = projection.sum([&](std::size_t const i) {
            return Real(projection.weight(i) * detail::square(projection.residual(i)));
        });
        trace_ = projection.trace(one);
        squared_trace_ = projection.squared_trace(one);
        curvature_ = projection.curvature();
        log_information_ =
            projection.log_determinant() + log_design - detail::from_count<Real>(p_) * log(unit);
    }

    /// Studies beyond those that it takes to estimate the coefficients: k - p.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return k - p_; }
    /// Q_E = sum w r², with chi²(k - p) its distribution if w are the inverse true variances.
    [[nodiscard]] Real q() const { return squares / unit; }
    /// The traces keep their digits.
    [[nodiscard]] static constexpr bool traces_cancel() { return false; }
    /// unit * tr P.
    [[nodiscard]] Real trace() const { return trace_; }
    /// unit² * tr PP.
    [[nodiscard]] Real squared_trace() const { return squared_trace_; }
    /// unit * y'PPy.
    [[nodiscard]] Real score_squares() const { return weighted_squares / unit; }
    /// unit² * y'PPPy.
    [[nodiscard]] Real curvature_squares() const { return curvature_ / unit; }
    /// log det(X'WX), the term that the restricted likelihood adds for the estimated coefficients.
    [[nodiscard]] Real log_information() const { return log_information_; }

  private:
    std::size_t p_;
    Real trace_;
    Real squared_trace_;
    Real curvature_;
    Real log_information_;
};

namespace detail {

/// The residual maker of a regression: traces of it times functions of the variance, as `residual_maker` of
/// studies with one mean, and the squares that it leaves.
template <real Real>
struct moderated_residual_maker {
    weighted_projection<Real> projection;
    std::span<basic_estimate<Real> const> studies;

    [[nodiscard]] Real variance(std::size_t const i) const { return studies[i].variance; }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return projection.size() - projection.columns(); }
    /// y'Py.
    [[nodiscard]] Real squares() const {
        return projection.sum([&](std::size_t const i) { return square(projection.residual(i)); });
    }
    /// tr PX for x = diagonal(variance).
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return projection.trace([&](std::size_t const i) { return Real(diagonal(variance(i))); });
    }
    [[nodiscard]] Real trace() const {
        return trace([](Real const&) { return Real(1); });
    }
    /// tr PXPX.
    template <class Diagonal>
    [[nodiscard]] Real squared_trace(Diagonal const& diagonal) const {
        return projection.squared_trace([&](std::size_t const i) { return Real(diagonal(variance(i))); });
    }
    [[nodiscard]] Real squared_trace() const {
        return squared_trace([](Real const&) { return Real(1); });
    }
};

} // namespace detail

} // namespace accrue
