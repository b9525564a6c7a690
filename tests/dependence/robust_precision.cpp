// Robust variances beside their definition at 100 digits.

#include "support/relative.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/linear_fit.hpp>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {
namespace {

using precise =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

// The definitions in plain matrices at 100 digits, of which 60 are left beside a study that has a million
// million times the weight of the others.
struct plain_robust {
    using matrix = Eigen::Matrix<precise, Eigen::Dynamic, Eigen::Dynamic>;

    matrix covariance;
    std::vector<precise> degrees_of_freedom;

    template <class Correction>
    plain_robust(linear_fit const& fit, std::vector<int> const& clusters, Correction const& correction) {
        Eigen::Index const k = fit.design.rows();
        Eigen::Index const p = fit.design.cols();
        matrix const x = fit.design.cast<precise>();
        matrix phi = matrix::Zero(k, k);
        for (auto const& block : fit.blocks) {
            for (std::size_t a = 0; a < block.places.size(); ++a) {
                for (std::size_t b = 0; b < block.places.size(); ++b) {
                    phi(at(block.places[a]), at(block.places[b])) = precise(block.covariance(at(a), at(b)));
                }
            }
        }
        matrix const w = phi.inverse();
        matrix const bread = (x.transpose() * w * x).inverse();
        matrix const left = matrix::Identity(k, k) - x * bread * x.transpose() * w;
        matrix const residuals = left * fit.effects.cast<precise>();
        matrix const of_residuals = left * phi * left.transpose();
        covariance = matrix::Zero(p, p);
        auto parts = std::vector<matrix>{}; // U_j', as rows of all effects
        for (std::size_t begin = 0; begin < clusters.size();) {
            std::size_t end = begin;
            for (; end < clusters.size() && clusters[end] == clusters[begin]; ++end) {
            }
            auto const first = at(begin);
            auto const n = at(end - begin);
            matrix const own = phi.block(first, first, n, n);
            matrix const d = matrix(own.llt().matrixU());
            matrix const a =
                correction(matrix(d * of_residuals.block(first, first, n, n) * d.transpose()), d);
            matrix u = matrix::Zero(p, k);
            u.middleCols(first, n) = bread * x.middleRows(first, n).transpose() * own.inverse() * a;
            matrix const score = u * residuals;
            covariance += score * score.transpose();
            parts.push_back(u);
            begin = end;
        }
        for (Eigen::Index i = 0; i < p; ++i) {
            precise mean(0);
            precise squares(0);
            for (auto const& one : parts) {
                for (auto const& other : parts) {
                    precise const product = (one.row(i) * of_residuals * other.row(i).transpose())(0, 0);
                    squares += product * product;
                    mean += &one == &other ? product : precise(0);
                }
            }
            degrees_of_freedom.push_back(mean * mean / squares);
        }
    }

    static Eigen::Index at(std::size_t const i) { return static_cast<Eigen::Index>(i); }
};

TEST(ClusterRobust, KeepsItsDigitsBesideAStudyWithNearlyAllTheWeight) {
    auto const uncorrected = [](plain_robust::matrix const& b, plain_robust::matrix const&) {
        return plain_robust::matrix(plain_robust::matrix::Identity(b.rows(), b.rows()));
    };
    auto const reduced = [](plain_robust::matrix const& b, plain_robust::matrix const& d) {
        // The symmetric root of the inverse, by the iteration of Denman & Beavers 1976.
        plain_robust::matrix root = b;
        plain_robust::matrix inverse_root = plain_robust::matrix::Identity(b.rows(), b.rows());
        for (int i = 0; i < 200; ++i) {
            plain_robust::matrix const next = (root + inverse_root.inverse()) / 2;
            inverse_root = ((inverse_root + root.inverse()) / 2).eval();
            root = next;
        }
        return plain_robust::matrix(d.transpose() * inverse_root * d);
    };
    for (double const least : {1e-12, 1e-9, 1e-3, 0.1}) {
        for (std::size_t const size : {1U, 3U}) {
            for (Eigen::Index const columns : {1, 2}) {
                SCOPED_TRACE("variance " + std::to_string(least) + ", clusters of " + std::to_string(size) +
                             ", columns " + std::to_string(columns));
                std::size_t const k = 12;
                auto fit = linear_fit{Eigen::MatrixXd::Ones(12, columns), Eigen::VectorXd(12), {}};
                auto clusters = std::vector<int>{};
                for (std::size_t i = 0; i < k; ++i) {
                    auto const at = static_cast<Eigen::Index>(i);
                    auto const n = static_cast<double>(i);
                    double const variance = i == 4 ? least : 0.5 + std::fmod(0.37 * n, 1.0);
                    fit.effects[at] = 0.3 + std::sin(3.0 * n);
                    if (columns == 2) {
                        fit.design(at, 1) = 1990 + std::fmod(7 * n, 11.0);
                    }
                    fit.blocks.push_back({{i}, Eigen::MatrixXd::Constant(1, 1, variance)});
                    clusters.push_back(static_cast<int>(i / size));
                }
                auto const compare = [&](robust_coefficients const& found, plain_robust const& expected,
                                         double const tolerance) {
                    for (Eigen::Index i = 0; i < columns; ++i) {
                        EXPECT_RELATIVE(found.covariance(i, i),
                                        static_cast<double>(expected.covariance(i, i)), tolerance);
                        EXPECT_RELATIVE(
                            found.degrees_of_freedom[i],
                            static_cast<double>(expected.degrees_of_freedom[static_cast<std::size_t>(i)]),
                            tolerance);
                    }
                };
                compare(cluster_robust(fit, clusters, cr0{}), plain_robust(fit, clusters, uncorrected),
                        1e-10);
                // The root of a matrix whose rows are as different as the weights of a cluster's own effects.
                compare(cluster_robust(fit, clusters, cr2{}), plain_robust(fit, clusters, reduced), 1e-10);
            }
        }
    }
}

} // namespace
} // namespace accrue
