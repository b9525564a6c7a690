#pragma once

#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace accrue::detail {

/// Effects that are independent of those of all other blocks: y ~ N(X b, V + what the parameters add).
struct mixed_block {
    Eigen::MatrixXd design;
    Eigen::VectorXd effects;
    Eigen::MatrixXd sampling; ///< V
};

/// The fixed effects of a mixed model at known covariances, and its deviance.
struct mixed_fit {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd covariance; ///< (X'W X)⁻¹
    double deviance;            ///< -2 log-likelihood, but for constants
};

/// The deviance of a mixed model, restricted or not, and its derivatives.
///
///     sum log det S_b + sum r_b' S_b⁻¹ r_b [ + log det X'S⁻¹X ]
///
/// has the derivative tr(K_b dS_b) by a block's covariance S_b, K_b = W - W X (X'W X)⁻¹ X'W - W r r' W, W =
/// S_b⁻¹, where the middle term is left out unless restricted.
///
/// \param covariance_of block -> S_b
/// \param visit is called with (block, K_b)
template <class Covariance, class Visit>
[[nodiscard]] mixed_fit evaluate_mixed(std::vector<mixed_block> const& blocks, bool const restricted,
                                       Covariance const& covariance_of, Visit const& visit) {
    Eigen::Index rows = 0;
    Eigen::Index const columns = blocks.front().design.cols();
    for (auto const& block : blocks) {
        rows += block.effects.size();
    }
    auto white_design = Eigen::MatrixXd(rows, columns);
    auto white_effects = Eigen::VectorXd(rows);
    auto factors = std::vector<Eigen::LLT<Eigen::MatrixXd>>{};
    factors.reserve(blocks.size());
    double deviance = 0;
    Eigen::Index next = 0;
    for (auto const& block : blocks) {
        factors.emplace_back(covariance_of(block));
        auto const& lower = factors.back().matrixLLT();
        deviance += 2 * lower.diagonal().array().log().sum();
        white_design.middleRows(next, block.effects.size()) = factors.back().matrixL().solve(block.design);
        white_effects.segment(next, block.effects.size()) = factors.back().matrixL().solve(block.effects);
        next += block.effects.size();
    }
    auto const orthogonal = Eigen::HouseholderQR<Eigen::MatrixXd>(white_design);
    Eigen::VectorXd const rotated = orthogonal.householderQ().adjoint() * white_effects;
    Eigen::MatrixXd const upper =
        orthogonal.matrixQR().topRows(columns).template triangularView<Eigen::Upper>();
    Eigen::VectorXd const coefficients = upper.triangularView<Eigen::Upper>().solve(rotated.head(columns));
    Eigen::MatrixXd const root =
        upper.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(columns, columns));
    deviance += rotated.tail(rows - columns).squaredNorm();
    if (restricted) {
        deviance += 2 * upper.diagonal().array().abs().log().sum();
    }
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        auto const& block = blocks[b];
        Eigen::Index const size = block.effects.size();
        Eigen::VectorXd const residuals = factors[b].solve(block.effects - block.design * coefficients);
        Eigen::MatrixXd k = factors[b].solve(Eigen::MatrixXd::Identity(size, size));
        if (restricted) {
            Eigen::MatrixXd const side = factors[b].solve(block.design * root);
            k -= side * side.transpose();
        }
        k -= residuals * residuals.transpose();
        visit(block, k);
    }
    return {coefficients, root * root.transpose(), deviance};
}

/// The log-likelihood of a deviance, with its constants; of the restricted one those of orthonormal contrasts
/// between the effects, log det X'X among them.
[[nodiscard]] inline double mixed_log_likelihood(double deviance, Eigen::MatrixXd const& design,
                                                 bool const restricted) {
    auto contrasts = design.rows();
    if (restricted) {
        contrasts -= design.cols();
        auto const orthogonal = Eigen::HouseholderQR<Eigen::MatrixXd>(design);
        deviance -= 2 * orthogonal.matrixQR().diagonal().array().abs().log().sum();
    }
    return -(static_cast<double>(contrasts) * std::log(2 * std::numbers::pi) + deviance) / 2;
}

/// A value and its derivatives.
struct gradient_point {
    double value;
    Eigen::VectorXd gradient;
};

/// Where a search ended.
struct minimum {
    Eigen::VectorXd point;
    double value;
    accrue::status status;
};

/// A local minimum by Newton's method, with the Hessian by central differences of the exact gradient, of
/// which negative eigenvalues count as positive, so that every step leads downwards, and steps that are
/// halved until the function falls. It can't leave through a saddle or diverge.
template <class Function>
[[nodiscard]] minimum descend(Function const& function, Eigen::VectorXd point) {
    auto current = function(point);
    Eigen::Index const n = point.size();
    for (int iteration = 0; iteration < 200; ++iteration) {
        double const scale = point.norm();
        Eigen::MatrixXd hessian(n, n);
        for (Eigen::Index i = 0; i < n; ++i) {
            double const h = 6e-6 * (std::max)(std::abs(point[i]), 0.1 * scale + 1e-12);
            Eigen::VectorXd above = point, below = point;
            above[i] += h;
            below[i] -= h;
            hessian.col(i) = (function(above).gradient - function(below).gradient) / (above[i] - below[i]);
        }
        auto const parts =
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>((hessian + hessian.transpose()) / 2);
        double const largest = parts.eigenvalues().cwiseAbs().maxCoeff();
        if (!(largest < infinity<double>())) {
            return {point, current.value, status::undefined};
        }
        Eigen::VectorXd const curvature = parts.eigenvalues().cwiseAbs().cwiseMax(1e-9 * largest + 1e-300);
        Eigen::VectorXd const step =
            -(parts.eigenvectors() *
              (parts.eigenvectors().transpose() * current.gradient).cwiseQuotient(curvature));
        double const promised = -current.gradient.dot(step);
        if (!(promised > 1e-26 * (1 + std::abs(current.value)))) {
            return {point, current.value, status::ok};
        }
        double length = 1;
        bool moved = false;
        for (int halving = 0; halving < 40; ++halving, length /= 2) {
            Eigen::VectorXd const next = point + length * step;
            auto const there = function(next);
            if (there.value < current.value - 1e-4 * length * promised) {
                point = next;
                current = there;
                moved = true;
                break;
            }
            // Where the function is flat to rounding, the gradient decides.
            if (promised < 1e-11 * (1 + std::abs(current.value)) &&
                there.gradient.norm() < current.gradient.norm()) {
                point = next;
                current = there;
                moved = true;
                break;
            }
        }
        if (!moved) {
            return {point, current.value,
                    promised < 1e-9 * (1 + std::abs(current.value)) ? status::ok : status::not_converged};
        }
    }
    return {point, current.value, status::not_converged};
}

/// By how much a deviance may be above its minimum and be no different.
[[nodiscard]] inline double negligible_rise(double const minimum) {
    return 1e-11 * (1 + std::abs(minimum));
}

/// The least of the minima that a search from each of several points ends in, of a function of roots of
/// variances. A root of 0 is stationary, so that searches may all pass by a minimum there: the last begin
/// where one root of the best is 0 instead, each in turn, and where all are. A root that shrinks towards 0
/// without end, so that 0 is as good, is 0.
template <class Function>
[[nodiscard]] minimum least_minimum(Function const& function, std::vector<Eigen::VectorXd> const& starts) {
    auto best = descend(function, starts.front());
    auto const search = [&](Eigen::VectorXd const& start) {
        auto const other = descend(function, start);
        bool const better = other.value < best.value - 1e-9 * (1 + std::abs(best.value));
        if (better || (best.status != status::ok && other.status == status::ok &&
                       other.value < best.value + 1e-9 * (1 + std::abs(best.value)))) {
            best = other;
        }
    };
    std::for_each(starts.begin() + 1, starts.end(), search);
    for (Eigen::Index i = 0; i < best.point.size(); ++i) {
        Eigen::VectorXd without = best.point;
        without[i] = 0;
        search(without);
    }
    search(Eigen::VectorXd::Zero(best.point.size()));
    double const as_good = best.value + negligible_rise(best.value);
    for (Eigen::Index i = 0; i < best.point.size(); ++i) {
        Eigen::VectorXd without = best.point;
        without[i] = 0;
        best.point = function(without).value <= as_good ? without : best.point;
    }
    return best;
}

} // namespace accrue::detail
