#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/dependence/three_level_prediction.hpp>
#include <accrue/distribution/fisher_f.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/status.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

/// The left singular vectors and the singular values of a matrix, in no order.
struct singular_parts {
    Eigen::MatrixXd vectors;
    Eigen::VectorXd values;
};

/// By rotations of pairs of rows until all are orthogonal. Rows of very different sizes keep their digits,
/// which other algorithms take from the largest. Hestenes 1958, J Soc Ind Appl Math 6:51-90,
/// doi:10.1137/0106005; Demmel & Veselić 1992, SIAM J Matrix Anal Appl 13:1204-1245, doi:10.1137/0613074.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] singular_parts left_singular(std::type_identity_t<Matrix> const& of) {
    Eigen::MatrixXd rows = of.transpose(); // each in one piece
    Eigen::Index const n = rows.cols();
    double const rounding =
        std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(rows.rows()));
    Eigen::MatrixXd vectors = Eigen::MatrixXd::Identity(n, n);
    bool turned = true;
    for (int sweep = 0; turned && sweep < 40; ++sweep) {
        turned = false;
        for (Eigen::Index a = 0; a < n; ++a) {
            for (Eigen::Index b = a + 1; b < n; ++b) {
                double const own = rows.col(a).squaredNorm();
                double const other = rows.col(b).squaredNorm();
                double const shared = rows.col(a).dot(rows.col(b));
                if (!(std::fabs(shared) > rounding * std::sqrt(own) * std::sqrt(other))) {
                    continue;
                }
                turned = true;
                double const ratio = (other - own) / (2 * shared);
                double const tangent = (ratio < 0 ? -1 : 1) / (std::fabs(ratio) + std::hypot(1.0, ratio));
                double const cosine = 1 / std::hypot(1.0, tangent);
                double const sine = cosine * tangent;
                auto const rotate = [=](Eigen::MatrixXd& matrix) {
                    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
                        double const first = matrix(i, a);
                        double const second = matrix(i, b);
                        matrix(i, a) = cosine * first - sine * second;
                        matrix(i, b) = sine * first + cosine * second;
                    }
                };
                rotate(rows);
                rotate(vectors);
            }
        }
    }
    return {vectors, rows.colwise().norm().transpose()};
}

} // namespace detail

/// What corrects a cluster's residuals, which are smaller than its errors since the coefficients were fitted
/// to them: a callable value (what is known of the cluster) -> the matrix A that its residuals are multiplied
/// by.
struct cluster_leverage {
    Eigen::MatrixXd const& covariance; ///< Phi_j, of the cluster's effects in the working model
    Eigen::MatrixXd const& design;     ///< X_j
    Eigen::MatrixXd const& bread;      ///< (X'W X)⁻¹
    std::size_t clusters;              ///< m
    /// R with RR' = Phi_j - X_j (X'W X)⁻¹ X_j', the covariance of the cluster's residuals in the working
    /// model. It has digits where that difference has none left.
    Eigen::MatrixXd const& residual_root;
    /// Of the residuals; fewer than effects where the cluster alone tells a coefficient.
    Eigen::Index dimensions;
};

/// No correction: too small with few clusters. Liang & Zeger 1986, Biometrika 73:13-22,
/// doi:10.1093/biomet/73.1.13.
struct cr0 {
    [[nodiscard]] Eigen::MatrixXd operator()(cluster_leverage const& cluster) const {
        return Eigen::MatrixXd::Identity(cluster.design.rows(), cluster.design.rows());
    }
};

/// The variance of `cr0` times m / (m - 1), m the number of clusters.
struct cr1 {
    [[nodiscard]] Eigen::MatrixXd operator()(cluster_leverage const& cluster) const {
        auto const m = static_cast<double>(cluster.clusters);
        return std::sqrt(m / (m - 1)) * cr0{}(cluster);
    }
};

/// The bias-reduced correction: the variance has no bias if the working model is right, and little if it
/// isn't.
///
///     A_j = D' B^(-1/2) D,   B = D (Phi_j - X_j (X'W X)⁻¹ X_j') D',   Phi_j = D'D,
///
/// with the symmetric root, of the inverse on the space where B has one. Bell & McCaffrey 2002, Surv Methodol
/// 28:169-181; Pustejovsky & Tipton 2018, J Bus Econ Stat 36:672-683, doi:10.1080/07350015.2016.1247004.
struct cr2 {
    template <class Leverage = cluster_leverage> // linear_fit.hpp says why
    [[nodiscard]] Eigen::MatrixXd operator()(std::type_identity_t<Leverage> const& cluster) const {
        // A has no units: those of the variances are taken off, whose products could vanish or overflow.
        double const unit = cluster.covariance.trace();
        Eigen::MatrixXd const d = (cluster.covariance / unit).llt().matrixU();
        // B = GG' with G = D R, so that its roots are the singular values of G.
        auto const [vectors, values] = detail::left_singular(d * (cluster.residual_root / std::sqrt(unit)));
        Eigen::MatrixXd const turned = d.transpose() * vectors;
        auto sorted = std::vector<double>(values.data(), values.data() + values.size());
        std::sort(sorted.begin(), sorted.end(), std::greater<>{});
        Eigen::VectorXd inverse = Eigen::VectorXd::Zero(values.size());
        for (Eigen::Index i = 0; i < values.size(); ++i) {
            bool const exists = cluster.dimensions > 0 &&
                                values[i] >= sorted[static_cast<std::size_t>(cluster.dimensions - 1)];
            inverse[i] = exists ? 1 / values[i] : 0;
        }
        return turned * inverse.asDiagonal() * turned.transpose();
    }
};

/// Coefficients of a linear model with variances that hold even if the model's are wrong.
struct robust_coefficients {
    Eigen::VectorXd coefficients;       ///< those of the model
    Eigen::MatrixXd covariance;         ///< of the coefficients
    Eigen::VectorXd degrees_of_freedom; ///< Satterthwaite's, of each coefficient's t
    std::size_t k;                      ///< number of effects
    std::size_t clusters;               ///< m
    /// `undefined` where a variance or degrees of freedom do not exist, otherwise that of the model.
    accrue::status status;

    Eigen::MatrixXd bread; ///< (X'W X)⁻¹
    /// U_j' (Phi_j - X_j (X'W X)⁻¹ X_j') U_j, U_j = A_j' W_j X_j (X'W X)⁻¹
    std::vector<Eigen::MatrixXd> within;
    std::vector<Eigen::MatrixXd> crossed; ///< R'⁻¹ X_j' U_j, R'R = X'W X

    /// The covariance under the working model of what clusters i and j add to the coefficients.
    template <class Index = std::size_t> // linear_fit.hpp says why
    [[nodiscard]] Eigen::MatrixXd between(std::type_identity_t<Index> const i,
                                          std::type_identity_t<Index> const j) const {
        return i == j ? within[i] : Eigen::MatrixXd(-crossed[i].transpose() * crossed[j]);
    }

    /// One coefficient as a `pooled`, for intervals and p-values.
    ///
    /// \throws invalid_input for a coefficient that there is not
    [[nodiscard]] pooled coefficient(std::size_t const i) const {
        auto const at = static_cast<Eigen::Index>(i);
        detail::require_below("coefficient (counted from 0)", i, "the number of coefficients",
                              static_cast<std::size_t>(coefficients.size()));
        return {coefficients[at], covariance(at, at), 0, degrees_of_freedom[at], k, status};
    }
};

/// A pooled mean with a variance that holds even if the model's is wrong; intervals and p-values are
/// functions of it.
struct robust_mean : pooled {
    std::size_t clusters;             ///< m
    robust_coefficients coefficients; ///< the same as that of a linear model
};

namespace detail {

/// A cluster's part of a linear fit: the rows of its working blocks.
struct fit_of_cluster {
    std::vector<std::size_t> places;
    Eigen::MatrixXd covariance;
    Eigen::MatrixXd design;
    Eigen::VectorXd effects;
};

/// Refuses a linear model whose parts do not fit each other.
inline void check(linear_fit const& fit) {
    require_that(fit.design.rows() == fit.effects.size(), "design must have a row for each effect");
    check_blocks(fit.blocks, static_cast<std::size_t>(fit.effects.size()));
    for (Eigen::Index i = 0; i < fit.effects.size(); ++i) {
        for_study(static_cast<std::size_t>(i), [&] {
            require_finite("effect", fit.effects[i]);
            require_that(fit.design.row(i).allFinite(), "design must be finite");
        });
    }
}

[[nodiscard]] inline std::vector<fit_of_cluster> split_by_cluster(linear_fit const& fit,
                                                                  clustering const& clusters) {
    auto parts = std::vector<fit_of_cluster>(clusters.count);
    auto blocks = std::vector<std::vector<working_block const*>>(clusters.count);
    for (auto const& block : fit.blocks) {
        auto const cluster = clusters.of[block.places.front()];
        for (auto const place : block.places) {
            if (clusters.of[place] != cluster) {
                throw invalid_input(place, "must be in the cluster of study " +
                                               std::to_string(block.places.front() + 1) +
                                               ", whose effects the model takes to vary with its own");
            }
        }
        blocks[cluster].push_back(&block);
    }
    for (std::size_t j = 0; j < parts.size(); ++j) {
        auto& part = parts[j];
        for (auto const* const block : blocks[j]) {
            part.places.insert(part.places.end(), block->places.begin(), block->places.end());
        }
        auto const size = static_cast<Eigen::Index>(part.places.size());
        part.covariance = Eigen::MatrixXd::Zero(size, size);
        part.design.resize(size, fit.design.cols());
        part.effects.resize(size);
        Eigen::Index next = 0;
        for (auto const* const block : blocks[j]) {
            auto const count = static_cast<Eigen::Index>(block->places.size());
            part.covariance.block(next, next, count, count) = block->covariance;
            for (auto const place : block->places) {
                part.design.row(next) = fit.design.row(static_cast<Eigen::Index>(place));
                part.effects[next] = fit.effects[static_cast<Eigen::Index>(place)];
                ++next;
            }
        }
    }
    return parts;
}

/// Whether all covariances are known and positive definite; they are not where the model has no tau².
template <class Part = fit_of_cluster>
[[nodiscard]] bool have_weights(std::vector<std::type_identity_t<Part>> const& parts) {
    return std::all_of(parts.begin(), parts.end(), [](Part const& part) {
        return !part.covariance.hasNaN() && part.covariance.llt().info() == Eigen::ComputationInfo{};
    });
}

/// Generalised least squares: an orthogonal factorisation QR of the rows that the blocks' Cholesky factors
/// whiten, Phi = LL' and L⁻¹X = QR, each projection done twice. What is small beside the weights of a few
/// effects keeps its digits by that.
struct least_squares {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd inverse;   ///< R⁻¹, so that (X'W X)⁻¹ is R⁻¹R'⁻¹
    Eigen::MatrixXd q;         ///< Q, the clusters' rows one after the other
    Eigen::VectorXd residuals; ///< of the whitened effects
    Eigen::MatrixXd basis;     ///< an orthonormal basis Z of the design's columns, before weights
    Eigen::MatrixXd weighted;  ///< R of that basis: L⁻¹Z = QR
};

template <class Part = fit_of_cluster>
[[nodiscard]] least_squares generalised_least_squares(std::vector<std::type_identity_t<Part>> const& parts,
                                                      Eigen::Index const size, Eigen::Index const columns) {
    auto const k = static_cast<std::size_t>(size);
    auto const p = static_cast<std::size_t>(columns);
    auto plain = Eigen::MatrixXd(size, columns);
    auto effects = Eigen::VectorXd(size);
    Eigen::Index next = 0;
    for (auto const& part : parts) {
        plain.middleRows(next, part.design.rows()) = part.design;
        effects.segment(next, part.design.rows()) = part.effects;
        next += part.design.rows();
    }
    // As of `basic_design_matrix`: an orthonormal basis, and effects beyond the unweighted fit, so that
    // neither units nor a common offset cost digits.
    auto triangle = Eigen::MatrixXd(columns, columns);
    require_that(
        k >= p && orthonormalise(plain.data(), p, k, triangle.data(), least_independent_share<double>()) >= p,
        "design must have columns of which none depends on the others");
    Eigen::MatrixXd const basis = plain;
    Eigen::VectorXd offsets = Eigen::VectorXd::Zero(columns);
    take_out(plain.data(), p, k, effects.data(), offsets.data());
    next = 0;
    for (auto const& part : parts) {
        auto const factor = part.covariance.llt();
        auto const rows = part.design.rows();
        plain.middleRows(next, rows) = factor.matrixL().solve(plain.middleRows(next, rows)).eval();
        effects.segment(next, rows) = factor.matrixL().solve(effects.segment(next, rows)).eval();
        next += rows;
    }
    auto weighted = Eigen::MatrixXd(columns, columns);
    require_that(orthonormalise(plain.data(), p, k, weighted.data(), 0.0) >= p,
                 "design must have columns of which none depends on the others");
    Eigen::VectorXd found = Eigen::VectorXd::Zero(columns);
    take_out(plain.data(), p, k, effects.data(), found.data());
    Eigen::VectorXd const in_basis = offsets + weighted.triangularView<Eigen::Upper>().solve(found);
    Eigen::MatrixXd const inverse = triangle.triangularView<Eigen::Upper>().solve(
        weighted.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(columns, columns)));
    return {triangle.triangularView<Eigen::Upper>().solve(in_basis),
            inverse,
            plain,
            effects,
            basis,
            weighted.triangularView<Eigen::Upper>()};
}

/// The combinations of coefficients that a cluster alone tells, such as a factor's level that only one study
/// has, and those that the others tell too: orthonormal bases of both, as coordinates of Q. Which there are
/// is a matter of the design, whatever the weights: without the cluster, columns of it depend on each other.
struct told_coefficients {
    Eigen::Index alone;
    Eigen::MatrixXd by_others;

    /// \param others_squares the sum of Z_l'Z_l over the other clusters
    template <class Fit = least_squares>
    told_coefficients(std::type_identity_t<Fit> const& fitted, Eigen::MatrixXd const& others_squares)
        : alone(0) {
        auto const parts = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(others_squares);
        double const least = 1e-13; // of squares of shares, of which rounding leaves 1e-16
        while (alone < parts.eigenvalues().size() && parts.eigenvalues()[alone] < least) {
            ++alone;
        }
        Eigen::Index const p = others_squares.rows();
        by_others = Eigen::MatrixXd::Identity(p, p);
        if (alone > 0) {
            // Z_l c = 0 is Q_l (R c) = 0.
            auto const turned =
                Eigen::HouseholderQR<Eigen::MatrixXd>(fitted.weighted * parts.eigenvectors().leftCols(alone));
            by_others = (turned.householderQ() * by_others).eval().rightCols(p - alone);
        }
    }
};

/// N with NN' = I - Q_j Q_j' for the rows Q_j of a cluster. Since Q_j'Q_j + C = I, where C is the sum of the
/// other rows' squares,
///
///     N = [I - Q_j Q_j', Q_j F],   C = FF',
///
/// whose entries are no differences: 1 - h is by the other rows where the hat value h is near 1. F has
/// nothing in the directions that the cluster alone tells, in which it has no residuals.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] Matrix residual_root_of(std::type_identity_t<Matrix> const& q,
                                      Eigen::MatrixXd const& others_squares,
                                      Eigen::MatrixXd const& by_others) {
    auto const factors = Eigen::LDLT<Eigen::MatrixXd>(by_others.transpose() * others_squares * by_others);
    Eigen::VectorXd const squares = factors.vectorD().cwiseMax(0.0);
    Eigen::MatrixXd const lower = factors.matrixL();
    Eigen::MatrixXd const factor =
        by_others * (factors.transpositionsP().transpose() * (lower * squares.cwiseSqrt().asDiagonal()));
    auto root = Eigen::MatrixXd(q.rows(), q.rows() + factor.cols());
    root.leftCols(q.rows()) = -q * q.transpose();
    root.rightCols(factor.cols()) = q * factor;
    for (Eigen::Index i = 0; i < q.rows(); ++i) {
        double const h = q.row(i).squaredNorm();
        root(i, i) = 0;
        root(i, i) = h < 0.5 ? 1 - h : root.row(i).squaredNorm() / h;
    }
    return root;
}

/// For each cluster the sum of Q_l'Q_l over the others, by sums from both ends and without a difference.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] std::vector<Matrix> squares_of_others(std::type_identity_t<Matrix> const& q,
                                                    std::vector<fit_of_cluster> const& parts) {
    auto own = std::vector<Eigen::MatrixXd>{};
    Eigen::Index next = 0;
    for (auto const& part : parts) {
        auto const rows = q.middleRows(next, part.design.rows());
        own.push_back(rows.transpose() * rows);
        next += part.design.rows();
    }
    auto result = std::vector<Eigen::MatrixXd>(parts.size(), Eigen::MatrixXd::Zero(q.cols(), q.cols()));
    Eigen::MatrixXd before = Eigen::MatrixXd::Zero(q.cols(), q.cols());
    Eigen::MatrixXd behind = before;
    for (std::size_t j = 0; j < parts.size(); ++j) {
        std::size_t const from_end = parts.size() - 1 - j;
        result[j] += before;
        result[from_end] += behind;
        before += own[j];
        behind += own[from_end];
    }
    return result;
}

/// Satterthwaite's degrees of freedom 2 E² / Var of a variance sum_j (g_j'e)², by the products g_i' Phi g_j.
template <class Fit = robust_coefficients>
[[nodiscard]] double satterthwaite_degrees_of_freedom(std::type_identity_t<Fit> const& fit,
                                                      Eigen::Index const i) {
    std::size_t const count = fit.clusters;
    auto white = Eigen::MatrixXd(fit.bread.rows(), static_cast<Eigen::Index>(count));
    for (std::size_t j = 0; j < count; ++j) {
        white.col(static_cast<Eigen::Index>(j)) = fit.crossed[j].col(i);
    }
    Eigen::MatrixXd products = -white.transpose() * white;
    for (std::size_t j = 0; j < count; ++j) {
        auto const at = static_cast<Eigen::Index>(j);
        products(at, at) = fit.within[j](i, i);
    }
    products /= products.trace(); // so that no square over- or underflows
    return 1 / products.squaredNorm();
}

} // namespace detail

/// Variances of a linear model's coefficients that hold whatever the correlations within clusters are:
///
///     (X'W X)⁻¹ [ sum over clusters of X_j' W_j A_j e_j e_j' A_j' W_j X_j ] (X'W X)⁻¹,   e the residuals,
///
/// with Satterthwaite's degrees of freedom for each coefficient. The model keeps its weights, so it can be
/// simple, such as that effects are independent; only clusters must be. With less than some 40 clusters take
/// `cr2`, and distrust results with fewer than 4 degrees of freedom.
///
///     auto const robust = cluster_robust(three_level{}(estimates, studies), studies, cr2{});
///     confidence_interval(robust, 0.95);
///
/// Hedges, Tipton & Johnson 2010, Res Synth Methods 1:39-65, doi:10.1002/jrsm.5; Tipton 2015, Psychol Methods
/// 20:375-393, doi:10.1037/met0000011; Tipton & Pustejovsky 2015, J Educ Behav Stat 40:604-634,
/// doi:10.3102/1076998615606099.
///
/// \param fit the linear model
/// \param clusters as of `three_level`; the effects of a working block must be in one cluster
/// \param correction `cr0`, `cr1`, `cr2`, or a callable (cluster_leverage) -> matrix of your own
/// \return `undefined`, and NaN, where a covariance of the model is NaN or not positive definite
/// \throws invalid_input when clusters are not as many as effects, are one, or part a working block (it names
/// the study); when a column of the design depends on the others; and for a `linear_fit` made by hand whose
/// parts do not fit each other
template <detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_coefficients cluster_robust(linear_fit const& fit, Clusters const& clusters,
                                                 Correction const& correction = {}) {
    auto const groups = detail::clustering_of(clusters, static_cast<std::size_t>(fit.effects.size()));
    detail::require_that(groups.count >= 2, "cluster_robust needs at least two clusters");
    detail::check(fit);
    auto const parts = detail::split_by_cluster(fit, groups);
    Eigen::Index const columns = fit.design.cols();
    if (!detail::have_weights(parts)) {
        double const unknown = detail::not_a_number<double>();
        auto const square = Eigen::MatrixXd::Constant(columns, columns, unknown);
        auto const one_each = std::vector<Eigen::MatrixXd>(groups.count, square);
        return {Eigen::VectorXd::Constant(columns, unknown),
                square,
                Eigen::VectorXd::Constant(columns, unknown),
                groups.of.size(),
                groups.count,
                status::undefined,
                square,
                one_each,
                one_each};
    }
    auto const fitted = detail::generalised_least_squares(parts, fit.effects.size(), columns);
    Eigen::MatrixXd const bread = fitted.inverse * fitted.inverse.transpose();
    auto result = robust_coefficients{fitted.coefficients,
                                      Eigen::MatrixXd::Zero(columns, columns),
                                      Eigen::VectorXd(columns),
                                      groups.of.size(),
                                      groups.count,
                                      status::ok,
                                      bread,
                                      {},
                                      {}};
    auto const others_squares = detail::squares_of_others(fitted.q, parts);
    auto const others_rows = detail::squares_of_others(fitted.basis, parts);
    Eigen::Index next = 0;
    for (std::size_t j = 0; j < parts.size(); ++j) {
        auto const& part = parts[j];
        auto const rows = part.design.rows();
        Eigen::MatrixXd const factor = part.covariance.llt().matrixL();
        Eigen::MatrixXd const q = fitted.q.middleRows(next, rows);
        auto const told = detail::told_coefficients(fitted, others_rows[j]);
        Eigen::MatrixXd const root = factor * detail::residual_root_of(q, others_squares[j], told.by_others);
        Eigen::MatrixXd const a = correction(
            cluster_leverage{part.covariance, part.design, bread, groups.count, root, rows - told.alone});
        // W_j X_j (X'W X)⁻¹ = L'⁻¹ Q_j R'⁻¹
        Eigen::MatrixXd const influence =
            factor.transpose().triangularView<Eigen::Upper>().solve(q) * fitted.inverse.transpose();
        Eigen::MatrixXd const u = a.transpose() * influence;
        Eigen::VectorXd const score = u.transpose() * (factor * fitted.residuals.segment(next, rows));
        result.covariance += score * score.transpose();
        Eigen::MatrixXd const left = root.transpose() * u;
        result.within.push_back(left.transpose() * left);
        result.crossed.push_back(q.transpose() * (factor.transpose() * u));
        next += rows;
    }
    for (Eigen::Index i = 0; i < columns; ++i) {
        result.degrees_of_freedom[i] = detail::satterthwaite_degrees_of_freedom(result, i);
        double const variance = result.covariance(i, i);
        // What rounding leaves of a variance that is 0 is no variance.
        bool const exists = detail::is_finite(variance) && variance > 1e-26 * bread(i, i);
        if (!(exists && result.degrees_of_freedom[i] > 0)) {
            result.status = status::undefined;
        }
    }
    return result;
}

namespace detail {

/// The coefficients, with the status of the model where their own is `ok`.
[[nodiscard]] inline robust_coefficients of_model(status const model, robust_coefficients coefficients) {
    coefficients.status = coefficients.status == status::ok ? model : coefficients.status;
    return coefficients;
}

/// Refuses a result that does not have the coefficients of its working model, beyond rounding: the variances
/// would be of what it did not estimate.
template <class Estimated>
[[nodiscard]] robust_coefficients of_the_same(Estimated const& estimated, robust_coefficients coefficients) {
    for (Eigen::Index j = 0; j < coefficients.coefficients.size(); ++j) {
        double const found = coefficients.coefficients[j];
        double const scale = std::abs(found) + std::sqrt(coefficients.bread(j, j));
        require_that(!(std::abs(found - estimated[static_cast<std::size_t>(j)]) > 1e-6 * scale),
                     "robust errors are of a common effect, random effects or a regression by either, and of "
                     "the estimates that it was fitted to");
    }
    return coefficients;
}

[[nodiscard]] inline robust_mean robust_mean_of(pooled const& result, robust_coefficients coefficients) {
    coefficients = of_model(result.status, std::move(coefficients));
    auto const of = coefficients.coefficient(0);
    return {{result.effect, of.variance, result.tau_squared, of.degrees_of_freedom, of.k, of.status},
            coefficients.clusters,
            std::move(coefficients)};
}

} // namespace detail

/// The same of a three-level mean.
template <detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_mean cluster_robust(three_level_fit const& fit, Clusters const& clusters,
                                         Correction const& correction = {}) {
    return detail::robust_mean_of(fit, cluster_robust(working_model(fit), clusters, correction));
}

/// The same of a pooled mean and the estimates that were pooled: `cluster_robust(pool(random_effects{},
/// estimates), estimates, clusters, cr2{})`.
///
/// \param result as of `working_model`
/// \throws invalid_input also where these are not the estimates, or the mean is not weighted by their inverse
/// variances, as that of `three_level` or of `mantel_haenszel`
template <estimates Range, detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_mean cluster_robust(pooled const& result, Range const& estimates,
                                         Clusters const& clusters, Correction const& correction = {}) {
    auto robust = cluster_robust(working_model(result, estimates), clusters, correction);
    return detail::robust_mean_of(result, detail::of_the_same(std::array{result.effect}, std::move(robust)));
}

/// A test whose statistic has an F distribution if the null hypothesis holds.
struct f_test {
    double statistic;
    double numerator_degrees_of_freedom;
    double denominator_degrees_of_freedom;
    double p_value; ///< P(F >= statistic)
    /// `undefined` where the denominator's degrees of freedom are not positive; `not_converged` where the
    /// model is.
    accrue::status status;
};

/// The approximate Hotelling test (AHT) that C b = 0, for several coefficients with robust variances at once:
///
///     F = (h - q + 1) / (h q) (C b)' (C V C')⁻¹ C b   with q and h - q + 1 degrees of freedom,
///
/// q the rows of C, h = q (q + 1) / sum of the variances of the elements of C V C', standardised by its
/// expectation under the working model. Tipton & Pustejovsky 2015, J Educ Behav Stat 40:604-634,
/// doi:10.3102/1076998615606099.
///
/// `undefined`, with NaN, where there are too few clusters for the degrees of freedom, or a robust variance
/// is 0 but for rounding, as when all effects are the same.
///
/// \param contrasts C, a row for each, a column for each coefficient
/// \throws invalid_input when the columns are not as many as coefficients, there is no row, one follows from
/// others, or a number is not finite
template <class Fit = robust_coefficients> // linear_fit.hpp says why
[[nodiscard]] f_test hotelling_test(std::type_identity_t<Fit> const& fit, Eigen::MatrixXd contrasts) {
    contrasts = detail::checked_contrasts(std::move(contrasts), fit.coefficients.size(), "coefficient");
    Eigen::Index const q = contrasts.rows();
    Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(q, q);
    for (std::size_t j = 0; j < fit.clusters; ++j) {
        expected += contrasts * fit.between(j, j) * contrasts.transpose();
    }
    // Any root will do: the sum of the variances does not change when all is rotated.
    Eigen::MatrixXd const standardised = expected.llt().matrixL().solve(contrasts);
    double variances = 0;
    for (std::size_t i = 0; i < fit.clusters; ++i) {
        for (std::size_t j = 0; j < fit.clusters; ++j) {
            Eigen::MatrixXd const p = standardised * fit.between(i, j) * standardised.transpose();
            variances += p.trace() * p.trace() + (p * p).trace();
        }
    }
    auto const rows = static_cast<double>(q);
    double const h = rows * (rows + 1) / variances;
    double const denominator = h - rows + 1;
    Eigen::VectorXd const value = contrasts * fit.coefficients;
    Eigen::MatrixXd const covariance = contrasts * fit.covariance * contrasts.transpose();
    double const squared = value.dot(covariance.ldlt().solve(value));
    // What rounding leaves of a variance that is 0 is no variance.
    Eigen::VectorXd const least = 1e-26 * (contrasts * fit.bread * contrasts.transpose()).diagonal();
    bool exists = true;
    for (Eigen::Index i = 0; i < q; ++i) {
        exists = exists && covariance(i, i) > least[i];
    }
    if (!(denominator > 0) || !(squared >= 0) || !exists) {
        double const unknown = detail::not_a_number<double>();
        return {unknown, rows, denominator, unknown, status::undefined};
    }
    double const statistic = denominator / (h * rows) * squared;
    return {statistic, rows, denominator, fisher_f{rows, denominator}.survival(statistic),
            fit.status == status::not_converged ? fit.status : status::ok};
}

template <estimates Range, class... Rest>
ACCRUE_REFUSED("robust errors are of a result: cluster_robust(pool(model, estimates), estimates, clusters)",
               cluster_robust(Range const&, Rest const&...));

} // namespace accrue
