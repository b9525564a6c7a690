#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/refused.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// Effects whose sampling errors are correlated within blocks, since they were measured in the same
/// participants.
struct correlated_estimates {
    Eigen::VectorXd effects;           ///< on the analysis scale
    std::vector<working_block> blocks; ///< of sampling errors; every effect in one of them
};

/// The same correlation between all sampling errors of a cluster. It is seldom reported: state one that is
/// plausible (0.5 to 0.8 for outcomes of the same participants), and see how much it matters. Between -1/(n -
/// 1), n the effects of the largest cluster, and 1.
struct constant_correlation {
    double correlation;

    [[nodiscard]] double operator()(std::size_t, std::size_t) const {
        detail::require(correlation > -1 && correlation < 1, "correlation", "above -1 and below 1",
                        correlation);
        return correlation;
    }
};

/// Correlations that fall with the distance in time: correlation^|t_i - t_j|, for outcomes measured several
/// times.
struct autoregressive_correlation {
    double correlation;        ///< at a distance of 1; from 0 to less than 1
    std::vector<double> times; ///< of all effects, in the order given

    [[nodiscard]] double operator()(std::size_t const i, std::size_t const j) const {
        detail::require(correlation >= 0 && correlation < 1, "correlation", "from 0 to less than 1",
                        correlation);
        detail::require_that(i < times.size() && j < times.size(), "times must be as many as estimates");
        for (auto const study : {i, j}) {
            detail::for_study(study, [&] { detail::require_finite("time", times[study]); });
        }
        return std::pow(correlation, std::abs(times[i] - times[j]));
    }
};

namespace detail {

/// Whether a matrix is symmetric and, by more than rounding, positive definite: no row is determined by
/// others.
template <class Matrix = Eigen::MatrixXd>
[[nodiscard]] bool is_covariance(std::type_identity_t<Matrix> const& matrix) {
    if (!matrix.allFinite() ||
        (matrix - matrix.transpose()).cwiseAbs().maxCoeff() > 1e-10 * matrix.cwiseAbs().maxCoeff()) {
        return false;
    }
    auto const factor = matrix.llt();
    auto const definite = factor.matrixLLT().diagonal().array().square() > 1e-13 * matrix.diagonal().array();
    return factor.info() == Eigen::ComputationInfo{} && definite.count() == matrix.rows();
}

/// Refuses a matrix that is no covariance.
template <class Block = working_block>
void check_covariance(std::type_identity_t<Block> const& block) {
    require_that(is_covariance(block.covariance), block.places.front(),
                 "covariance must be symmetric and positive definite");
}

template <class Estimates = correlated_estimates>
void check(std::type_identity_t<Estimates> const& estimates) {
    auto const size = static_cast<std::size_t>(estimates.effects.size());
    require_not_empty("estimates", size);
    check_blocks(estimates.blocks, size);
    for (auto const& block : estimates.blocks) {
        check_covariance(block);
    }
    for (std::size_t i = 0; i < size; ++i) {
        auto const effect = estimates.effects[static_cast<Eigen::Index>(i)];
        for_study(i, [&] { require_finite("effect", effect); });
    }
}

} // namespace detail

/// Estimates with the sampling covariances cov_ij = r_ij sqrt(v_i v_j) within clusters, 0 between.
///
///     auto const outcomes = correlated(estimates, studies, constant_correlation{0.6});
///     hierarchical_effects{}(outcomes);   aggregate(outcomes);
///
/// Gleser & Olkin 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis,
/// 2nd ed., 357-376.
///
/// \param correlation_of a callable (i, j) -> r_ij of effects i and j, counted from 0
/// \throws invalid_input when an estimate is unusable, clusters are not as many, or the correlations of a
/// cluster can't be (it names the cluster's first study)
template <estimates Range, detail::says_clusters Clusters, class Correlation>
[[nodiscard]] correlated_estimates correlated(Range const& estimates, Clusters const& clusters,
                                              Correlation const& correlation_of) {
    auto const studies = detail::as_evidence(estimates).studies();
    auto const groups = detail::grouped_places(detail::clustering_of(clusters, studies.size()));
    auto result = correlated_estimates{Eigen::VectorXd(static_cast<Eigen::Index>(studies.size())), {}};
    for (std::size_t i = 0; i < studies.size(); ++i) {
        result.effects[static_cast<Eigen::Index>(i)] = studies[i].effect;
    }
    for (std::size_t j = 0; j + 1 < groups.first.size(); ++j) {
        auto places = groups.of(j);
        auto const count = static_cast<Eigen::Index>(places.size());
        auto covariance = Eigen::MatrixXd(count, count);
        for (Eigen::Index r = 0; r < count; ++r) {
            for (Eigen::Index c = 0; c < count; ++c) {
                auto const i = places[static_cast<std::size_t>(r)], l = places[static_cast<std::size_t>(c)];
                covariance(r, c) = r == c ? studies[i].variance
                                          : correlation_of(i, l) * std::sqrt(studies[i].variance) *
                                                std::sqrt(studies[l].variance);
            }
        }
        result.blocks.push_back({std::move(places), std::move(covariance)});
        detail::check_covariance(result.blocks.back());
    }
    return result;
}

/// One estimate for each block: the mean of its effects with the smallest variance, if they estimate the
/// same,
///
///     1'V⁻¹y / 1'V⁻¹1   with variance   1 / 1'V⁻¹1.
///
/// What a model for independent studies needs. It takes effects of a study to have one true value; where they
/// differ more than by sampling, `hierarchical_effects` keeps that. With a correlation of 0 it is the
/// inverse-variance mean.
///
/// \return estimates in the order of the blocks
/// \throws invalid_input when a block is no covariance matrix, an effect is in none or in two, or a block's
/// mean or its variance is beyond the range of double; it names the first study of the block
template <class Estimates = correlated_estimates> // linear_fit.hpp says why
[[nodiscard]] std::vector<estimate> aggregate(std::type_identity_t<Estimates> const& estimates) {
    detail::check(estimates);
    auto result = std::vector<estimate>{};
    for (auto const& block : estimates.blocks) {
        // From the most precise effect, in units of its variance and of each effect's own error, and by
        // halves of effects, so that nothing overflows but the result: V = v D^-1 R D^-1 with that variance v
        // and the correlations R.
        auto const half_effect = [&](Eigen::Index const i) {
            return estimates.effects[static_cast<Eigen::Index>(block.places[static_cast<std::size_t>(i)])] /
                   2;
        };
        Eigen::Index most_precise = 0;
        double const variance = block.covariance.diagonal().minCoeff(&most_precise);
        Eigen::VectorXd const inverse_error =
            block.covariance.diagonal().unaryExpr([](double const v) { return 1 / std::sqrt(v); });
        Eigen::VectorXd const precision = inverse_error / inverse_error[most_precise];
        Eigen::MatrixXd const correlations =
            inverse_error.asDiagonal() * block.covariance * inverse_error.asDiagonal();
        detail::require_that(detail::is_covariance(correlations), block.places.front(),
                             "covariance must be symmetric and positive definite");
        Eigen::VectorXd const weights = precision.cwiseProduct(correlations.llt().solve(precision));
        double const all = weights.sum();
        double const origin = half_effect(most_precise);
        double distance = 0;
        for (Eigen::Index i = 0; i < weights.size(); ++i) {
            distance += weights[i] / all * (half_effect(i) - origin);
        }
        result.push_back({2 * (origin + distance), variance / all});
        detail::for_study(block.places.front(), [&] {
            detail::require_finite("the mean of its block", result.back().effect);
            detail::require_positive("the variance of its block's mean", result.back().variance);
        });
    }
    return result;
}

template <estimates Range, detail::says_clusters Clusters>
ACCRUE_REFUSED("say how effects correlate: correlated(estimates, clusters, constant_correlation{0.6})",
               correlated(Range const&, Clusters const&, double));
template <estimates Range>
ACCRUE_REFUSED("say how estimates correlate: aggregate(correlated(estimates, clusters, correlation))",
               aggregate(Range const&));

} // namespace accrue
