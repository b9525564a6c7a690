// Robust variances beside their definition at 100 digits.

#include "support/relative.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/linear_fit.hpp>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_dependence_robust_precision {
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

// The root of the inverse on the space of the largest eigenvalues, by Jacobi's rotations.
plain_robust::matrix inverse_root_of(plain_robust::matrix b, Eigen::Index const dimensions) {
    Eigen::Index const n = b.rows();
    plain_robust::matrix vectors = plain_robust::matrix::Identity(n, n);
    for (int sweep = 0; sweep < 60; ++sweep) {
        for (Eigen::Index p = 0; p < n; ++p) {
            for (Eigen::Index q = p + 1; q < n; ++q) {
                if (abs(b(p, q)) <= precise(1e-80) * b.diagonal().maxCoeff()) {
                    continue;
                }
                precise const ratio = (b(q, q) - b(p, p)) / (2 * b(p, q));
                precise const tangent =
                    (ratio < 0 ? -1 : 1) / (abs(ratio) + sqrt(precise(1 + ratio * ratio)));
                precise const cosine = 1 / sqrt(precise(1 + tangent * tangent));
                plain_robust::matrix turn = plain_robust::matrix::Identity(n, n);
                turn(p, p) = turn(q, q) = cosine;
                turn(p, q) = cosine * tangent;
                turn(q, p) = -cosine * tangent;
                b = (turn.transpose() * b * turn).eval();
                vectors = (vectors * turn).eval();
            }
        }
    }
    auto order = std::vector<Eigen::Index>(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](auto const one, auto const other) { return b(one, one) > b(other, other); });
    plain_robust::matrix result = plain_robust::matrix::Zero(n, n);
    for (Eigen::Index i = 0; i < dimensions; ++i) {
        auto const at = order[static_cast<std::size_t>(i)];
        result += vectors.col(at) * vectors.col(at).transpose() / sqrt(precise(b(at, at)));
    }
    return result;
}

// A factor's level that one study alone has takes a dimension from its residuals: how many are left is a
// matter of the design, not of what rounding leaves of a root that is 0.
TEST(ClusterRobust, KnowsWhatAClusterAloneTells) {
    auto generator = std::mt19937_64{20261126};
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    for (int number = 0; number < 12; ++number) {
        for (bool const varies : {false, true}) {
            for (bool const heavy : {false, true}) {
                SCOPED_TRACE(std::to_string(number) + (varies ? ", varies" : "") + (heavy ? ", heavy" : ""));
                auto fit = linear_fit{Eigen::MatrixXd::Ones(12, varies ? 3 : 2), Eigen::VectorXd(12), {}};
                auto clusters = std::vector<int>{};
                for (std::size_t i = 0; i < 12; ++i) {
                    auto const at = static_cast<Eigen::Index>(i);
                    bool const own = i / 3 == 1;
                    clusters.push_back(static_cast<int>(i / 3));
                    fit.effects[at] = normal(generator);
                    double const variance = (heavy && i == 7 ? 1e-6 : 1) * (0.1 + uniform(generator));
                    fit.blocks.push_back({{i}, Eigen::MatrixXd::Constant(1, 1, variance)});
                    if (varies) {
                        fit.design(at, 1) = 1990 + normal(generator);
                    }
                    fit.design(at, fit.design.cols() - 1) = own ? (varies ? normal(generator) : 1.0) : 0.0;
                }
                int cluster = 0;
                auto const reduced = [&](plain_robust::matrix const& b, plain_robust::matrix const& d) {
                    Eigen::Index const left = cluster++ == 1 ? 2 : 3;
                    return plain_robust::matrix(d.transpose() * inverse_root_of(b, left) * d);
                };
                auto const expected = plain_robust(fit, clusters, reduced);
                auto moved = fit;
                moved.design.col(1) *= 8;
                if (varies) {
                    moved.design.col(1).array() -= 8 * 1990;
                }
                auto const found = cluster_robust(fit, clusters, cr2{});
                auto const changed = cluster_robust(moved, clusters, cr2{});
                EXPECT_EQ(found.status, status::ok);
                for (Eigen::Index i = 0; i < fit.design.cols(); ++i) {
                    SCOPED_TRACE(i);
                    // The last digits of a root whose rows differ by a factor of a thousand.
                    double const tolerance = heavy ? 1e-9 : 1e-10;
                    EXPECT_RELATIVE(found.covariance(i, i), static_cast<double>(expected.covariance(i, i)),
                                    tolerance);
                    EXPECT_RELATIVE(
                        found.degrees_of_freedom[i],
                        static_cast<double>(expected.degrees_of_freedom[static_cast<std::size_t>(i)]),
                        tolerance);
                    if (i > 0) {
                        EXPECT_RELATIVE(changed.covariance(i, i), found.covariance(i, i) / (i == 1 ? 64 : 1),
                                        tolerance);
                        EXPECT_RELATIVE(changed.degrees_of_freedom[i], found.degrees_of_freedom[i],
                                        tolerance);
                    }
                }
            }
        }
    }
}

// Both groups' means, one of them told by a single cluster with equal variances: its residuals sum to 0.
TEST(ClusterRobust, AVarianceThatIsZeroIsUndefined) {
    auto fit = linear_fit{Eigen::MatrixXd::Zero(12, 2), Eigen::VectorXd(12), {}};
    auto clusters = std::vector<int>{};
    for (std::size_t i = 0; i < 12; ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        fit.design(at, i / 3 == 1 ? 1 : 0) = 1;
        fit.effects[at] = 0.3 + std::sin(3.0 * static_cast<double>(i));
        fit.blocks.push_back({{i}, Eigen::MatrixXd::Constant(1, 1, 0.2)});
        clusters.push_back(static_cast<int>(i / 3));
    }
    EXPECT_EQ(cluster_robust(fit, clusters, cr2{}).status, status::undefined);
    EXPECT_EQ(cluster_robust(fit, clusters, cr0{}).status, status::undefined);
}

} // namespace
} // namespace accrue::test_dependence_robust_precision
