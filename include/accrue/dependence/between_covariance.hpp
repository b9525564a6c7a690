#pragma once

#include <accrue/platform.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cmath>
#include <type_traits>

namespace accrue {

// Each structure writes the covariance G of the outcomes' true effects as a smooth function of parameters
// that may be any numbers, so that a singular G, as small reviews often have, is an ordinary point and not an
// edge. `start` is the point for given standard deviations and one correlation, `gradient` the derivatives of
// a function by the parameters, from the symmetric matrix K of those by G: tr(K dG). Those of `unstructured`
// are templates, though of one type, so that a unit that does not call them does not compile what they take
// of Eigen.

/// Any covariance: G = L L', with the lower triangle L as parameters (columns one after the other).
///
/// q outcomes have q (q + 1) / 2 parameters. That is much to ask of a few studies: correlations then often
/// end at 1 or -1, which `compound_symmetric` and `diagonal` do not allow for so easily.
struct unstructured {
    /// G at these parameters.
    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] static Eigen::MatrixXd covariance(std::type_identity_t<Vector> const& parameters,
                                                    Eigen::Index const size) {
        Eigen::MatrixXd const l = lower(parameters, size);
        return l * l.transpose();
    }
    /// tr(K dG) by each parameter: with the lower triangle L it is 2 (K L)_ij, i >= j.
    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] static Vector gradient(std::type_identity_t<Vector> const& parameters,
                                         Eigen::MatrixXd const& k) {
        Eigen::MatrixXd const by_root = 2 * k * lower(parameters, k.rows());
        Eigen::VectorXd result(parameters.size());
        Eigen::Index next = 0;
        for (Eigen::Index j = 0; j < k.rows(); ++j) {
            for (Eigen::Index i = j; i < k.rows(); ++i) {
                result[next++] = by_root(i, j);
            }
        }
        return result;
    }
    /// The parameters of outcomes with these standard deviations and one correlation, raised where it would
    /// leave G indefinite.
    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] static Vector start(std::type_identity_t<Vector> const& sd,
                                      double const start_correlation) {
        Eigen::Index const size = sd.size();
        double const least = size > 1 ? -0.9 / static_cast<double>(size - 1) : 0.0;
        Eigen::MatrixXd g =
            Eigen::MatrixXd::Constant(size, size, start_correlation < least ? least : start_correlation);
        g.diagonal().setOnes();
        Eigen::MatrixXd const l = sd.asDiagonal() * Eigen::MatrixXd(g.llt().matrixL());
        Eigen::VectorXd result(size * (size + 1) / 2);
        Eigen::Index next = 0;
        for (Eigen::Index j = 0; j < size; ++j) {
            for (Eigen::Index i = j; i < size; ++i) {
                result[next++] = l(i, j);
            }
        }
        return result;
    }

  private:
    [[nodiscard]] static Eigen::MatrixXd lower(Eigen::VectorXd const& parameters, Eigen::Index const size) {
        Eigen::MatrixXd l = Eigen::MatrixXd::Zero(size, size);
        Eigen::Index next = 0;
        for (Eigen::Index j = 0; j < size; ++j) {
            for (Eigen::Index i = j; i < size; ++i) {
                l(i, j) = parameters[next++];
            }
        }
        return l;
    }
};

/// A variance for each outcome, and no correlation: G = diag(sd²). Outcomes then lend each other strength by
/// the correlations of their sampling errors alone.
struct diagonal {
    [[nodiscard]] static Eigen::MatrixXd covariance(Eigen::VectorXd const& parameters, Eigen::Index) {
        return parameters.cwiseAbs2().asDiagonal();
    }
    [[nodiscard]] static Eigen::VectorXd gradient(Eigen::VectorXd const& parameters,
                                                  Eigen::MatrixXd const& k) {
        return 2 * parameters.cwiseProduct(k.diagonal());
    }
    [[nodiscard]] static Eigen::VectorXd start(Eigen::VectorXd const& sd, double) { return sd; }
};

/// One variance and one correlation for all outcomes: G = a² (I - J/q) + b² J/q, J the matrix of ones and q
/// the number of outcomes. a² = tau² (1 - rho) and b² = tau² (1 + (q - 1) rho) are its eigenvalues.
struct compound_symmetric {
    [[nodiscard]] static Eigen::MatrixXd covariance(Eigen::VectorXd const& parameters,
                                                    Eigen::Index const size) {
        double const apart = parameters[0] * parameters[0];
        double const shared = (parameters[1] * parameters[1] - apart) / static_cast<double>(size);
        Eigen::MatrixXd g = Eigen::MatrixXd::Constant(size, size, shared);
        g.diagonal().array() += apart;
        return g;
    }
    [[nodiscard]] static Eigen::VectorXd gradient(Eigen::VectorXd const& parameters,
                                                  Eigen::MatrixXd const& k) {
        double const shared = k.sum() / static_cast<double>(k.rows());
        return Eigen::Vector2d(2 * parameters[0] * (k.trace() - shared), 2 * parameters[1] * shared);
    }
    [[nodiscard]] static Eigen::VectorXd start(Eigen::VectorXd const& sd, double const start_correlation) {
        auto const size = static_cast<double>(sd.size());
        double const variance = sd.squaredNorm() / size;
        double const rho =
            size > 1 && start_correlation < -0.9 / (size - 1) ? -0.9 / (size - 1) : start_correlation;
        return Eigen::Vector2d(std::sqrt(variance * (1 - rho)), std::sqrt(variance * (1 + (size - 1) * rho)));
    }
};

} // namespace accrue
