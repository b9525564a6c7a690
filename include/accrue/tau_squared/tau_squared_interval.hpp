#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/detail/first_option.hpp>
#include <accrue/tau_squared/detail/generalised_q_distribution.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <concepts>
#include <type_traits>

namespace accrue {

/// A confidence set for tau², in squared units of the effect.
///
/// Two outcomes are not errors but must be read as what they are. `one_sided`: the data don't exclude tau² =
/// 0, so that `lower` is the boundary and not a limit. `empty`: the effects differ even less than sampling
/// error alone makes likely, so that no tau² >= 0 is compatible with them at this level; `lower` and `upper`
/// are then 0.
template <real Real>
struct basic_tau_squared_interval {
    Real lower;
    Real upper;            ///< infinite when the data set no limit
    bool one_sided;        ///< 0 is in the set
    bool empty;            ///< no tau² >= 0 is in the set
    accrue::status status; ///< `not_converged` if an iteration was cut short, `undefined` for a single study,
                           ///< and with NaN where squares of effects overflow
};

namespace detail {

/// The set where effects are so large that what it depends on is beyond the type.
template <real Real>
[[nodiscard]] basic_tau_squared_interval<Real> undefined_interval() {
    return {not_a_number<Real>(), not_a_number<Real>(), false, false, status::undefined};
}

/// The set of all values, where the data say nothing.
template <real Real>
[[nodiscard]] basic_tau_squared_interval<Real> unlimited_interval() {
    return {Real(0), infinity<Real>(), true, false, status::undefined};
}

/// The values at which a deviance exceeds its minimum, `least` at `best`, by no more than `rise`: between the
/// last before the minimum, or 0, and the first that is found beyond it.
template <class Deviance, real Real>
[[nodiscard]] basic_tau_squared_interval<Real> profile_interval(Deviance const& deviance, Real const& best,
                                                                Real const& least, Real const& rise,
                                                                root_search<Real> const& search) {
    auto const excess = [&](Real const& value) -> Real { return rise - (deviance(value) - least); };
    // A rise of less than rounding leaves no root beyond the minimum.
    auto const beyond = [&](Real const& value) -> Real { return value > best ? excess(value) : rise; };
    Real const without = excess(Real(0));
    auto lower = root_result<Real>{Real(0), status::ok};
    if (without < 0) {
        lower = root_between<Real>(excess, {Real(0), best, without, rise}, search);
    }
    auto const upper = falling_root(beyond, best, Real(search.unit + best), search);
    bool const by_upper = lower.status == status::ok || upper.status == status::undefined;
    return {lower.value, upper.value, !(without < 0), false, by_upper ? upper.status : lower.status};
}

} // namespace detail

/// The Q-profile method for confidence sets of tau²: those tau² at which
///
///     Q(tau²) = sum (y - mean)² / (v + tau²),   which has a chi²(k - 1) distribution at the true tau²,
///
/// lies between the chi² quantiles of (1 - level)/2 and (1 + level)/2. The coverage is exact for normal
/// effects with known variances, and the set does not depend on how tau² was estimated: it need not contain
/// an estimate from another method. Viechtbauer 2007, Stat Med 26:37-52, doi:10.1002/sim.2514.
struct q_profile {
    double tolerance = 1e-10; ///< stop when a step is below this share of the smallest v + tau²
    int max_iterations = 500; ///< passes over the studies, for each limit

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies, double const level) const
        -> basic_tau_squared_interval<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        Real const tail = (1 - Real(level)) / 2;
        auto const q = basic_chi_squared<Real>{detail::from_count<Real>(studies.degrees_of_freedom())};
        Real const greatest = q.upper_quantile(tail);
        Real const least = q.quantile(tail);
        auto const lower = detail::tau_squared_where_q_is(studies, greatest, Real(tolerance), max_iterations);
        auto const upper = detail::tau_squared_where_q_is(studies, least, Real(tolerance), max_iterations);
        Real const without = inverse_variance_fit(studies, Real(0)).q();
        // Limits closer than the tolerance are one.
        return {lower.value, upper.value < lower.value ? lower.value : upper.value,
                !(without > greatest || without < least), without < least,
                lower.status == status::ok ? upper.status : lower.status};
    }
};

/// The generalised Q method for confidence sets of tau²: those tau² at which
///
///     Q_a = sum a (y - mean_a)²,   mean_a = sum a y / sum a,
///
/// lies between the (1 - level)/2 and (1 + level)/2 quantiles of its distribution at that tau², which is
/// computed exactly (for normal effects with known variances) as that of a weighted sum of chi². Weights
/// 1/sqrt(v), the default, make short intervals for moderate heterogeneity; weights 1/v give the interval of
/// Biggerstaff and Jackson. (Clang before 17 deduces no types from named options: write
/// `generalised_q_profile<>{.tolerance = 1e-9}`.)
///
/// Biggerstaff & Jackson 2008, Stat Med 27:6093-6110, doi:10.1002/sim.3428; Jackson 2013, Res Synth Methods
/// 4:220-229, doi:10.1002/jrsm.1081.
template <class Weights = inverse_standard_error_weights>
struct generalised_q_profile {
    Weights weights{};         ///< such as `inverse_variance_weights`, `inverse_standard_error_weights`
    double tolerance = 1e-12;  ///< width to which a limit is enclosed, as a share of the smallest v + tau²
    int max_iterations = 2000; ///< evaluations of the distribution, for each limit

    template <evidence Evidence>
        requires weighting_for<Weights, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies, double const level) const
        -> basic_tau_squared_interval<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        Real const tail = (1 - Real(level)) / 2;
        Real const observed = detail::make_quadratic_form(studies, weights).statistic;
        if (!detail::is_finite(observed)) {
            return detail::undefined_interval<Real>();
        }
        auto const cumulative = [&](Real const& tau_squared) -> Real {
            return detail::generalised_q_distribution<Evidence, Weights>(studies, weights, tau_squared)
                .cumulative(observed);
        };
        Real const without = cumulative(Real(0));
        auto const limit = [&](Real const& probability) -> detail::root_result<Real> {
            if (!(without > probability)) {
                return {Real(0), status::ok};
            }
            auto const excess = [&](Real const& tau_squared) -> Real {
                return cumulative(tau_squared) - probability;
            };
            Real const unit = studies.smallest_variance();
            return detail::falling_root(excess, Real(0), unit, {unit, Real(tolerance), max_iterations});
        };
        auto const lower = limit(1 - tail);
        auto const upper = limit(tail);
        return {lower.value, upper.value < lower.value ? lower.value : upper.value,
                !(without > 1 - tail || without < tail), without < tail,
                lower.status == status::ok ? upper.status : lower.status};
    }
};

template <class... Options>
generalised_q_profile(Options...)
    -> generalised_q_profile<typename detail::first_option<inverse_standard_error_weights, Options...>::type>;

namespace detail {

/// An estimator that says which likelihood it maximises.
template <class Estimator, class Evidence>
concept maximises_likelihood =
    tau_squared_estimator_for<Estimator, Evidence> &&
    requires(Estimator const& estimator, Evidence const& studies, real_t<Evidence> const& tau_squared) {
        { estimator.log_likelihood(studies, tau_squared) } -> std::convertible_to<real_t<Evidence>>;
    };

} // namespace detail

/// The profile likelihood set for tau²: those tau² whose likelihood is not too far below the maximum,
///
///     2 (l(estimate) - l(tau²)) <= the `level` quantile of chi²(1).
///
/// Its coverage is approximate, better with `reml` than with `maximum_likelihood`. It is never empty. Should
/// the likelihood have several maxima, the set may have gaps and parts beyond the limits, which are not
/// reported: the upper limit is one of the places beyond the largest maximum where the likelihood crosses the
/// bound, the lower one likewise, or 0 if 0 is in the set. (Clang before 17 deduces no types from named
/// options: write `profile_likelihood<>{.tolerance = 1e-9}`.) Hardy & Thompson 1996, Stat Med 15:619-629,
/// <https://doi.org/10.1002/(SICI)1097-0258(19960330)15:6%3C619%3A%3AAID-SIM188%3E3.0.CO%3B2-A>.
template <class Estimator = reml>
struct profile_likelihood {
    Estimator estimator{};     ///< `reml` or `maximum_likelihood`; or your own with a member `log_likelihood`
    double tolerance = 1e-12;  ///< width to which a limit is enclosed, as a share of the smallest v + tau²
    int max_iterations = 2000; ///< evaluations of the likelihood, for each limit

    template <evidence Evidence>
        requires detail::maximises_likelihood<Estimator, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies, double const level) const
        -> basic_tau_squared_interval<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        auto const best = estimator(studies);
        if (best.status == status::undefined) {
            return detail::undefined_interval<Real>();
        }
        Real const rise = basic_chi_squared<Real>{Real(1)}.upper_quantile(1 - Real(level));
        auto const deviance = [&](Real const& tau_squared) -> Real {
            return -2 * estimator.log_likelihood(studies, tau_squared);
        };
        auto result =
            detail::profile_interval(deviance, best.value, deviance(best.value), rise,
                                     {studies.smallest_variance(), Real(tolerance), max_iterations});
        if (result.status == status::undefined) {
            return detail::undefined_interval<Real>();
        }
        result.status = best.status == status::ok ? result.status : best.status;
        return result;
    }
};

template <class... Options>
profile_likelihood(Options...) -> profile_likelihood<typename detail::first_option<reml, Options...>::type>;

/// A method for confidence sets of tau² is a callable value from (evidence, level) to a
/// `basic_tau_squared_interval`, such as `q_profile`.
template <class Method, class Evidence>
concept tau_squared_interval_for =
    evidence<Evidence> && requires(Method const& method, Evidence const& studies, double const level) {
        { method(studies, level) } -> std::convertible_to<basic_tau_squared_interval<real_t<Evidence>>>;
    };

/// A confidence set for tau²: `tau_squared_interval(q_profile{}, estimates, 0.95)`.
///
/// A single study says nothing of tau²: the set is then all of [0, infinity), with the status `undefined`. Of
/// `grouped_evidence` it is the set for the tau² that the groups share: Q is that within groups, with a
/// degree of freedom less for each of their means.
///
/// \param method a callable value (evidence, level) -> `basic_tau_squared_interval`, such as `q_profile`
/// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study), or
/// unless 0 < level < 1
template <class Method, study_set Range>
    requires tau_squared_interval_for<Method, detail::evidence_of<Range>>
[[nodiscard]] auto tau_squared_interval(Method const& method, Range const& estimates, double const level) {
    detail::require_between_0_and_1("level", level);
    return detail::with_evidence(
        estimates,
        [&](auto const& studies)
            -> basic_tau_squared_interval<real_t<std::remove_cvref_t<decltype(studies)>>> {
            using Real = real_t<std::remove_cvref_t<decltype(studies)>>;
            if (studies.size() < 2 || studies.degrees_of_freedom() == 0) {
                return detail::unlimited_interval<Real>();
            }
            return method(studies, level);
        });
}

/// Refuses what a function of a method, studies and a level is no interval of: `method_for` is the concept of
/// its methods.
#define ACCRUE_REFUSE_ALL_BUT_INTERVALS(name, method_for)                                                    \
    ACCRUE_REFUSE_ALL_BUT_STUDIES(name(auto const&, Studies const&, Rest const&...));                        \
    template <class Method, accrue::study_set Range>                                                         \
        requires(!method_for<Method, accrue::detail::evidence_of<Range>>)                                    \
    ACCRUE_REFUSED("the first argument must be a method for intervals of tau squared, such as q_profile{}",  \
                   name(Method const&, Range const&, double));                                               \
    template <accrue::study_set Range>                                                                       \
    ACCRUE_REFUSED("there is no method: " #name "(q_profile{}, estimates, 0.95)",                            \
                   name(Range const&, double));                                                              \
    ACCRUE_REFUSED("there is no level: " #name "(q_profile{}, estimates, 0.95)",                             \
                   name(auto const&, auto const&))
ACCRUE_REFUSE_ALL_BUT_INTERVALS(tau_squared_interval, tau_squared_interval_for);

} // namespace accrue
