#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/selection_fit.hpp>
#include <accrue/small_study/p_value_side.hpp>
#include <accrue/small_study/selection_weights.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
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
    /// From the observed information: 0 for what is given, NaN for a parameter that is at its bound.
    std::vector<Real> weight_standard_errors;
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

using selection_result = basic_selection_result<double>;

namespace detail {

/// The interval with the fewest p-values.
[[nodiscard]] inline std::size_t fewest_p_values(std::vector<p_value_interval> const& intervals) {
    std::size_t least = 0;
    for (std::size_t i = 1; i < intervals.size(); ++i) {
        least = intervals[i].count < intervals[least].count ? i : least;
    }
    return least;
}

[[nodiscard]] inline std::string explain(p_value_interval const& sparse) {
    return ": " + std::to_string(sparse.count) + " p-values from " + to_text(sparse.lower) + " to " +
           to_text(sparse.upper);
}

/// A result that says of the studies no more than how many p-values there are in each interval, and why no
/// likelihood can say more: an empty interval, or too few studies.
template <real Real>
[[nodiscard]] basic_selection_result<Real> blank_selection(selection_weighting<Real> const& weighting,
                                                           study_evidence<Real> const& evidence,
                                                           std::size_t const coefficients = 1) {
    Real const nan = not_a_number<Real>();
    auto result = basic_selection_result<Real>{};
    result.pooled = {nan, nan, nan, infinity<Real>(), evidence.size(), status::undefined};
    result.log_likelihood = result.tau_squared_standard_error = nan;
    result.likelihood_ratio = {nan, from_count<Real>(weighting.parameters), nan};
    result.status = status::undefined;
    std::size_t count = weighting.parameters;
    if (weighting.piecewise) {
        auto const steps = step_integrals<Real>(weighting);
        count = weighting.cutpoints.size() + 1;
        for (std::size_t i = 0; i < count; ++i) {
            result.intervals.push_back({i == 0 ? 0.0 : weighting.cutpoints[i - 1],
                                        i + 1 == count ? 1.0 : weighting.cutpoints[i], 0});
        }
        for (auto const& study : evidence.studies()) {
            Real const ratio = study.effect / standard_error(study);
            ++result.intervals[steps.place_of(weighting.flips ? Real(-ratio) : ratio)].count;
        }
    }
    result.weights.assign(count, nan);
    result.weight_standard_errors.assign(count, nan);
    if (weighting.parameters > 0 && weighting.parameters + coefficients + 1 > evidence.size()) {
        result.message = "there are fewer studies than parameters";
    } else if (weighting.parameters > 0 && weighting.piecewise) {
        std::size_t const least = fewest_p_values(result.intervals);
        if (result.intervals[least].count == 0) {
            result.sparse_interval = least;
            result.message = "the likelihood is flat" + explain(result.intervals[least]);
        }
    }
    return result;
}

/// Whether a fit found a maximum that the data determine.
template <real Real>
[[nodiscard]] bool is_determined(selection_fit<Real> const& fit,
                                 std::vector<std::vector<Real>> const& covariance) {
    return is_finite(fit.best().at.value) && !fit.runs_away() && !covariance.empty();
}

/// A fit, and the inverse of its information; empty where the data do not determine it.
template <real Real>
struct determined_fit {
    selection_fit<Real> fit;
    std::vector<std::vector<Real>> covariance;

    template <class Means>
    determined_fit(selection_weighting<Real> const& weighting, study_evidence<Real> const& evidence,
                   Means const& means)
        : fit(weighting, evidence, means), covariance(fit.covariance()) {}

    [[nodiscard]] Real error_of(std::size_t const i) const {
        return covariance[i][i] > 0 ? Real(sqrt(covariance[i][i])) : not_a_number<Real>();
    }
};

/// Fills in all but the coefficients, or says why there is nothing to be filled in.
///
/// \return whether the data determine the model
template <real Real>
[[nodiscard]] bool describe(determined_fit<Real> const& both, selection_weighting<Real> const& weighting,
                            basic_selection_result<Real>& result) {
    auto const& fit = both.fit;
    auto const& found = fit.best();
    if (!is_determined(fit, both.covariance)) {
        result.message = "the likelihood has no maximum: so few studies do not determine the model";
        if (weighting.piecewise) {
            result.sparse_interval = fewest_p_values(result.intervals);
            result.message += explain(result.intervals[*result.sparse_interval]);
        }
        return false;
    }
    result.status = found.converged ? status::ok : status::not_converged;
    result.message = found.converged ? "" : "the search for the maximum did not converge";
    Real const unit_squared = square(fit.unit());
    result.pooled.tau_squared = found.point[fit.place_of_tau_squared()] * unit_squared;
    result.pooled.status = result.status;
    result.tau_squared_standard_error = both.error_of(fit.place_of_tau_squared()) * unit_squared;
    std::size_t const m = weighting.parameters;
    std::size_t const first = fit.place_of_weights();
    for (std::size_t i = 0; i < result.weights.size(); ++i) {
        if (!weighting.piecewise) {
            result.weights[i] = found.point[first + i];
            result.weight_standard_errors[i] = both.error_of(first + i);
        } else {
            Real const weight = exp(weighting.log_weight_of(i, found.point.data() + first));
            result.weights[i] = weight;
            result.weight_standard_errors[i] =
                m > 0 && i > 0 ? Real(weight * both.error_of(first + i - 1)) : Real(0);
        }
    }
    Real const size = fit.unit() < 0 ? Real(-fit.unit()) : fit.unit();
    result.log_likelihood = found.at.value - from_count<Real>(fit.studies().size()) * log(size);
    Real const ratio = 2 * (found.at.value - fit.plain_log_likelihood());
    // What rounding leaves of no difference is none.
    Real const rounding = 64 * std::numeric_limits<Real>::epsilon() * (1 + magnitude(found.at.value));
    result.likelihood_ratio.statistic = m > 0 && ratio < rounding ? Real(0) : ratio;
    if (m > 0 && ratio < Real(-1e-8) * (1 + magnitude(found.at.value))) { // of which w = 1 is a case
        result.status = result.pooled.status = status::not_converged;
        result.message = "the search ended where the likelihood is lower than without selection";
    }
    if (m > 0) {
        result.likelihood_ratio.p_value =
            basic_chi_squared<Real>{from_count<Real>(m)}.survival(result.likelihood_ratio.statistic);
    }
    return true;
}

template <real Real>
[[nodiscard]] basic_selection_result<Real> select(selection_weighting<Real> const& weighting,
                                                  study_evidence<Real> const& evidence) {
    auto result = blank_selection(weighting, evidence);
    if (!result.message.empty()) {
        return result;
    }
    auto const both = determined_fit<Real>(weighting, evidence, intercept_alone<Real>{});
    if (describe(both, weighting, result)) {
        result.pooled.effect = both.fit.best().point[0] * both.fit.unit();
        result.pooled.variance = both.covariance[0][0] * square(both.fit.unit());
        result.pooled = finite_or_undefined(result.pooled);
        if (result.pooled.status == status::undefined) {
            result.status = status::undefined;
            result.message = "variances are beyond what numbers hold";
        }
    }
    return result;
}

/// The profile likelihood interval of a parameter in the units of the fit, with the unit.
template <real Real>
struct selection_profile {
    Real first;
    Real second;
    Real unit;

    template <class Means = intercept_alone<Real>>
    selection_profile(selection_weighting<Real> const& weighting, study_evidence<Real> const& evidence,
                      double const level, std::size_t const parameter, Means const& means = {},
                      std::size_t const coefficients = 1)
        : first(not_a_number<Real>()), second(first), unit(Real(1)) {
        require_between_0_and_1("level", level);
        if (!blank_selection(weighting, evidence, coefficients).message.empty()) {
            return;
        }
        auto fit = selection_fit<Real>(weighting, evidence, means);
        auto const covariance = fit.covariance();
        if (!is_determined(fit, covariance)) {
            return;
        }
        Real const quantile = basic_normal<Real>::upper_quantile(Real((1 - Real(level)) / 2));
        Real const drop = quantile * quantile / 2;
        Real const variance = covariance[parameter][parameter];
        Real const step = variance > 0 ? Real(quantile * sqrt(variance)) : Real(1);
        first = fit.profile_limit(parameter, drop, false, step);
        second = fit.profile_limit(parameter, drop, true, step);
        unit = fit.unit();
    }

    /// The interval with both ends multiplied.
    [[nodiscard]] basic_interval<Real> times(Real const& factor) const {
        Real const a = first * factor;
        Real const b = second * factor;
        return factor < 0 ? basic_interval<Real>{b, a} : basic_interval<Real>{a, b};
    }
};

} // namespace detail

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
/// Normalising integrals are sums of normal probabilities for steps, and quadrature to 1e-12 otherwise (fewer
/// digits of steep weights: 3e-11 where d = 1000, 3e-8 where both beta parameters are 50, whose two-sided
/// weights peak within a tenth of a standard error; and of two-sided beta weights with b below 3e-5).
/// Smooth weights reach as far as means that are 2500 of a study's standard deviations sqrt(v + tau²) from 0;
/// studies whose effects are farther have no maximum that is `ok`.
/// Derivatives are exact. The highest maximum of several Newton searches is taken, from starts over a grid of
/// means, tau² and weights. With few studies the likelihood may have several maxima close in height, and a
/// higher one than was found is rare but not ruled out; `ok` says that the gradient vanishes there, that it
/// is a maximum, and that it is no lower than without selection. Beta weights may be likelier still at an
/// edge, where a study's integral ceases to exist. Sources are with the weight functions; Hedges & Vevea
/// 2005, in Rothstein, Sutton & Borenstein, Publication Bias in Meta-Analysis, 145-174.
template <class Weights = step_weights, class Side = selects_positive>
struct selection_model {
    Weights weights{}; ///< the weight function
    Side side{};       ///< which p-values decide: `selects_positive`, `selects_negative`, `selects_either`

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or the weight function's options are
    template <estimates Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_selection_result<detail::range_real<Range>> {
        return detail::select(weighting<Range>(), detail::as_evidence(estimates));
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);
    template <estimates Range>
        requires std::is_arithmetic_v<Weights>
    ACCRUE_REFUSED("weights are a function of p-values: selection_model{step_weights{{0.025}}}, say",
                   operator()(Range const&) const);

    /// The profile likelihood interval of the mean: the means at which the likelihood, with everything else
    /// at its best, has not fallen by more than half a chi²(1) quantile. An end is infinite where the
    /// likelihood never falls so far, and where its maximum can't be followed until it does, as beside
    /// weights whose integral barely exists (those of `beta_weights` often come there). NaN where the model
    /// has no maximum.
    ///
    /// \throws invalid_input as the model does, and unless 0 < level < 1
    template <estimates Range>
    [[nodiscard]] auto mean_interval(Range const& estimates, double const level) const
        -> basic_interval<detail::range_real<Range>> {
        auto const profile = profile_of(estimates, level, 0);
        return profile.times(profile.unit);
    }

    /// The profile likelihood interval of tau², likewise.
    template <estimates Range>
    [[nodiscard]] auto tau_squared_interval(Range const& estimates, double const level) const
        -> basic_interval<detail::range_real<Range>> {
        auto const profile = profile_of(estimates, level, 1);
        return profile.times(detail::square(profile.unit));
    }

    /// The profile likelihood interval of an estimated weight or parameter, counted as in the result's
    /// `weights`.
    ///
    /// \throws invalid_input also when that weight is not estimated
    template <estimates Range>
    [[nodiscard]] auto weight_interval(Range const& estimates, std::size_t const index,
                                       double const level) const
        -> basic_interval<detail::range_real<Range>> {
        return interval_of_weight(profile_of(estimates, level, 2 + place_of_weight(index)));
    }

    /// The place of a weight among the parameters of the weight function.
    ///
    /// \throws invalid_input when that weight is not estimated
    [[nodiscard]] std::size_t place_of_weight(std::size_t const index) const {
        constexpr std::size_t given = detail::piecewise_weights<Weights> ? 1 : 0;
        if (index < given || index >= weights.parameters() + given) {
            throw invalid_input("weight " + std::to_string(index) + " is not estimated");
        }
        return index - given;
    }
    /// The interval of a weight, of which step functions have the logarithm as parameter.
    template <real Real>
    [[nodiscard]] static basic_interval<Real>
    interval_of_weight(detail::selection_profile<Real> const& profile) {
        if constexpr (detail::piecewise_weights<Weights>) {
            return {exp(profile.first), exp(profile.second)};
        } else {
            return {profile.first, profile.second};
        }
    }

    /// What the likelihood needs to know of the weight function and the side.
    ///
    /// \throws invalid_input when the weight function's options are unusable
    template <real Real>
    [[nodiscard]] detail::selection_weighting<Real> weighting_of() const {
        weights.check();
        return detail::selection_weighting<Real>::of(weights, side);
    }

  private:
    template <class Range>
    [[nodiscard]] auto weighting() const {
        return weighting_of<detail::range_real<Range>>();
    }

    template <estimates Range>
    [[nodiscard]] auto profile_of(Range const& estimates, double const level,
                                  std::size_t const parameter) const {
        return detail::selection_profile<detail::range_real<Range>>(
            weighting<Range>(), detail::as_evidence(estimates), level, parameter);
    }
};

template <class Weights, class Side = selects_positive>
selection_model(Weights, Side = {}) -> selection_model<Weights, Side>;

} // namespace accrue
