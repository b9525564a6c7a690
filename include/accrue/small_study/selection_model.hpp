#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/selection_fit.hpp>
#include <accrue/small_study/p_value_side.hpp>
#include <accrue/small_study/selection_weights.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// Twice the difference of two log-likelihoods, and its test.
template <real Real>
struct basic_likelihood_ratio {
    Real statistic;
    Real degrees_of_freedom;
    Real p_value; ///< from chi²; NaN without degrees of freedom
};

/// The p-values between two cutpoints.
struct p_value_interval {
    double lower;
    double upper;
    std::size_t count; ///< studies with a p-value in it
};

/// What a selection model says of a set of studies.
template <real Real>
struct basic_selection_result {
    basic_pooled<Real> pooled; ///< the mean before selection; its variance from the observed information
    /// Of step functions the weight of every interval, the first of which is 1; of smooth functions the
    /// parameters.
    std::vector<Real> weights;
    std::vector<Real> weight_standard_errors;      ///< from the observed information; 0 for what is given
    std::vector<p_value_interval> intervals;       ///< of step functions
    Real log_likelihood;                           ///< at the maximum
    basic_likelihood_ratio<Real> likelihood_ratio; ///< against no selection, the model `maximum_likelihood`
    Real tau_squared_standard_error;               ///< NaN where tau² is 0
    /// The interval with too few p-values, when that makes the likelihood flat.
    std::optional<std::size_t> sparse_interval;
    std::string message; ///< why the status is not `ok`; otherwise empty
    /// `undefined`, with NaN, where the likelihood has no maximum: an interval without p-values, or weights
    /// that run off without limit.
    accrue::status status;
};

/// A selection model: studies y_i ~ N(mean, v_i + tau²) of which one with p-value p is published with a
/// probability in proportion to w(p),
///
///     log L = sum [log w(p_i) + log phi(y_i; mean, v_i + tau²) - log A_i],
///     A_i = integral of w(p(y)) phi(y; mean, v_i + tau²) dy,
///
/// fitted by maximum likelihood: mean and tau² before selection, and the weight function's parameters.
///
///     selection_model{step_weights{{0.025}}}(estimates)
///     selection_model{half_normal_weights{}, selects_negative{}}(estimates)
///     selection_model{fixed_step_weights{{0.025}, {1, 0.2}}}(estimates)
///
/// The null of the likelihood-ratio test is that all results are published alike (w = 1). For the families
/// with one parameter d >= 0 the null is on the boundary, and the p-value from chi²(1) is up to twice too
/// large. The model takes effects to be normal before selection and selection to depend on p alone; with few
/// studies, or none in an interval, the weights are not determined, and the status says so. It is best used
/// as a sensitivity analysis, with more than one weight function.
///
/// Normalising integrals are sums of normal probabilities for steps, and quadrature otherwise (two-sided
/// weights with a branch point at p = 1 to 1e-10, others to 1e-13). Derivatives are exact; the best of
/// several Newton searches is taken. Sources are with the weight functions; Hedges & Vevea 2005, in
/// Rothstein, Sutton & Borenstein, Publication Bias in Meta-Analysis, 145-174.
template <class Weights = step_weights, class Side = selects_positive>
struct selection_model {
    Weights weights{}; ///< the weight function
    Side side{};       ///< which p-values decide: `selects_positive`, `selects_negative`, `selects_either`

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or the weight function's options are
    template <class Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_selection_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        using std::exp;
        using std::log;
        using std::sqrt;
        weights.check();
        auto const evidence = detail::as_evidence(estimates);
        if (auto sparse = undetermined<Real>(evidence); sparse.status != status::ok) {
            return sparse;
        }
        auto fit = detail::selection_fit<Weights, Side, Real>(weights, evidence);
        auto const& found = fit.best();
        auto result = empty<Real>(evidence);
        auto const covariance = fit.covariance();
        if (!detail::is_finite(found.at.value) || fit.runs_away() || covariance.empty()) {
            result.message =
                "the likelihood has no maximum: the weights are not determined by so few studies";
            if constexpr (detail::piecewise_weights<Weights>) {
                result.sparse_interval = fewest(result.intervals);
                result.message += explain(result.intervals, *result.sparse_interval);
            }
            return result;
        }
        result.status = found.converged ? status::ok : status::not_converged;
        result.message = found.converged ? "" : "the search for the maximum did not converge";
        Real const unit_squared = detail::square(fit.unit());
        result.pooled = {found.point[0] * fit.unit(),
                         covariance[0][0] * unit_squared,
                         found.point[1] * unit_squared,
                         detail::infinity<Real>(),
                         evidence.size(),
                         result.status};
        result.tau_squared_standard_error =
            covariance[1][1] > 0 ? Real(sqrt(covariance[1][1]) * unit_squared) : detail::not_a_number<Real>();
        std::size_t const m = weights.parameters();
        if constexpr (detail::piecewise_weights<Weights>) {
            for (std::size_t i = 0; i < result.intervals.size(); ++i) {
                Real const weight = exp(weights.log_weight_of(i, found.point.data() + 2));
                bool const estimated = m > 0 && i > 0;
                result.weights[i] = weight;
                result.weight_standard_errors[i] =
                    estimated ? Real(weight * sqrt(covariance[i + 1][i + 1])) : Real(0);
            }
        } else {
            for (std::size_t j = 0; j < m; ++j) {
                result.weights[j] = found.point[j + 2];
                result.weight_standard_errors[j] = covariance[j + 2][j + 2] > 0
                                                       ? Real(sqrt(covariance[j + 2][j + 2]))
                                                       : detail::not_a_number<Real>();
            }
        }
        Real const size = fit.unit() < 0 ? Real(-fit.unit()) : fit.unit();
        Real const k = detail::from_count<Real>(evidence.size());
        result.log_likelihood = found.at.value - k * log(size);
        Real const ratio = 2 * (found.at.value - fit.plain_log_likelihood());
        result.likelihood_ratio.statistic = m > 0 && ratio < 0 ? Real(0) : ratio;
        result.likelihood_ratio.degrees_of_freedom = detail::from_count<Real>(m);
        result.likelihood_ratio.p_value = m > 0
                                              ? basic_chi_squared<Real>{detail::from_count<Real>(m)}.survival(
                                                    result.likelihood_ratio.statistic)
                                              : detail::not_a_number<Real>();
        return result;
    }

    /// The profile likelihood interval of the mean: the means at which the likelihood, with everything else
    /// at its best, has not fallen by more than half a chi²(1) quantile. Ends may be infinite. NaN where the
    /// model has no maximum.
    ///
    /// \throws invalid_input as the model does, and unless 0 < level < 1
    template <class Range>
    [[nodiscard]] auto mean_interval(Range const& estimates, double const level) const
        -> basic_interval<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        return profile<Real>(estimates, level, 0,
                             [](Real const& value, Real const& unit) -> Real { return value * unit; });
    }

    /// The profile likelihood interval of tau².
    template <class Range>
    [[nodiscard]] auto tau_squared_interval(Range const& estimates, double const level) const
        -> basic_interval<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        return profile<Real>(estimates, level, 1,
                             [](Real const& value, Real const& unit) -> Real { return value * unit * unit; });
    }

    /// The profile likelihood interval of an estimated weight or parameter, counted as in the result's
    /// `weights`.
    ///
    /// \throws invalid_input also when that weight is not estimated
    template <class Range>
    [[nodiscard]] auto weight_interval(Range const& estimates, std::size_t const index,
                                       double const level) const
        -> basic_interval<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        constexpr std::size_t given = detail::piecewise_weights<Weights> ? 1 : 0;
        if (index < given || index >= weights.parameters() + given) {
            throw invalid_input("weight " + std::to_string(index) + " is not estimated");
        }
        return profile<Real>(estimates, level, 2 + index - given, [](Real const& value, Real const&) -> Real {
            using std::exp;
            if constexpr (detail::piecewise_weights<Weights>) {
                return exp(value);
            } else {
                return value;
            }
        });
    }

  private:
    template <real Real>
    [[nodiscard]] basic_selection_result<Real> empty(study_evidence<Real> const& evidence) const {
        Real const nan = detail::not_a_number<Real>();
        auto result = basic_selection_result<Real>{};
        result.pooled = {nan, nan, nan, detail::infinity<Real>(), evidence.size(), status::undefined};
        result.log_likelihood = result.tau_squared_standard_error = nan;
        result.likelihood_ratio = {nan, detail::from_count<Real>(weights.parameters()), nan};
        result.status = status::undefined;
        std::size_t count = weights.parameters();
        if constexpr (detail::piecewise_weights<Weights>) {
            auto const scaled = detail::selection_scale<Real>(evidence, Side::flips);
            auto const integrator = detail::weight_integrator<Weights, Side, Real>(weights);
            count = weights.cutpoints.size() + 1;
            for (std::size_t i = 0; i < count; ++i) {
                result.intervals.push_back({i == 0 ? 0.0 : weights.cutpoints[i - 1],
                                            i + 1 == count ? 1.0 : weights.cutpoints[i], 0});
            }
            for (auto const& study : scaled.studies) {
                ++result.intervals[integrator.place_of(Real(study.effect / standard_error(study)))].count;
            }
        }
        result.weights.assign(count, nan);
        result.weight_standard_errors.assign(count, nan);
        return result;
    }

    /// An empty interval, of which the likelihood does not know the weight, or too few studies.
    template <real Real>
    [[nodiscard]] basic_selection_result<Real> undetermined(study_evidence<Real> const& evidence) const {
        auto result = empty(evidence);
        if (weights.parameters() + 2 > evidence.size() && weights.parameters() > 0) {
            result.message = "there are fewer studies than parameters";
            return result;
        }
        if constexpr (detail::piecewise_weights<Weights>) {
            std::size_t const least = fewest(result.intervals);
            if (weights.parameters() > 0 && result.intervals[least].count == 0) {
                result.sparse_interval = least;
                result.message = "the likelihood is flat" + explain(result.intervals, least);
                return result;
            }
        }
        result.status = status::ok;
        return result;
    }

    [[nodiscard]] static std::size_t fewest(std::vector<p_value_interval> const& intervals) {
        std::size_t least = 0;
        for (std::size_t i = 1; i < intervals.size(); ++i) {
            least = intervals[i].count < intervals[least].count ? i : least;
        }
        return least;
    }

    [[nodiscard]] static std::string explain(std::vector<p_value_interval> const& intervals,
                                             std::size_t const which) {
        auto const& sparse = intervals[which];
        return ": " + std::to_string(sparse.count) + " p-values from " + detail::to_text(sparse.lower) +
               " to " + detail::to_text(sparse.upper);
    }

    template <real Real, class Range, class Back>
    [[nodiscard]] basic_interval<Real> profile(Range const& estimates, double const level,
                                               std::size_t const parameter, Back const& back) const {
        using std::sqrt;
        weights.check();
        detail::require_between_0_and_1("level", level);
        auto const evidence = detail::as_evidence(estimates);
        Real const nan = detail::not_a_number<Real>();
        if (undetermined<Real>(evidence).status != status::ok) {
            return {nan, nan};
        }
        auto fit = detail::selection_fit<Weights, Side, Real>(weights, evidence);
        auto const covariance = fit.covariance();
        if (!detail::is_finite(fit.best().at.value) || fit.runs_away() || covariance.empty()) {
            return {nan, nan};
        }
        Real const quantile = basic_normal<Real>::upper_quantile(Real((1 - Real(level)) / 2));
        Real const drop = quantile * quantile / 2;
        Real const variance = covariance[parameter][parameter];
        Real const step = variance > 0 ? Real(quantile * sqrt(variance)) : Real(1);
        Real const first = back(fit.profile_limit(parameter, drop, false, step), fit.unit());
        Real const second = back(fit.profile_limit(parameter, drop, true, step), fit.unit());
        return first < second ? basic_interval<Real>{first, second} : basic_interval<Real>{second, first};
    }
};

selection_model() -> selection_model<>;
template <class Weights>
selection_model(Weights) -> selection_model<Weights>;
template <class Weights, class Side>
selection_model(Weights, Side) -> selection_model<Weights, Side>;

} // namespace accrue
