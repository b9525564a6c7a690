#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/reported.hpp>

#include <type_traits>

/// \file
/// Estimates from what papers print: an effect with its standard error, interval, test statistic or p-value.
///
/// Everything here is on the analysis scale: take logarithms of ratios first, or use `from_ratio_interval`.
/// Pass the degrees of freedom when the interval or p-value came from a t distribution; without them the
/// normal is assumed. A printed p-value or z has two or three digits and the variance no more: an interval,
/// which is printed with more, is the better source. (Cochrane Handbook, ch. 6.3.)
///
/// Bare numbers are `double`; for another type name it: `from_t<my_real>(effect, t)`.

namespace accrue {

namespace detail {

template <real Real>
Real two_sided_critical_value(Real const& level, Real const& degrees_of_freedom) {
    require_between_0_and_1("level", level);
    require(degrees_of_freedom > 0, "degrees of freedom", "positive", degrees_of_freedom);
    return basic_student_t<Real>{degrees_of_freedom}.upper_quantile(Real((1 - level) / 2));
}

template <real Real>
void require_ordered(basic_interval<Real> const& limits) {
    require_finite("interval lower", limits.lower);
    require_finite("interval upper", limits.upper);
    require(limits.lower < limits.upper, "interval upper", "above the lower limit", limits.upper);
}

/// What a misread call may hold where a type of `reported` belongs.
template <class T>
concept number = std::is_arithmetic_v<T> || real<T>;

/// The effect with a variance that follows from what was reported.
template <real Real>
basic_estimate<Real> with_variance(Real const& effect, Real const& variance) {
    require(variance > 0 && is_finite(variance), "variance that follows from the report",
            "positive and finite", variance);
    return {effect, variance};
}

template <real Real>
basic_estimate<Real> from_ratio_to_statistic(Real const& effect, Real const& statistic) {
    require_finite("effect", effect);
    require(effect < 0 || effect > 0, "effect", "other than zero, which has no standard error to find",
            effect);
    require_finite("test statistic", statistic);
    require(statistic < 0 || statistic > 0, "test statistic", "other than zero", statistic);
    return with_variance<Real>(effect, square(Real(effect / statistic)));
}

} // namespace detail

/// effect with variance = SE². Throws `invalid_input` unless the SE is positive, and unless its square is a
/// positive finite number of the type; of the variance that follows from what was reported, this and all
/// below ask that.
template <real Real>
[[nodiscard]] basic_estimate<Real> from_standard_error(std::type_identity_t<Real> const& effect,
                                                       reported::basic_standard_error<Real> const& error) {
    detail::require_finite("effect", effect);
    detail::require_positive("standard error", error.value);
    return detail::with_variance<Real>(effect, Real(error.value * error.value));
}

/// effect with variance = (width / (2 q))², q the two-sided critical value of the interval's level (normal,
/// or t with the degrees of freedom given).
///
/// Throws `invalid_input` unless effect and limits are finite, the limits are in order, 0 < level < 1 and
/// the degrees of freedom are positive. It throws too when the interval does not contain the effect: one of
/// the three was misread then, or is on another scale.
template <real Real = double>
[[nodiscard]] basic_estimate<Real>
from_interval(std::type_identity_t<Real> const& effect, basic_interval<Real> const& limits,
              std::type_identity_t<reported::basic_confidence_level<Real>> const& level = {},
              std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    detail::require_finite("effect", effect);
    detail::require_ordered(limits);
    detail::require(limits.contains(effect), "effect", "inside its interval", effect);
    Real const q = detail::two_sided_critical_value<Real>(level.value, degrees_of_freedom);
    return detail::with_variance<Real>(effect,
                                       detail::square(Real((limits.upper / 2 - limits.lower / 2) / q)));
}

/// The same with the effect in the middle of the interval, where a paper gives the interval alone.
template <real Real = double>
[[nodiscard]] basic_estimate<Real>
from_interval(basic_interval<Real> const& limits,
              std::type_identity_t<reported::basic_confidence_level<Real>> const& level = {},
              std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    detail::require_ordered(limits);
    return from_interval(Real(limits.lower / 2 + limits.upper / 2), limits, level, degrees_of_freedom);
}

/// Log ratio from a ratio (odds, risk, hazard, rate) and its interval, both as printed on the ratio scale:
/// effect = ln(ratio), variance = ((ln upper - ln lower) / (2 q))².
///
/// Throws `invalid_input` for a ratio or limit that is not above zero, and as `from_interval` does.
template <real Real = double>
[[nodiscard]] basic_estimate<Real>
from_ratio_interval(std::type_identity_t<Real> const& ratio, basic_interval<Real> const& limits,
                    std::type_identity_t<reported::basic_confidence_level<Real>> const& level = {},
                    std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    detail::require_positive("ratio", ratio);
    detail::require_positive("interval lower", limits.lower);
    detail::require_positive("interval upper", limits.upper);
    detail::require_ordered(limits);
    detail::require(limits.contains(ratio), "ratio", "inside its interval", ratio);
    Real const q = detail::two_sided_critical_value<Real>(level.value, degrees_of_freedom);
    return detail::with_variance<Real>(
        Real(log(ratio)), detail::square(Real(detail::log_ratio(limits.upper, limits.lower) / (2 * q))));
}

/// effect with variance = (effect / t)², whatever the t statistic's degrees of freedom. Its sign is ignored:
/// papers often leave it out. Throws `invalid_input` when effect or t is zero, which leaves the variance
/// unknown.
template <real Real = double>
[[nodiscard]] basic_estimate<Real> from_t(std::type_identity_t<Real> const& effect,
                                          std::type_identity_t<Real> const& t) {
    return detail::from_ratio_to_statistic<Real>(effect, t);
}

/// effect with variance = (effect / z)²; as `from_t`.
template <real Real = double>
[[nodiscard]] basic_estimate<Real> from_z(std::type_identity_t<Real> const& effect,
                                          std::type_identity_t<Real> const& z) {
    return detail::from_ratio_to_statistic<Real>(effect, z);
}

/// The size of the test statistic that has this two-sided p-value: |t| with the degrees of freedom given, |z|
/// without. Throws `invalid_input` unless 0 < p < 1 and the degrees of freedom are positive.
template <real Real>
[[nodiscard]] Real
statistic_from_p_value(reported::basic_two_sided_p<Real> const& p,
                       std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    detail::require_between_0_and_1("p-value", p.value);
    detail::require(degrees_of_freedom > 0, "degrees of freedom", "positive", degrees_of_freedom);
    return basic_student_t<Real>{degrees_of_freedom}.upper_quantile(Real(p.value / 2));
}

/// The same for a one-sided p-value, 0 < p < 0.5: a larger one says that the effect went the other way.
template <real Real>
[[nodiscard]] Real
statistic_from_p_value(reported::basic_one_sided_p<Real> const& p,
                       std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    detail::require(p.value > 0 && p.value < Real(0.5), "one-sided p-value",
                    "between 0 and 0.5, both excluded", p.value);
    detail::require(degrees_of_freedom > 0, "degrees of freedom", "positive", degrees_of_freedom);
    return basic_student_t<Real>{degrees_of_freedom}.upper_quantile(p.value);
}

/// effect with variance = (effect / q)², q the statistic that has this two-sided or one-sided p-value
/// (`statistic_from_p_value`).
///
/// Throws `invalid_input` unless 0 < p < 1 (a one-sided p below 0.5), the degrees of freedom are positive,
/// and the effect is finite and not zero. "p < 0.001" is an upper bound: using 0.001 gives the study too
/// little weight rather than too much.
template <real Real, template <real> class P>
    requires requires(P<Real> const& p) { statistic_from_p_value(p); }
[[nodiscard]] basic_estimate<Real>
from_p_value(std::type_identity_t<Real> const& effect, P<Real> const& p,
             std::type_identity_t<Real> const& degrees_of_freedom = detail::infinity<Real>()) {
    return detail::from_ratio_to_statistic<Real>(effect, statistic_from_p_value(p, degrees_of_freedom));
}

template <detail::number Effect, detail::number Error>
ACCRUE_REFUSED("say what the number is: from_standard_error(effect, reported::standard_error{0.1})",
               from_standard_error(Effect const&, Error const&));

template <detail::number Effect, detail::number P, class... Rest>
ACCRUE_REFUSED("say what the number is: from_p_value(effect, reported::two_sided_p{0.04}), or one_sided_p",
               from_p_value(Effect const&, P const&, Rest const&...));

template <detail::number Effect, detail::number Lower, detail::number Upper, class... Rest>
ACCRUE_REFUSED("the limits belong together: from_interval(effect, interval{lower, upper})",
               from_interval(Effect const&, Lower const&, Upper const&, Rest const&...));

template <detail::number Ratio, detail::number Lower, detail::number Upper, class... Rest>
ACCRUE_REFUSED("the limits belong together: from_ratio_interval(ratio, interval{lower, upper})",
               from_ratio_interval(Ratio const&, Lower const&, Upper const&, Rest const&...));

} // namespace accrue
