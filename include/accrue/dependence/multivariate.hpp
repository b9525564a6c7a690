#pragma once

#include <accrue/dependence/between_covariance.hpp>
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/correlated_estimates.hpp>
#include <accrue/dependence/detail/mixed_model.hpp>
#include <accrue/dependence/linear_fit.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/distribution/chi_squared.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/stratified_tests.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// What one study reports of several outcomes, on the analysis scale. A study that lacks some lists those it
/// has: `{.effects = {0.3}, .covariance = ..., .outcomes = {1}}` has the second outcome only.
struct study_outcomes {
    std::vector<double> effects;
    Eigen::MatrixXd covariance; ///< of the effects' sampling errors
    /// Which outcome each effect is of, counted from 0; empty for 0, 1, 2, ...
    std::vector<std::size_t> outcomes = {};
};

namespace detail {

/// The outcomes of a study, which is refused if it can't be used.
template <class Study = study_outcomes> // linear_fit.hpp says why
[[nodiscard]] std::vector<std::size_t> checked_outcomes(std::size_t const place,
                                                        std::type_identity_t<Study> const& study) {
    auto outcomes = study.outcomes;
    if (outcomes.empty()) {
        for (std::size_t i = 0; i < study.effects.size(); ++i) {
            outcomes.push_back(i);
        }
    }
    auto const size = static_cast<Eigen::Index>(study.effects.size());
    require_that(!study.effects.empty() && outcomes.size() == study.effects.size(), place,
                 "outcomes must be as many as effects, and not none");
    auto sorted = outcomes;
    std::sort(sorted.begin(), sorted.end());
    require_that(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), place,
                 "outcomes must differ from each other");
    for (auto const effect : study.effects) {
        require_that(is_finite(effect), place, "effects must be finite");
    }
    require_that(study.covariance.rows() == size && study.covariance.cols() == size &&
                     is_covariance(study.covariance),
                 place, "covariance must be symmetric and positive definite, with a row for each effect");
    return outcomes;
}

} // namespace detail

/// What a multivariate model says of several outcomes.
struct multivariate_fit {
    Eigen::VectorXd effects;            ///< the pooled effect of each outcome
    Eigen::MatrixXd covariance;         ///< of the pooled effects
    Eigen::MatrixXd between_covariance; ///< of the outcomes' true effects, between studies; may be singular
    double log_likelihood;              ///< at the maximum; restricted if the estimator is `reml`
    std::size_t k;                      ///< number of studies
    accrue::status status;
    linear_fit model; ///< the design, the effects and their covariance in this model, a block for each study

    /// One outcome as a `pooled`, for intervals, p-values and predictions. Its `k` are the studies that have
    /// it: the others, which only lend it strength, leave predictions no more degrees of freedom.
    ///
    /// \throws invalid_input for an outcome that there is not
    [[nodiscard]] pooled outcome(std::size_t const i) const {
        auto const at = static_cast<Eigen::Index>(i);
        detail::require_below("outcome (counted from 0)", i, "the number of outcomes",
                              static_cast<std::size_t>(effects.size()));
        auto const studies = static_cast<std::size_t>((model.design.col(at).array() > 0).count());
        return {
            effects[at], covariance(at, at), between_covariance(at, at), detail::infinity<double>(), studies,
            status};
    }
};

/// The intervals of all outcomes' pooled effects, in their order, by the normal distribution.
///
/// \throws invalid_input unless 0 < level < 1
template <class Fit = multivariate_fit> // linear_fit.hpp says why
[[nodiscard]] std::vector<interval> confidence_intervals(std::type_identity_t<Fit> const& fit,
                                                         double const level) {
    auto result = std::vector<interval>{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(fit.effects.size()); ++i) {
        result.push_back(confidence_interval(fit.outcome(i), level));
    }
    return result;
}

/// The two-sided p-values of no effect on each outcome.
template <class Fit = multivariate_fit> // linear_fit.hpp says why
[[nodiscard]] std::vector<double> p_values(std::type_identity_t<Fit> const& fit) {
    auto result = std::vector<double>{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(fit.effects.size()); ++i) {
        result.push_back(p_value(fit.outcome(i)));
    }
    return result;
}

/// The linear model that it is, for `cluster_robust`; effects stand in the order of studies, then as listed.
[[nodiscard]] inline linear_fit const& working_model(multivariate_fit const& fit) {
    return fit.model;
}

/// `cluster_robust` of several outcomes, whose coefficients are their pooled effects.
///
/// \param clusters one for each effect, in the order of `working_model`; those of a study are in one cluster
template <detail::says_clusters Clusters, class Correction = cr2>
[[nodiscard]] robust_coefficients cluster_robust(multivariate_fit const& fit, Clusters const& clusters,
                                                 Correction const& correction = {}) {
    return detail::of_model(fit.status, cluster_robust(fit.model, clusters, correction));
}

/// The multivariate random-effects model of several outcomes that the same studies report:
///
///     y_i ~ N(X_i mean, V_i + X_i G X_i'),   X_i the rows of the identity for the outcomes that study i has.
///
/// Outcomes lend each other strength by their correlations: a study that lacks one still tells of it. G is at
/// the maximum of the (restricted) likelihood, the best of searches by exact derivatives from nine starts and
/// from variances of 0; its root, not its logarithm, is what is searched, so that a singular G (a correlation
/// of ±1, a variance of 0), which small reviews often have, is found as it is.
///
/// The status is `undefined`, and elements of G are NaN, where no effects tell them: the variance of an
/// outcome that a single study has, and for `unstructured` the covariance of a pair that no study has both
/// of, or of which a single study has one; for `compound_symmetric` all covariances if that is so of all
/// pairs.
///
/// Jackson, Riley & White 2011, Stat Med 30:2481-2498, doi:10.1002/sim.4172.
template <class Structure = unstructured, likelihood_estimator Estimator = reml>
struct multivariate {
    Structure structure{}; ///< of G: `unstructured`, `compound_symmetric`, `diagonal`
    Estimator estimator{}; ///< `reml` or `maximum_likelihood`; the search has a tolerance of its own

    /// \param outcomes a contiguous range of `study_outcomes`
    /// \throws invalid_input when there is no study, one's effects, outcomes and covariance don't fit
    /// together or are unusable (it names the study), an outcome is in no study, or there are no more effects
    /// than outcomes
    template <class Range>
        requires std::derived_from<detail::element_t<Range>, study_outcomes>
    [[nodiscard]] multivariate_fit operator()(Range const& outcomes) const {
        auto const* const studies = std::data(outcomes);
        auto const count = static_cast<std::size_t>(std::size(outcomes));
        detail::require_not_empty("outcomes", count);
        auto of = std::vector<std::vector<std::size_t>>{};
        auto reports = std::vector<std::size_t>{};
        std::size_t effects = 0;
        for (std::size_t i = 0; i < count; ++i) {
            of.push_back(detail::checked_outcomes(i, studies[i]));
            effects += of.back().size();
        }
        for (std::size_t i = 0; i < count; ++i) {
            for (auto const which : of[i]) {
                detail::for_study(
                    i, [&] { detail::require_below("outcome", which, "the number of effects", effects); });
                reports.resize((std::max)(reports.size(), which + 1), 0);
                ++reports[which];
            }
        }
        for (std::size_t which = 0; which < reports.size(); ++which) {
            if (reports[which] == 0) {
                throw invalid_input("outcome " + std::to_string(which) + " (counted from 0) is in no study");
            }
        }
        auto const size = static_cast<Eigen::Index>(reports.size());
        if (effects <= reports.size()) {
            throw invalid_input("there must be more effects than outcomes, which are " +
                                std::to_string(reports.size()) + ", but there are " +
                                std::to_string(effects));
        }
        auto blocks = std::vector<detail::mixed_block>{};
        Eigen::VectorXd precision = Eigen::VectorXd::Zero(size), mean = precision, square = precision;
        auto model = linear_fit{Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(effects), size),
                                Eigen::VectorXd(static_cast<Eigen::Index>(effects)),
                                {}};
        std::size_t next = 0;
        for (std::size_t i = 0; i < count; ++i) {
            auto const here = static_cast<Eigen::Index>(of[i].size());
            auto block = detail::mixed_block{Eigen::MatrixXd::Zero(here, size), Eigen::VectorXd(here),
                                             studies[i].covariance};
            auto places = std::vector<std::size_t>{};
            for (Eigen::Index r = 0; r < here; ++r) {
                auto const which = static_cast<Eigen::Index>(of[i][static_cast<std::size_t>(r)]);
                double const effect = studies[i].effects[static_cast<std::size_t>(r)];
                block.design(r, which) = 1;
                block.effects[r] = effect;
                precision[which] += 1 / studies[i].covariance(r, r);
                mean[which] += effect;
                model.design(static_cast<Eigen::Index>(next), which) = 1;
                model.effects[static_cast<Eigen::Index>(next)] = effect;
                places.push_back(next++);
            }
            model.blocks.push_back({std::move(places), studies[i].covariance});
            blocks.push_back(std::move(block));
        }
        // Typical variances of sampling errors and of effects, to start from.
        auto sampling = Eigen::VectorXd(size), spread = Eigen::VectorXd(size);
        for (Eigen::Index j = 0; j < size; ++j) {
            auto const n = static_cast<double>(reports[static_cast<std::size_t>(j)]);
            sampling[j] = n / precision[j];
            mean[j] /= n;
        }
        for (auto const& block : blocks) {
            square += block.design.transpose() * (block.effects - block.design * mean).cwiseAbs2();
        }
        for (Eigen::Index j = 0; j < size; ++j) {
            spread[j] = square[j] / static_cast<double>(reports[static_cast<std::size_t>(j)]);
        }
        // What outcomes are measured in: parameters of each are in its own unit, unless they share them.
        Eigen::VectorXd units = sampling.cwiseSqrt();
        if constexpr (std::same_as<Structure, compound_symmetric>) {
            units.setConstant(std::sqrt(sampling.mean()));
        }

        constexpr bool restricted = detail::is_restricted<Estimator>;
        auto const between_at = [&](Eigen::VectorXd const& parameters) -> Eigen::MatrixXd {
            return units.asDiagonal() * structure.covariance(parameters, size) * units.asDiagonal();
        };
        auto const covariance_at = [&](Eigen::MatrixXd const& g,
                                       detail::mixed_block const& block) -> Eigen::MatrixXd {
            return block.sampling + block.design * g * block.design.transpose();
        };
        auto const deviance = [&](Eigen::VectorXd const& parameters) -> detail::gradient_point {
            Eigen::MatrixXd const g = between_at(parameters);
            Eigen::MatrixXd by_g = Eigen::MatrixXd::Zero(size, size);
            auto const fit = detail::evaluate_mixed(
                blocks, restricted, [&](detail::mixed_block const& block) { return covariance_at(g, block); },
                [&](detail::mixed_block const& block, Eigen::MatrixXd const& k) {
                    by_g += block.design.transpose() * k * block.design;
                });
            return {fit.deviance,
                    structure.gradient(parameters, units.asDiagonal() * by_g * units.asDiagonal())};
        };
        auto starts = std::vector<Eigen::VectorXd>{};
        for (double const scale : {0.1, 0.5, 1.0}) {
            for (double const likeness : {-0.6, 0.1, 0.7}) {
                Eigen::VectorXd const sd =
                    scale * (spread + 0.01 * sampling).cwiseSqrt().cwiseQuotient(units);
                starts.push_back(structure.start(sd, likeness));
            }
        }
        auto const best = detail::least_minimum(deviance, starts);
        Eigen::MatrixXd const g = between_at(best.point);
        auto const fit = detail::evaluate_mixed(
            blocks, restricted, [&](detail::mixed_block const& block) { return covariance_at(g, block); },
            [](detail::mixed_block const&, Eigen::MatrixXd const&) {});
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            model.blocks[b].covariance = covariance_at(g, blocks[b]);
        }
        // What no two effects tell is not known: the variance of an outcome that one study has, and the
        // covariance of two of which one study has one, or none has both, unless G has a structure that
        // tells. An effect that is the only one of its outcome says but what its mean is.
        Eigen::MatrixXd together = Eigen::MatrixXd::Zero(size, size);
        for (auto const& block : blocks) {
            Eigen::VectorXd const has = block.design.colwise().sum();
            together += has * has.transpose();
        }
        auto between = g;
        auto of_effects = fit.covariance;
        auto known = best.status;
        double const unknown = detail::not_a_number<double>();
        constexpr bool shared = std::same_as<Structure, compound_symmetric>;
        auto const is_told = [&](Eigen::Index const i, Eigen::Index const j) {
            return together(i, j) > 0.5 && together(i, i) > 1.5 && together(j, j) > 1.5;
        };
        bool one_pair_told = size == 1;
        for (Eigen::Index i = 0; i < size; ++i) {
            for (Eigen::Index j = 0; j < i; ++j) {
                one_pair_told = one_pair_told || is_told(i, j);
            }
        }
        for (Eigen::Index i = 0; i < size; ++i) {
            for (Eigen::Index j = 0; j < size; ++j) {
                bool const alone = i == j && !is_told(i, i) && !(shared && one_pair_told);
                bool const apart =
                    i != j &&
                    (shared ? !one_pair_told : std::same_as<Structure, unstructured> && !is_told(i, j));
                if (apart || (alone && !shared)) {
                    between(i, j) = unknown;
                    known = status::undefined;
                }
                if (alone) {
                    of_effects.row(i).setConstant(unknown);
                    of_effects.col(i).setConstant(unknown);
                }
            }
        }
        return {fit.coefficients,
                of_effects,
                between,
                detail::mixed_log_likelihood(fit.deviance, model.design, restricted),
                count,
                known,
                std::move(model)};
    }

  private:
    template <class Range>
        requires(!std::derived_from<detail::element_t<Range>, study_outcomes>)
    ACCRUE_REFUSED("several outcomes are given by study: a range of study_outcomes, each with its effects "
                   "and their covariance",
                   operator()(Range const&) const);
};

template <class Structure, class Estimator = reml>
multivariate(Structure, Estimator = {}) -> multivariate<Structure, Estimator>;

/// The Wald test that C effects = 0, chi² with as many degrees of freedom as C has rows:
///
///     (C m)' (C S C')⁻¹ C m,   m the pooled effects, S their covariance.
///
/// \param contrasts C, a row for each contrast, a column for each outcome
/// \return `undefined` where an effect or variance that it takes is not known, `not_converged` where the fit
/// is
/// \throws invalid_input when the columns are not as many as outcomes, there is no row, one follows from
/// others, or a number is not finite
template <class Fit = multivariate_fit> // linear_fit.hpp says why
[[nodiscard]] chi_squared_test wald_test(std::type_identity_t<Fit> const& fit, Eigen::MatrixXd contrasts) {
    contrasts = detail::checked_contrasts(std::move(contrasts), fit.effects.size(), "outcome");
    Eigen::VectorXd effects = fit.effects;
    Eigen::MatrixXd of_effects = fit.covariance;
    for (Eigen::Index i = 0; i < contrasts.cols(); ++i) {
        if (!(contrasts.col(i).cwiseAbs().maxCoeff() > 0)) { // what is not taken need not be known
            effects[i] = 0;
            of_effects.row(i).setZero();
            of_effects.col(i).setZero();
        }
    }
    Eigen::VectorXd const value = contrasts * effects;
    Eigen::MatrixXd const covariance = contrasts * of_effects * contrasts.transpose();
    auto const factor = covariance.ldlt();
    bool const exists = covariance.allFinite() && factor.vectorD().minCoeff() > 0;
    auto result = detail::make_chi_squared_test(exists ? value.dot(factor.solve(value))
                                                       : detail::not_a_number<double>(),
                                                static_cast<double>(contrasts.rows()));
    if (result.status == status::ok && fit.status == status::not_converged) {
        result.status = fit.status;
    }
    return result;
}

} // namespace accrue
