#pragma once

#include <accrue/real.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// A symmetric matrix of a few parameters, row by row.
template <real Real>
class small_matrix {
  public:
    explicit small_matrix(std::size_t const size) : size_(size), entries_(size * size, Real(0)) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Real& operator()(std::size_t const i, std::size_t const j) {
        return entries_[i * size_ + j];
    }
    [[nodiscard]] Real const& operator()(std::size_t const i, std::size_t const j) const {
        return entries_[i * size_ + j];
    }

    /// Turns a positive definite matrix into its Cholesky factor; false if it is not positive definite.
    [[nodiscard]] bool factorise() {
        for (std::size_t j = 0; j < size_; ++j) {
            Real pivot = (*this)(j, j);
            Real const scale = pivot;
            for (std::size_t l = 0; l < j; ++l) {
                pivot = pivot - square((*this)(j, l));
            }
            if (!(pivot > 64 * std::numeric_limits<Real>::epsilon() * scale) || !is_finite(pivot)) {
                return false;
            }
            (*this)(j, j) = sqrt(pivot);
            for (std::size_t i = j + 1; i < size_; ++i) {
                Real sum = (*this)(i, j);
                for (std::size_t l = 0; l < j; ++l) {
                    sum = sum - (*this)(i, l) * (*this)(j, l);
                }
                (*this)(i, j) = sum / (*this)(j, j);
            }
        }
        return true;
    }

    /// Solves L L' x = b, for a matrix that `factorise` turned into L.
    [[nodiscard]] std::vector<Real> solve(std::vector<Real> b) const {
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t l = 0; l < i; ++l) {
                b[i] = b[i] - (*this)(i, l) * b[l];
            }
            b[i] = b[i] / (*this)(i, i);
        }
        for (std::size_t i = size_; i-- > 0;) {
            for (std::size_t l = i + 1; l < size_; ++l) {
                b[i] = b[i] - (*this)(l, i) * b[l];
            }
            b[i] = b[i] / (*this)(i, i);
        }
        return b;
    }

  private:
    std::size_t size_;
    std::vector<Real> entries_;
};

/// A function's value and derivatives at a point.
template <real Real>
struct second_order {
    Real value;
    std::vector<Real> gradient;
    small_matrix<Real> hessian;

    explicit second_order(std::size_t const size) : value(0), gradient(size, Real(0)), hessian(size) {}
};

/// A maximum, or where the search for it ended.
template <real Real>
struct maximum_found {
    std::vector<Real> point;
    second_order<Real> at;
    bool converged; ///< the gradient of the free parameters is zero to rounding
};

/// A local maximum under lower bounds by Newton's method with Levenberg's safeguard: every step goes uphill,
/// and full steps near the maximum make convergence quadratic.
///
/// A parameter that a step takes below its bound stays on the bound, and is free again once the gradient
/// points inwards. `held` parameters do not move. The function may be -infinity or NaN outside its domain,
/// where no search begins.
/// The search has converged when no more than `gain`, relative to 1 plus the value, is to be gained by
/// Newton's step. One that stops at a cliff, where only steps that safeguards made tiny go uphill, has not.
template <real Real, class Function>
[[nodiscard]] maximum_found<Real>
newton_maximum(Function& function, std::vector<Real> point, std::vector<Real> const& lower,
               std::vector<bool> const& held, Real const& gain = 2 * std::numeric_limits<Real>::epsilon()) {
    std::size_t const n = point.size();
    auto current = function(point);
    if (!is_finite(current.value)) {
        return {point, current, false};
    }
    Real damping(0);
    bool converged = false;
    for (int step = 0; step < 200; ++step) {
        std::vector<std::size_t> active;
        for (std::size_t i = 0; i < n; ++i) {
            bool const stopped = !(point[i] > lower[i]) && !(current.gradient[i] > 0);
            if (!held[i] && !stopped) {
                active.push_back(i);
            }
        }
        if (active.empty()) {
            converged = true;
            break;
        }
        std::vector<Real> ascent;
        for (std::size_t const i : active) {
            ascent.push_back(current.gradient[i]);
        }
        auto curvature = small_matrix<Real>(active.size());
        auto const fill = [&] {
            for (std::size_t i = 0; i < active.size(); ++i) {
                for (std::size_t j = 0; j < active.size(); ++j) {
                    curvature(i, j) = -current.hessian(active[i], active[j]);
                }
                Real const diagonal = magnitude(curvature(i, i));
                curvature(i, i) += damping * (diagonal + Real(1e-6));
            }
        };
        fill();
        bool definite = curvature.factorise();
        while (!definite && damping < Real(1e12)) {
            damping = damping > 0 ? Real(4 * damping) : Real(1e-3);
            fill();
            definite = curvature.factorise();
        }
        if (!definite) {
            break;
        }
        // Half the decrement is what the step gains.
        auto const decrement_of = [&](std::vector<Real> const& direction) {
            return sum_to<Real>(active.size(),
                                [&](std::size_t const i) { return Real(direction[i] * ascent[i]); });
        };
        auto const direction = curvature.solve(ascent);
        Real const decrement = decrement_of(direction);
        Real const size = magnitude(current.value);
        Real const rounding = std::numeric_limits<Real>::epsilon();
        // Below rounding of the value no step can be judged by it; the last one is taken for the sake of the
        // point.
        bool const last = !(damping > 0) && decrement < 2 * gain * (1 + size);
        auto next = point;
        for (std::size_t i = 0; i < active.size(); ++i) {
            Real const moved = next[active[i]] + direction[i];
            next[active[i]] = moved < lower[active[i]] ? lower[active[i]] : moved;
        }
        auto const there = function(next);
        if (last) {
            if (is_finite(there.value) && !(there.value < current.value - 64 * rounding * (1 + size))) {
                point = next;
                current = there;
            }
            converged = true;
            break;
        }
        if (is_finite(there.value) && there.value > current.value) {
            point = next;
            current = there;
            damping = damping > Real(1e-4) ? Real(damping / 8) : Real(0);
        } else {
            damping = damping > 0 ? Real(4 * damping) : Real(1e-3);
            if (damping > Real(1e10)) {
                damping = Real(0);
                fill();
                converged = curvature.factorise() &&
                            decrement_of(curvature.solve(ascent)) < Real(1e3) * rounding * (1 + size);
                break;
            }
        }
    }
    return {point, current, converged};
}

} // namespace accrue::detail
