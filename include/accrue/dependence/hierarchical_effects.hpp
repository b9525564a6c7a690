#pragma once

#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/dependence/detail/mixed_model.hpp>
#include <accrue/dependence/detail/moderated_clusters.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/error.hpp>
#include <accrue/pooled.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <Eigen/Core>
#include <Eigen/QR>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace accrue {

/// What `hierarchical_effects` says. It is a `pooled`, of the mean, or of the first coefficient of a design.
struct hierarchical_fit : pooled {
    double tau_squared_between;   ///< variance of the blocks' true means
    double tau_squared_within;    ///< variance of true effects about their block's mean
    std::size_t clusters;         ///< number of blocks
    double log_likelihood;        ///< at the maximum; restricted if the estimator is `reml`
    Eigen::VectorXd coefficients; ///< of the design's columns
    Eigen::MatrixXd covariance;   ///< of the coefficients, if the model is right
    linear_fit model;             ///< the design, the effects and their covariance in this model
};

/// The linear model that it is, for `cluster_robust`.
[[nodiscard]] inline linear_fit const& working_model(hierarchical_fit const& fit) {
    return fit.model;
}

/// `cluster_robust` of hierarchical effects: of the mean, or of all coefficients in its `coefficients`.
template <detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_mean cluster_robust(hierarchical_fit const& fit, Clusters const& clusters,
                                         Correction const& correction = {}) {
    return detail::robust_mean_of(fit, cluster_robust(fit.model, clusters, correction));
}

/// Three levels with correlated sampling errors: the correlated and hierarchical effects (CHE) model,
///
///     y = X b + u_block + w + e,
///     u ~ N(0, tau²_between),   w ~ N(0, tau²_within),   e ~ N(0, V) in each block.
///
/// The usual working model for several outcomes of the same participants; V is mostly a guess (`correlated`
/// with a `constant_correlation`), so that its variances should come from `cluster_robust`, which hold
/// whatever V is:
///
///     auto const fit = hierarchical_effects{}(correlated(estimates, studies, constant_correlation{0.6}));
///     auto const robust = cluster_robust(fit, studies, cr2{});
///
/// With diagonal V it is `three_level`, which is faster and has only one variance to search for; here the
/// maximum is the best of searches from up to nine starts and from variances of 0, with standard deviations
/// as parameters, so that a maximum at 0 is one like others.
///
/// Where a variance changes nothing, since there is a single block or moderators tell blocks apart, the
/// status is `undefined` and what depends on it NaN. So it is where effects tell but a sum of both variances.
///
/// Pustejovsky & Tipton 2022, Prev Sci 23:425-438, doi:10.1007/s11121-021-01246-3.
template <likelihood_estimator Estimator = reml>
struct hierarchical_effects {
    Estimator estimator{}; ///< `reml` or `maximum_likelihood`; the search has a tolerance of its own

    /// The model with one mean.
    ///
    /// \throws invalid_input as for a design
    [[nodiscard]] hierarchical_fit operator()(correlated_estimates const& estimates) const {
        return (*this)(estimates, Eigen::MatrixXd::Ones(estimates.effects.size(), 1));
    }

    /// The model with moderators.
    ///
    /// \param design a row for each effect, a column for each coefficient; one of ones for an intercept
    /// \throws invalid_input when a block is no covariance matrix, an effect is in none or in two or is not
    /// finite, or the design's rows are not as many as effects, fewer than its columns, or its columns depend
    /// on each other
    [[nodiscard]] hierarchical_fit operator()(correlated_estimates const& estimates,
                                              Eigen::MatrixXd const& design) const {
        detail::check(estimates);
        detail::require_that(design.rows() == estimates.effects.size() && design.cols() > 0 &&
                                 design.rows() >= design.cols(),
                             "design must have a row for each effect, and no more columns than rows");
        detail::require_that(detail::rank_in_any_unit(design) >= design.cols(),
                             "design must have columns of which none depends on the others");
        auto blocks = std::vector<detail::mixed_block>{};
        double precision = 0;
        bool separable = false;
        for (auto const& block : estimates.blocks) {
            auto const count = static_cast<Eigen::Index>(block.places.size());
            auto part = detail::mixed_block{Eigen::MatrixXd(count, design.cols()), Eigen::VectorXd(count),
                                            block.covariance};
            for (Eigen::Index i = 0; i < count; ++i) {
                auto const place = static_cast<Eigen::Index>(block.places[static_cast<std::size_t>(i)]);
                part.design.row(i) = design.row(place);
                part.effects[i] = estimates.effects[place];
                precision += 1 / block.covariance(i, i);
            }
            separable = separable || count > 1;
            blocks.push_back(std::move(part));
        }
        auto const size = static_cast<double>(estimates.effects.size());
        double const typical = size / precision;
        double const spread = (estimates.effects.array() - estimates.effects.mean()).square().sum() / size;
        constexpr bool restricted = detail::is_restricted<Estimator>;
        // Parameters are standard deviations, in units of `unit`.
        double const unit = sqrt(typical);
        auto const covariance_at = [&](Eigen::VectorXd const& sd,
                                       detail::mixed_block const& block) -> Eigen::MatrixXd {
            Eigen::MatrixXd covariance = block.sampling;
            covariance.array() += typical * sd[0] * sd[0];
            if (separable) {
                covariance.diagonal().array() += typical * sd[1] * sd[1];
            }
            return covariance;
        };
        auto const deviance = [&](Eigen::VectorXd const& sd) -> detail::gradient_point {
            double between = 0, within = 0;
            auto const fit = detail::evaluate_mixed(
                blocks, restricted,
                [&](detail::mixed_block const& block) { return covariance_at(sd, block); },
                [&](detail::mixed_block const&, Eigen::MatrixXd const& k) {
                    between += k.sum();
                    within += k.trace();
                });
            Eigen::VectorXd gradient(separable ? 2 : 1);
            gradient[0] = 2 * typical * sd[0] * between;
            if (separable) {
                gradient[1] = 2 * typical * sd[1] * within;
            }
            return {fit.deviance, gradient};
        };
        double const reach = sqrt((std::max)(1.0, spread / typical));
        auto starts = std::vector<Eigen::VectorXd>{};
        for (double const between : {0.1, 0.5, 1.0}) {
            for (double const within : {0.1, 0.5, 1.0}) {
                Eigen::VectorXd start(separable ? 2 : 1);
                start[0] = between * reach;
                if (separable) {
                    start[1] = within * reach;
                }
                starts.push_back(start);
                if (!separable) {
                    break;
                }
            }
        }
        auto const best = detail::least_minimum(deviance, starts);
        // A standard deviation that changes nothing is not known.
        Eigen::VectorXd sd = best.point;
        auto known = best.status;
        for (Eigen::Index i = 0; i < sd.size(); ++i) {
            Eigen::VectorXd other = sd;
            other[i] = 10 * reach;
            if (!(std::abs(sd[i]) > 0) &&
                deviance(other).value <= best.value + detail::negligible_rise(best.value)) {
                sd[i] = detail::not_a_number<double>();
                known = status::undefined;
            }
        }
        if (separable && known != status::undefined && !tells_both(estimates, design)) {
            sd.setConstant(detail::not_a_number<double>());
            known = status::undefined;
        }
        if (known == status::undefined) {
            return undefined(sd, typical, estimates, design);
        }
        auto model = linear_fit{design, estimates.effects, estimates.blocks};
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            model.blocks[b].covariance = covariance_at(sd, blocks[b]);
        }
        auto const fit = detail::evaluate_mixed(
            blocks, restricted, [&](detail::mixed_block const& block) { return covariance_at(sd, block); },
            [](detail::mixed_block const&, Eigen::MatrixXd const&) {});
        double const between = detail::square(unit * sd[0]);
        double const within = separable ? detail::square(unit * sd[1]) : 0.0;
        return {{fit.coefficients[0], fit.covariance(0, 0), between + within, detail::infinity<double>(),
                 static_cast<std::size_t>(estimates.effects.size()), known},
                between,
                within,
                blocks.size(),
                detail::mixed_log_likelihood(fit.deviance, design, restricted),
                fit.coefficients,
                fit.covariance,
                std::move(model)};
    }

  private:
    /// Whether the effects tell both variances, whatever the covariances of their sampling errors.
    [[nodiscard]] static bool tells_both(correlated_estimates const& estimates,
                                         Eigen::MatrixXd const& design) {
        Eigen::MatrixXd const basis = Eigen::HouseholderQR<Eigen::MatrixXd>(design).householderQ() *
                                      Eigen::MatrixXd::Identity(design.rows(), design.cols());
        auto sizes = std::vector<std::size_t>{};
        detail::matrix<double> sums =
            detail::matrix<double>::Zero(static_cast<Eigen::Index>(estimates.blocks.size()), design.cols());
        for (auto const& block : estimates.blocks) {
            for (auto const place : block.places) {
                sums.row(detail::index(sizes.size())) += basis.row(detail::index(place));
            }
            sizes.push_back(block.places.size());
        }
        return detail::contrasts_tell_both(sums, sizes);
    }

    /// Where a variance can't be told from the coefficients, as with a single block: no variance of theirs
    /// exists.
    [[nodiscard]] static hierarchical_fit undefined(Eigen::VectorXd const& sd, double const typical,
                                                    correlated_estimates const& estimates,
                                                    Eigen::MatrixXd const& design) {
        double const unknown = detail::not_a_number<double>();
        return {{unknown, unknown, unknown, detail::infinity<double>(),
                 static_cast<std::size_t>(estimates.effects.size()), status::undefined},
                typical * sd[0] * sd[0],
                sd.size() > 1 ? typical * sd[1] * sd[1] : 0.0,
                estimates.blocks.size(),
                unknown,
                Eigen::VectorXd::Constant(design.cols(), unknown),
                Eigen::MatrixXd::Constant(design.cols(), design.cols(), unknown),
                {design, estimates.effects, estimates.blocks}};
    }
};

template <class Estimator>
hierarchical_effects(Estimator) -> hierarchical_effects<Estimator>;

} // namespace accrue
