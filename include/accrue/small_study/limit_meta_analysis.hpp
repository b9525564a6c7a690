#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/weighted_line.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// What Rücker's limit meta-analysis says.
template <real Real>
struct basic_limit_meta_analysis_result {
    basic_pooled<Real> pooled; ///< the effect of studies of infinite precision, mean + bias tau
    Real mean;                 ///< the intercept: the effect where the whole standard deviation vanishes
    Real bias;                 ///< the slope: bias per standard deviation sqrt(v + tau²)
    std::vector<basic_estimate<Real>> limits; ///< each study, shrunken as if its precision were infinite,
                                              ///< with its own variance
    Real q;                                   ///< Cochran's Q, which the next two add up to
    Real q_small_study;       ///< the part that the dependence on standard errors explains, chi²(1)
    Real p_value_small_study; ///< of no small-study effect, taking variances as exact
    Real q_residual;          ///< the part about the line, chi²(k - 2)
    Real p_value_residual;    ///< of no heterogeneity beyond small-study effects
    accrue::status status;    ///< `undefined` for fewer than three studies or equal variances
};

using limit_meta_analysis_result = basic_limit_meta_analysis_result<double>;

/// Rücker's limit meta-analysis: the random-effects model with a bias in proportion to a study's standard
/// deviation,
///
///     y_i = mean + sqrt(v_i + tau²) (bias + error),
///
/// so that the effect of a study that grows without limit is mean + bias tau. That is the adjusted effect:
/// the limit of infinite precision with heterogeneity left as it is. The mean and the bias come from weighted
/// regression on sqrt(v + tau²) with weights 1/(v + tau²), tau² from the estimator without the bias. `limits`
/// are the studies as they would be in that limit,
///
///     mean + sqrt(tau² / (v_i + tau²)) (y_i - mean).
///
/// The null of `q_small_study` is that effects do not depend on standard errors. Like Egger's test it takes
/// every such dependence for bias. Without heterogeneity (tau² = 0) the adjusted effect is the intercept of
/// `egger_test{by_standard_error{}, unit_dispersion{}}`. The variance takes tau² as known.
///
/// Rücker, Schwarzer, Carpenter, Binder & Schumacher 2011, Biostatistics 12:122-142,
/// doi:10.1093/biostatistics/kxq046; Rücker, Carpenter & Schwarzer 2011, Biom J 53:351-368,
/// doi:10.1002/bimj.201000151.
template <class Estimator = reml>
struct limit_meta_analysis {
    Estimator estimator{}; ///< evidence -> tau²

    /// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
    template <estimates Range>
        requires tau_squared_estimator_for<Estimator, study_evidence<detail::range_real<Range>>>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_limit_meta_analysis_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        auto const evidence = detail::as_evidence(estimates);
        auto const found = estimator(evidence);
        Real const tau_squared = found.value;
        Real const tau = sqrt(tau_squared);
        // Regression on sqrt(v + tau²) - tau has its intercept at the limit, mean + bias tau.
        auto const beyond = line_on(evidence, tau_squared, [&](Real const& v) -> Real {
            return v / (sqrt(Real(v + tau_squared)) + tau);
        });
        auto const plain = line_on(evidence, Real(0), [](Real const& v) -> Real { return sqrt(v); });
        Real const nan = detail::not_a_number<Real>();
        std::size_t const k = evidence.size();
        auto result = basic_limit_meta_analysis_result<Real>{};
        result.q = inverse_variance_fit(evidence, Real(0)).q();
        if (k < 3 || !beyond.determined) {
            result.pooled = {nan, nan, tau_squared, detail::infinity<Real>(), k, status::undefined};
            result.mean = result.bias = result.q_small_study = result.p_value_small_study = nan;
            result.q_residual = result.p_value_residual = nan;
            result.status = status::undefined;
            return result;
        }
        result.pooled = detail::finite_or_undefined(
            basic_pooled<Real>{beyond.intercept, detail::square(beyond.intercept_unit_error), tau_squared,
                               detail::infinity<Real>(), k, found.status});
        result.bias = beyond.slope;
        result.mean = beyond.intercept - beyond.slope * tau;
        for (auto const& study : evidence.studies()) {
            Real const kept = sqrt(Real(tau_squared / (study.variance + tau_squared)));
            result.limits.push_back({result.mean + kept * (study.effect - result.mean), study.variance});
        }
        result.q_residual = plain.residual_squares;
        result.q_small_study = detail::square(plain.slope_unit_statistic);
        result.p_value_small_study = basic_chi_squared<Real>{Real(1)}.survival(result.q_small_study);
        result.p_value_residual =
            basic_chi_squared<Real>{detail::from_count<Real>(k - 2)}.survival(result.q_residual);
        bool const defined = detail::is_finite(Real(result.p_value_small_study + result.p_value_residual));
        result.status = defined ? result.pooled.status : status::undefined;
        result.pooled.status = result.status;
        return result;
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);

  private:
    template <real Real, class Predictor>
    [[nodiscard]] static detail::weighted_line<Real>
    line_on(study_evidence<Real> const& evidence, Real const& tau_squared, Predictor const& predictor) {
        std::vector<detail::line_point<Real>> points;
        for (auto const& study : evidence.studies()) {
            points.push_back({predictor(study.variance), study.effect, 1 / (study.variance + tau_squared)});
        }
        return detail::weighted_line<Real>(std::span<detail::line_point<Real> const>(points));
    }
};

template <class Estimator>
limit_meta_analysis(Estimator) -> limit_meta_analysis<Estimator>;

} // namespace accrue
