#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/detail/moderated_clusters.hpp>
#include <accrue/dependence/detail/nested_maximum.hpp>
#include <accrue/dependence/detail/nested_newton.hpp>
#include <accrue/dependence/detail/nested_precision.hpp>
#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/dependence/nested_information.hpp>
#include <accrue/dependence/satterthwaite.hpp>
#include <accrue/dependence/three_level_fit.hpp>
#include <accrue/dependence/three_level_prediction.hpp>
#include <accrue/dependence/three_level_regression.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/tau_squared/likelihood_estimator.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// The three-level model: effects i in clusters j, such as the several outcomes of a study,
///
///     y_ij = mean + u_j + w_ij + e_ij,   u ~ N(0, tau²_between),   w ~ N(0, tau²_within),   e ~ N(0, v_ij),
///
/// all independent. Effects of one cluster are alike because they share u; taken as independent they would
/// make the mean look more precise than it is. Use it when the sampling errors are independent too, since the
/// effects come from different participants; if they share participants, say so (`hierarchical_effects`) or
/// use `cluster_robust`.
///
/// With a = sum 1/(v + tau²_within) over a cluster, the cluster's mean has variance 1/a + tau²_between, so
/// that both likelihoods and their derivatives are sums over effects, O(k). The largest of all maxima over
/// variances of 0 and above is looked for, without a start value: the variance between is the proved global
/// maximum at every variance within, which in turn is searched along a grid (`detail::nested_search`).
///
///     auto const fit = three_level{}(estimates, clusters);
///     confidence_interval(fit, 0.95);   prediction_interval(fit, 0.95);   study_effects(fit);
///
/// If no cluster has two effects, the data tell but the sum of the variances: all of it is given as between,
/// and the fit is exactly that of `pool(random_effects{estimator, uncertainty}, estimates)`. With a single
/// cluster of several effects nothing is known of how clusters differ: the status is `undefined`, and the
/// variance is NaN.
///
/// Konstantopoulos 2011, Res Synth Methods 2:61-76, doi:10.1002/jrsm.35; Van den Noortgate et al. 2013, Behav
/// Res Methods 45:576-594, doi:10.3758/s13428-012-0261-6; Cheung 2014, Psychol Methods 19:211-229,
/// doi:10.1037/a0032968.
template <likelihood_estimator Estimator = reml, class Uncertainty = wald>
struct three_level {
    Estimator
        estimator{}; ///< `reml`, or `maximum_likelihood`, whose variances are too small with few clusters
    /// `wald` for the normal distribution, `satterthwaite` for t with degrees of freedom by how well the
    /// variances are known, `kenward_roger` with a variance that allows for their being estimated, too; or
    /// any method that `random_effects` takes, such as `wald_t` or `hartung_knapp`, which then sees the
    /// clusters' means as its studies
    Uncertainty uncertainty{};

    /// The status is `undefined` for one cluster of several effects, and where variances are so far apart
    /// that the likelihood is no number of the type.
    ///
    /// \param estimates a contiguous range of `basic_estimate`, in any order
    /// \param clusters a contiguous range of integers or strings that names each effect's cluster, or a
    ///   `clustering`
    /// \throws invalid_input when there is no estimate, an effect or variance is unusable (it names the
    /// study), or clusters are not as many as estimates
    template <accrue::estimates Range, detail::says_clusters Clusters>
    [[nodiscard]] auto operator()(Range const& estimates, Clusters const& clusters) const
        -> basic_three_level_fit<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        auto const effects =
            std::span<basic_estimate<Real> const>(std::data(estimates), std::size(estimates));
        auto groups = detail::clustering_of(clusters, effects.size());
        auto const studies = detail::nested_studies<Real>(effects, groups);
        constexpr bool restricted = detail::is_restricted<Estimator>;
        auto maximum = detail::maximise_nested(studies, estimator, restricted);
        if (maximum.status == status::ok && studies.size() > studies.clusters()) {
            maximum = detail::with_last_digits(studies, maximum, restricted);
        }
        Real const size = detail::from_count<Real>(studies.size());
        Real const two_pi = 8 * atan(Real(1));
        Real const constant =
            restricted ? Real((size - 1) * log(two_pi) - log(size)) : Real(size * log(two_pi));
        auto const result = detail::finite_or_undefined(pooled_at(studies, maximum));
        bool const undefined = groups.count == 1 && effects.size() > 1;
        Real const unknown = detail::not_a_number<Real>();
        auto const summary = undefined ? basic_pooled<Real>{result.effect, unknown,  unknown,
                                                            unknown,       result.k, status::undefined}
                                       : result;
        std::size_t const count = groups.count;
        return {summary,
                undefined ? unknown : maximum.between,
                maximum.within,
                count,
                -(constant + maximum.deviance) / 2,
                {effects.begin(), effects.end()},
                std::move(groups)};
    }

    /// The model with moderators: y_ij = x_ij'b + u_j + w_ij + e_ij. Moderators may vary between clusters,
    /// within them, or both.
    ///
    ///     auto const fit = three_level{}(estimates, moderators{}.with("year", years), clusters);
    ///     predict(fit, {2000.0}, 0.95);   omnibus_test(fit);   cluster_robust(fit, clusters, cr2{});
    ///
    /// `wald_t` and `hartung_knapp` refer to t with m - q degrees of freedom, m the clusters and q the
    /// coefficients that differences within clusters say nothing of: these are the contrasts of clusters that
    /// the moderators leave. `satterthwaite` and `kenward_roger` give each combination of coefficients its
    /// own; Kenward & Roger 1997, Biometrics 53:983-997, doi:10.2307/2533558. Where both variances are 0, the
    /// former counts them as known and the latter that between as estimated, as without clusters.
    ///
    /// The status is `undefined`, and what can't be known NaN, where moderators tell all clusters apart, or
    /// the effects tell but a sum of both variances. With one effect a cluster that sum is given as between,
    /// and the fit is that of `meta_regression`.
    ///
    /// \param given a value of each moderator for each effect
    /// \param clusters as without moderators
    /// \throws invalid_input as `meta_regression` does, and when clusters are not as many as estimates
    template <class Range, real Real, detail::says_clusters Clusters>
        requires std::same_as<Real, detail::range_real<Range>>
    [[nodiscard]] basic_three_level_regression<Real>
    operator()(Range const& estimates, basic_moderators<Real> const& given, Clusters const& clusters) const {
        auto const evidence = moderated(estimates, given);
        auto result = regression(evidence, detail::clustering_of(clusters, evidence.size()));
        result.terms = given.terms();
        return result;
    }

    /// The same of studies that were made evidence before, by `moderated`. The terms of the regression are
    /// the columns of the design.
    template <real Real, detail::says_clusters Clusters>
    [[nodiscard]] basic_three_level_regression<Real> operator()(moderated_evidence<Real> const& studies,
                                                                Clusters const& clusters) const {
        return regression(studies, detail::clustering_of(clusters, studies.size()));
    }

    template <class Studies>
    ACCRUE_REFUSED(
        "three levels need to know which estimates belong together: three_level{}(estimates, clusters)",
        operator()(Studies const&) const);
    template <detail::reports Trials, class Clusters>
    ACCRUE_REFUSED("these are trials: effects(measure, trials) first", operator()(Trials const&,
                                                                                  Clusters const&) const);
    template <class Clusters, accrue::estimates Range>
        requires(!accrue::estimates<Clusters> && detail::contiguous<Clusters>)
    ACCRUE_REFUSED("the estimates come first: three_level{}(estimates, clusters)", operator()(Clusters const&,
                                                                                              Range const&)
                                                                                       const);

  private:
    template <real Real>
    [[nodiscard]] basic_three_level_regression<Real> regression(moderated_evidence<Real> const& evidence,
                                                                clustering groups) const {
        constexpr bool restricted = detail::is_restricted<Estimator>;
        auto const studies = detail::moderated_clusters<Real>(
            evidence, groups, restricted, Real(estimator.tolerance), estimator.max_iterations);
        auto maximum = detail::nested_search(studies, Real(estimator.tolerance)).maximum();
        if (maximum.status == status::ok) {
            maximum = detail::to_last_digits(studies.with_tolerance(4 * std::numeric_limits<Real>::epsilon()),
                                             maximum, Real(estimator.tolerance));
        }
        Real const unknown = detail::not_a_number<Real>();
        auto const at = studies.reduced(maximum.within);
        bool const known = at.free_contrasts() > 0 && (!studies.separable() || studies.tells_both());
        auto const common = inverse_variance_fit(evidence, Real(0));
        Real const typical = detail::typical_variance_of(evidence, common);
        auto const p = evidence.design().coefficients();
        auto const square = [&](Real const& value) -> detail::matrix<Real> {
            return detail::matrix<Real>::Constant(detail::index(p), detail::index(p), value);
        };
        auto result = basic_three_level_regression<Real>{
            {evidence.design().names(),
             std::vector<Real>(p, unknown),
             square(unknown),
             unknown,
             detail::infinity<Real>(),
             evidence.size(),
             status::undefined,
             common.q(),
             typical,
             basic_design_terms<Real>::of_columns(evidence.design().names()),
             square(unknown),
             {}},
            unknown,
            unknown,
            groups.count,
            unknown,
            {evidence.studies().begin(), evidence.studies().end()},
            evidence.design(),
            std::move(groups)};
        if (!known || maximum.status == status::undefined) {
            return result;
        }
        Real const unit = at.least + maximum.between;
        auto const projection = at.projection(maximum.between);
        auto found = detail::solve(evidence.design(), evidence.offsets(), projection, unit);
        if (detail::fits_exactly(evidence)) {
            found.q = Real(0);
        }
        auto precision = detail::nested_precision(uncertainty, evidence, studies, at, maximum.between, found);
        result.coefficients = found.coefficients;
        result.covariance = precision.root * precision.root.transpose();
        result.tau_squared = maximum.between + maximum.within;
        result.degrees_of_freedom = precision.degrees_of_freedom;
        result.status = maximum.status;
        result.root = std::move(precision.root);
        result.sensitivities = std::move(precision.sensitivities);
        result.tau_squared_between = maximum.between;
        result.tau_squared_within = maximum.within;
        Real const contrasts =
            detail::from_count<Real>(restricted ? evidence.degrees_of_freedom() : result.k);
        result.log_likelihood = -(contrasts * log(Real(8 * atan(Real(1)))) + maximum.deviance -
                                  (restricted ? evidence.log_design() : Real(0))) /
                                2;
        detail::conclude(result, projection.independent());
        return result;
    }

    template <real Real>
    [[nodiscard]] basic_pooled<Real> pooled_at(detail::nested_studies<Real> const& studies,
                                               detail::nested_maximum<Real> const& maximum) const {
        auto const at = studies.means(maximum.within);
        auto const means = study_evidence<Real>(at.means);
        auto const fit = inverse_variance_fit(means, maximum.between);
        auto const precision = [&]() -> basic_precision<Real> {
            if constexpr (std::invocable<Uncertainty const&, nested_information<Real> const&>) {
                return uncertainty(detail::information_of(studies, maximum.between, maximum.within,
                                                          detail::is_restricted<Estimator>));
            } else {
                if constexpr (std::same_as<Uncertainty, kenward_roger>) {
                    if (maximum.within > 0) {
                        return detail::kenward_roger_of_mean(
                            detail::information_of(studies, maximum.between, maximum.within, true));
                    }
                }
                return detail::precision_of(uncertainty, fit, means, maximum.between);
            }
        }();
        return {fit.mean,
                precision.variance,
                maximum.between + maximum.within,
                precision.degrees_of_freedom,
                studies.size(),
                maximum.status};
    }
};

template <class Estimator, class Uncertainty = wald>
three_level(Estimator, Uncertainty = {}) -> three_level<Estimator, Uncertainty>;

} // namespace accrue
