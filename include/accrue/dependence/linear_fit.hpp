#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>

#include <Eigen/Core>
#include <Eigen/QR>

#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// Effects that a model takes to vary together, and their covariance in that model: sampling errors and
/// heterogeneity.
struct working_block {
    std::vector<std::size_t> places; ///< of the effects, counted from 0
    Eigen::MatrixXd covariance;      ///< a row and a column for each
};

namespace detail {

// In this folder, functions that use Eigen's decompositions or products are templates, though of one type: a
// unit that does not call them does not compile those, which takes many seconds.

/// Refuses blocks that are no partition of the effects, or whose covariances have another size.
inline void check_blocks(std::vector<working_block> const& blocks, std::size_t const effects) {
    auto seen = std::vector<bool>(effects, false);
    for (auto const& block : blocks) {
        require_not_empty("places of a block", block.places.size());
        for (auto const place : block.places) {
            require_that(place < effects, "places must be less than the number of effects");
            require_that(!seen[place], place, "must be in one block only");
            seen[place] = true;
        }
        auto const rows = static_cast<Eigen::Index>(block.places.size());
        require_that(block.covariance.rows() == rows && block.covariance.cols() == rows, block.places.front(),
                     "covariance must have a row and a column for each effect of the block");
    }
    for (std::size_t i = 0; i < effects; ++i) {
        require_that(seen[i], i, "must be in a block");
    }
}

/// How many rows, or columns, of a matrix depend on no others, in whatever units they are.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] Eigen::Index rank_in_any_unit(std::type_identity_t<Matrix> scaled) {
    for (Eigen::Index j = 0; j < scaled.cols(); ++j) {
        double const largest = scaled.col(j).cwiseAbs().maxCoeff();
        scaled.col(j) /= largest > 0 ? largest : 1;
    }
    for (Eigen::Index i = 0; i < scaled.rows(); ++i) {
        double const largest = scaled.row(i).cwiseAbs().maxCoeff();
        scaled.row(i) /= largest > 0 ? largest : 1;
    }
    return Eigen::ColPivHouseholderQR<Matrix>(scaled).rank();
}

/// Contrasts, each in the unit of its largest entry, as tests that they are 0 do not depend on their units.
/// Refuses those that do not fit the coefficients, or of which one follows from others.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] Matrix checked_contrasts(std::type_identity_t<Matrix> contrasts,
                                       Eigen::Index const coefficients, std::string const& what) {
    if (contrasts.cols() != coefficients || contrasts.rows() == 0) {
        throw invalid_input("contrasts must have a column for each " + what + ", and a row");
    }
    require_that(contrasts.allFinite(), "contrasts must be finite");
    require_that(rank_in_any_unit<Matrix>(contrasts) >= contrasts.rows(),
                 "contrasts must have rows of which none depends on the others");
    for (Eigen::Index i = 0; i < contrasts.rows(); ++i) {
        contrasts.row(i) /= double(contrasts.row(i).cwiseAbs().maxCoeff());
    }
    return contrasts;
}

} // namespace detail

/// What robust variances need of a linear model: its design matrix, the effects, and the covariance that the
/// model takes them to have, in blocks that are independent of each other. The model's coefficients are those
/// of generalised least squares,
///
///     b = (X'W X)⁻¹ X'W y,   W = Phi⁻¹,   Phi = diag(blocks).
struct linear_fit {
    Eigen::MatrixXd design;            ///< X, a row for each effect, a column for each coefficient
    Eigen::VectorXd effects;           ///< y
    std::vector<working_block> blocks; ///< every effect in one of them
};

/// The linear model that a pooled mean is: an intercept, and independent effects with variances v + tau².
///
/// \param result of `pool` with `common_effect`, or `random_effects` whatever its estimator
/// \param estimates what was pooled
template <estimates Range>
[[nodiscard]] linear_fit working_model(pooled const& result, Range const& estimates) {
    auto const evidence = detail::as_evidence(estimates);
    auto const size = static_cast<Eigen::Index>(evidence.size());
    auto fit = linear_fit{Eigen::MatrixXd::Ones(size, 1), Eigen::VectorXd(size), {}};
    for (std::size_t i = 0; i < evidence.size(); ++i) {
        fit.effects[static_cast<Eigen::Index>(i)] = evidence.studies()[i].effect;
        double const variance = evidence.studies()[i].variance + result.tau_squared;
        fit.blocks.push_back({{i}, Eigen::MatrixXd::Constant(1, 1, variance)});
    }
    return fit;
}

namespace detail {

/// One mean, and in each cluster the covariance `between`, with v + `within` added on the diagonal.
[[nodiscard]] inline linear_fit nested_working_model(std::vector<estimate> const& estimates,
                                                     clustering const& clusters, double const between,
                                                     double const within) {
    auto const size = static_cast<Eigen::Index>(estimates.size());
    auto fit = linear_fit{Eigen::MatrixXd::Ones(size, 1), Eigen::VectorXd(size), {}};
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        fit.effects[static_cast<Eigen::Index>(i)] = estimates[i].effect;
    }
    auto const groups = grouped_places(clusters);
    for (std::size_t j = 0; j < clusters.count; ++j) {
        auto block = working_block{groups.of(j), {}};
        auto const count = static_cast<Eigen::Index>(block.places.size());
        block.covariance = Eigen::MatrixXd::Constant(count, count, between);
        for (Eigen::Index i = 0; i < count; ++i) {
            block.covariance(i, i) += within + estimates[block.places[static_cast<std::size_t>(i)]].variance;
        }
        fit.blocks.push_back(std::move(block));
    }
    return fit;
}

} // namespace detail

/// The linear model that a three-level mean is: an intercept, and in each cluster the covariance
/// tau²_between, with v + tau²_within added on the diagonal.
[[nodiscard]] inline linear_fit working_model(three_level_fit const& result) {
    return detail::nested_working_model(result.estimates, result.groups, result.tau_squared_between,
                                        result.tau_squared_within);
}

/// A linear model is its own.
[[nodiscard]] inline linear_fit const& working_model(linear_fit const& fit) {
    return fit;
}

} // namespace accrue
